"""Lines of finance's files: each is posted, waits in the queue, or was set aside by two people. None disappears."""

from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import ClassVar, Self, Unpack

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Lower

from initiatives.core.models import APPEND_ONLY
from initiatives.core.money import A_CURRENCY
from initiatives.core.rules import RuleBroken, broken_by, says
from initiatives.funding import above
from initiatives.funding.models.actual_laws import ACCOUNTED_FOR
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.crediting import credit, spend_unplanned
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.lines import FileLine, LineState, Why
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import More, may_post
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

SEARCHED = ("reference", "text", "document", "source", "cost_centre")


class ActualLineQuerySet(models.QuerySet["ActualLine"]):
    def visible_to(self, user: User) -> Self:
        """All for those who answer for the company's money; others see what was posted to money that they may see."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        return self.posted().filter(cost_object__in=CostObject.objects.visible_to(user).values("pk"))

    def posted(self) -> Self:
        return self.filter(state=LineState.POSTED)

    def arrived(self) -> Self:
        """Those that their import is about to post."""
        return self.filter(state=LineState.WAITING, why=Why.ARRIVED)

    def unsettled(self) -> Self:
        """Those that are not posted, and not set aside by two people."""
        return self.filter(state__in=(LineState.WAITING, LineState.DOUBTED))

    def in_state(self, state: str) -> Self:
        return self.filter(state=state)

    def asked_for(self, words: str, amount: Decimal | None = None) -> Self:
        """Those in which each of these words stands: as a reference, in the text, where its supplier is named, or a number."""
        found = self.filter(amount=amount) if amount is not None else self
        for word in words.split():
            found = found.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in SEARCHED)))
        return found

    def of_document(self, source: str, document: str) -> Self:
        """All that files have said about one document."""
        return self.filter(source__iexact=source, document__iexact=document)

    def with_people(self) -> Self:
        return self.select_related("delivery__by", "delivery__run", "cost_object", "journal__by", "proposed_by", "confirmed_by")

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def sums(self) -> dict[tuple[str, str], tuple[int, Decimal]]:
        """{(state, currency): (lines, sum)}"""
        rows = self.order_by().values_list("state", "currency").annotate(n=models.Count("pk"), amount=Sum("amount"))
        return {(state, currency): (n, amount) for state, currency, n, amount in rows}


class ActualLine(FileLine):
    """One line: a document of the company's ledger, as a file said it. A credit note is below zero.

    The facts never change. A document that a later file says differently is a line of its own, which waits.
    """

    cost_object = models.ForeignKey(CostObject, models.PROTECT, null=True, related_name="actual_lines")  # or what it names
    journal = models.OneToOneField(Journal, models.PROTECT, null=True, related_name="actual_line")

    objects = ActualLineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("source"), Lower("document"), "content", name=says("one_line_of_a_content", "This line came already.")
            ),
            models.UniqueConstraint(
                Lower("source"),
                Lower("document"),
                condition=Q(state="posted"),
                name=says("a_document_is_posted_once", "Another line of this document is posted; reverse that one first."),
            ),
            models.CheckConstraint(condition=~Q(amount=0), name=says("a_line_is_of_something", "A line of nothing.")),
            models.CheckConstraint(
                condition=A_CURRENCY, name=says("a_line_has_a_currency", "A currency is written with its three letters.")
            ),
            models.CheckConstraint(
                condition=Q(state="posted", journal__isnull=False, cost_object__isnull=False)
                | (Q(state__in=["waiting", "doubted", "set_aside"]) & Q(journal=None)),
                name=says("posted_means_in_the_ledger", "A line is posted exactly when it has its entry."),
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["doubted", "set_aside"], proposed_by__isnull=False) & ~Q(reason=""))
                | (~Q(state__in=["doubted", "set_aside"]) & Q(proposed_by=None)),
                name=says("set_aside_with_a_reason", "A line is set aside by somebody, for a reason."),
            ),
            models.CheckConstraint(
                condition=(Q(state="set_aside", confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by")))
                | (~Q(state="set_aside") & Q(confirmed_by=None)),
                name=says("set_aside_by_two", "Two people set a line aside."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, APPEND_ONLY[1], ACCOUNTED_FOR]
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="lines_by_state")]

    # -- posting ---------------------------------------------------------------------------------------------------------

    def obstacle_to_match(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot post this line to anything, or None."""
        if not may_post(by):
            return "Only finance matches lines."
        if obstacle := self._obstacle_to_settle():
            return obstacle
        family = ActualLine.objects.of_document(self.source, self.document).exclude(pk=self.pk)
        other = family.exclude(state=LineState.SET_ASIDE).order_by("pk").first()
        if other is None:
            return None
        if other.state == LineState.POSTED:
            return f"{other} is posted with {other.amount:,.2f} already. Reverse that entry first, or set this line aside."
        return f"{other} waits with {other.amount:,.2f} as well. Set aside the one that does not hold."

    @transaction.atomic
    def match(self, cost_object: CostObject, *, by: User, on: date | None = None, reason: str = "") -> Journal:
        """Post a line that waits as an actual of this cost object, for the line's day or another one.

        A reason is needed where it is over, and where less is committed than was spent: the rest is then committed as unplanned.
        """
        list(ActualLine.objects.of_document(self.source, self.document).order_by("pk").select_for_update(no_key=True))
        self.lock()
        if obstacle := self.obstacle_to_match(by) or self.obstacle_to_take(cost_object, reason):
            raise RuleBroken(obstacle)
        journal = self.post(cost_object, by=by, reason=reason, on=on or self.day)
        self.delivery.ask(by=by)
        return journal

    def post(
        self, cost_object: CostObject, *, by: User, pool: Pool | None = None, reason: str = "", **more: Unpack[More]
    ) -> Journal:
        """Put it into the ledger; a part of `match`, and of the import that brought the line and has looked where it belongs."""
        posting: More = {"on": self.day, "nature": self.nature or None, "currency": self.currency, **more}
        journal = self._posted(cost_object, pool, by, reason, posting)
        self.state, self.cost_object, self.journal, self.why, self.problem = LineState.POSTED, cost_object, journal, "", ""
        self.reason = reason
        self.save(update_fields=["state", "cost_object", "journal", "why", "problem", "reason"])
        self.record("matched", by=by, reason=reason, amount=str(self.amount))
        return journal

    def obstacle_to_take(self, cost_object: CostObject, reason: str = "") -> str | None:
        """Say in one sentence why this cost object does not take the line, or None."""
        if self.currency not in {figures.currency for figures in cost_object.figures()}:
            return f"The line is in {self.currency}, the money it names in {cost_object.currency}."
        if not reason.strip() and cost_object.pk in above.over({cost_object.pk}):
            return "What this reference names is over; say why something is spent on it."
        return None

    def _posted(self, cost_object: CostObject, pool: Pool | None, by: User, reason: str, more: More) -> Journal:
        try:
            with transaction.atomic():  # what the database refuses undoes no more than this
                if self.amount < 0:
                    return credit(cost_object, -self.amount, by=by, memo=self.memo, **more)
                if reason.strip():
                    return spend_unplanned(cost_object, self.amount, by=by, reason=reason, memo=self.memo, **more)
                return cost_object.spend(pool, self.amount, by=by, memo=self.memo, **more)
        except IntegrityError as error:
            if (broken := broken_by(error)) is None:
                raise
            raise broken from error

    def queue(self, why: Why, problem: str, *, by: User, names: CostObject | None = None) -> None:
        """Say why it waits, and what it names; a part of the act that brought it."""
        self.why, self.problem, self.cost_object = why, problem[:300], names
        self.save(update_fields=["why", "problem", "cost_object"])
        self.record("queued", by=by, reason=self.problem, why=why)

    def came_back(self, *, by: User) -> None:
        """Its entry was reversed, and the database has put it back into the queue: say so, and ask for it again."""
        self.lock()
        self.record("came_back", by=by, state=[LineState.POSTED, LineState.WAITING])
        self.delivery.ask(by=by)
