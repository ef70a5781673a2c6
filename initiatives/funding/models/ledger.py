"""The ledger: journals of transfers between accounts. Rows are only ever added; the database keeps the balances."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.actual_laws import REVERSED_LINES_WAIT
from initiatives.funding.models.carry_laws import CARRIED_AS_SAID
from initiatives.funding.models.guards import IN_AN_OPEN_PERIOD
from initiatives.funding.models.posting import MEMO, Act, Keyed, content_of, may_post, memo_of
from initiatives.funding.models.reversal_laws import REVERSED_BY_ANOTHER
from initiatives.funding.models.reversing import judged_again
from initiatives.funding.models.triggers import APPROVER_DOES_NOT_POST, MOVE_MONEY
from initiatives.funding.models.years import nearest_day
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject
    from initiatives.funding.models.pools import Pool


class JournalQuerySet(models.QuerySet["Journal"]):
    def visible_to(self, user: User) -> Self:
        """Who answers for the company's money reads every entry; others read journals through pools and cost objects."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def post(
        self,
        act: Act,
        moves: Sequence[Move],
        *,
        by: User,
        key: UUID | None,
        content: str,
        on: date | None = None,
        **more: Any,
    ) -> "Journal":
        """Add one journal with its transfers, in the order of the pools. The caller has locked and checked.

        `on` is the day to which the entry belongs: today, or the day of the pools' year that is nearest to it.
        """
        years = {move.source.pool.year for move in moves}
        on = on or nearest_day(years)
        if said := next((said for year in years if (said := year.obstacle_to_post(on, act))), None):
            raise RuleBroken(said)
        journal = self.create(act=act, by=by, key=key or uuid4(), content=content, on=on, **more)
        rows = [Transfer(journal=journal, source=source, target=target, amount=amount) for source, target, amount in moves]
        Transfer.objects.bulk_create(sorted(rows, key=lambda row: (row.source.pool_id, row.source_id)))
        return journal


INSTEAD = {  # of a reversal: each of these was agreed to by others, and is undone as it was done
    Act.REVERSED: "A reversal is not reversed.",
    Act.APPROPRIATED: "A budget is cut again by two, as it was raised.",
    Act.CUT: "A budget is raised again by two, as it was cut.",
    Act.ALLOCATED: "An allocation is given back by releasing it.",
    Act.RELEASED: "What was given back is asked for anew.",
    Act.TRANSFERRED: "A transfer is undone by another one, to which both sides agree.",
    **dict.fromkeys((Act.CARRIED, Act.BROUGHT), "What was carried forward is put right by budgets, which two change."),
}


class Journal(Keyed, Recorded):
    """One act that moved money: who, when, why, and its transfers. A mistake is reversed by another journal."""

    act = models.CharField(max_length=12, choices=Act)
    on = models.DateField(default=clock.company_day)  # to which it belongs, in its pools' year; `at` is when it was posted
    memo = models.CharField(max_length=MEMO, blank=True)
    over_limit = models.BooleanField(default=False, db_default=False)  # it went beyond the limit of its pool
    because = models.CharField(max_length=300, blank=True, default="", db_default="")  # why it was let pass all the same
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    request = models.OneToOneField("funding.FundingRequest", models.PROTECT, null=True, related_name="allocation")
    virement = models.OneToOneField("funding.Virement", models.PROTECT, null=True, related_name="journal")
    # None where one person appropriated, before two changed budgets.
    budget_change = models.OneToOneField("funding.BudgetChange", models.PROTECT, null=True, related_name="journal")
    carryover = models.ForeignKey("funding.CarryOver", models.PROTECT, null=True, related_name="journals")

    objects = JournalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name=says("one_act_per_key", "This form was already sent.")),
            models.CheckConstraint(
                condition=Q(because="") | Q(over_limit=True),
                name=says("let_pass_beyond_a_limit", "Only what goes beyond a limit is let pass."),
            ),
            models.CheckConstraint(
                condition=Q(act=Act.REVERSED, reverses__isnull=False) | (~Q(act=Act.REVERSED) & Q(reverses=None)),
                name=says("a_reversal_reverses", "A reversal names the entry that it reverses."),
            ),
            models.CheckConstraint(
                condition=Q(act=Act.ALLOCATED, request__isnull=False) | (~Q(act=Act.ALLOCATED) & Q(request=None)),
                name=says("an_allocation_was_asked_for", "Money is allocated by an approved request only."),
            ),
            models.CheckConstraint(
                condition=Q(act=Act.TRANSFERRED, virement__isnull=False) | (~Q(act=Act.TRANSFERRED) & Q(virement=None)),
                name=says("a_transfer_was_agreed", "Money moves between pools only as both sides agreed."),
            ),
            models.CheckConstraint(
                condition=Q(act=Act.APPROPRIATED)
                | Q(act=Act.CUT, budget_change__isnull=False)
                | (~Q(act=Act.CUT) & Q(budget_change=None)),
                name=says("a_budget_was_changed_by_two", "A budget changes as two people said."),
            ),
            *CARRIED_AS_SAID,
            models.CheckConstraint(
                condition=~Q(act=Act.DECOMMITTED) | ~Q(memo=""),
                name=says("decommitted_for_a_reason", "Say why this money is not spent after all."),
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, REVERSED_BY_ANOTHER, REVERSED_LINES_WAIT]
        indexes: ClassVar = [models.Index(fields=["-on", "-id"], name="journals_by_day")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {self.at:%Y-%m-%d}" if self.pk else self.get_act_display()

    def get_absolute_url(self) -> str:
        """The page on which its transfers stand: of the cost object, else of the pool."""
        transfer = self.transfers.select_related("source__cost_object", "target__cost_object", "source__pool").first()
        assert transfer is not None
        place = transfer.target.cost_object or transfer.source.cost_object or transfer.source.pool
        return place.get_absolute_url()

    def lock(self, *, version: int | None = None) -> None:
        """Who serves may not change an entry, and so not lock its row either: its number is locked instead."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('funding_journal', %s))", [self.pk])

    def obstacle_to_reverse(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot reverse this entry, or None."""
        if not may_post(by):
            return "Only finance reverses an entry."
        if self.act in INSTEAD:
            return INSTEAD[Act(self.act)]
        if by.pk == self.by_id:
            return f"{self.by} posted this entry and does not reverse it; another person in finance can."
        if hasattr(self, "reversed_by"):
            return "This entry was reversed already."
        return None

    @transaction.atomic
    def reverse(self, *, by: User, reason: str, key: UUID | None = None, on: date | None = None) -> "Journal":
        """Undo this entry by one that moves the same money back. Once, by another person, with a reason."""
        self.lock()
        content = content_of("reverse", journal=self.pk, reason=reason, on=on)
        if done := Journal.done_before(by, key, content):
            return done
        if not reason.strip():
            raise BadInput("Say why the entry is reversed.")
        if obstacle := self.obstacle_to_reverse(by):
            raise RuleBroken(obstacle)
        thing = self._locked_cost_object()
        rows = list(self.transfers.with_accounts().locked())
        if any(row.target.balance < row.amount for row in rows if row.target.kind != Kind.SOURCE):
            raise RuleBroken("The money has moved on since; reverse the later entry first.")
        if held := self._held_since(thing, rows[0]):
            raise RuleBroken(held)
        owner = thing.owner_id if thing else None
        kept = judged_again(self.act, rows, by=by, owner=owner, reason=reason)
        moves = [Move(row.target, row.source, row.amount) for row in rows]
        line = getattr(self, "actual_line", None)  # of a file of finance's: it waits again
        memo, amount = memo_of(reason), str(sum(row.amount for row in rows))
        back = Journal.objects.post(Act.REVERSED, moves, by=by, key=key, content=content, on=on, memo=memo, reverses=self, **kept)
        if line is not None:
            line.came_back(by=by)
        self.record("reversed", by=by, reason=reason, journal=back.pk, amount=amount)
        if back.because and thing is not None:
            thing.record("let_pass", by=by, reason=reason, amount=amount, journal=back.pk)
        return back

    def _held_since(self, thing: "CostObject | None", moved: "Transfer") -> str | None:
        """Say what gates hold since it was decommitted, and is therefore not committed again, or None."""
        if thing is None or self.act != Act.DECOMMITTED:
            return None
        return thing.obstacle_to_use(Act.COMMITTED, moved.amount, moved.source.pool.currency)

    def _locked_cost_object(self) -> "CostObject | None":
        """Before its pools, as every act does that moves money: whoever takes locks in another order waits in a ring."""
        for transfer in self.transfers.select_related("source__cost_object", "target__cost_object")[:1]:
            thing = transfer.target.cost_object or transfer.source.cost_object
            if thing is not None:
                thing.lock()
            return thing
        return None


class TransferQuerySet(models.QuerySet["Transfer"]):
    def with_accounts(self) -> Self:
        return self.select_related("source__pool__year", "target", "journal__by", "source__cost_object", "target__cost_object")

    def with_papers(self) -> Self:
        """With what a line of the company's journal says of them."""
        journal = ("journal__by", "journal__reversed_by", "journal__actual_line")
        return self.select_related("source__pool__year", "source__pool__department", "target", *journal)

    def locked(self) -> Self:
        """With their pools and accounts locked until the transaction ends, in the order of ids; each pool before its accounts."""
        return self.order_by("source__pool_id", "id").select_for_update(of=("source__pool", "source", "target"), no_key=True)

    def of_pool(self, pool: "Pool") -> Self:
        return self.filter(source__pool=pool)

    def of_cost_object(self, cost_object: "CostObject") -> Self:
        return self.filter(Q(source__cost_object=cost_object) | Q(target__cost_object=cost_object))

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def latest_day_first(self) -> Self:
        """By the day to which they belong, the later posted of one day first; the order is total."""
        return self.order_by("-journal__on", "-journal_id", "-id")


class Transfer(models.Model):
    """An amount that moved from one account to another. The database moves it, checks it, and keeps it for ever."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="transfers")
    source = models.ForeignKey(Account, models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Account, models.PROTECT, related_name="incoming")
    amount = AmountColumn()

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("amounts_are_positive", "The amount must be greater than zero.")
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name=says("two_different_accounts", "Money moves between two accounts.")
            ),
            models.UniqueConstraint(
                fields=["journal", "source", "target"], name=says("one_transfer_per_way", "This transfer was already made.")
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, MOVE_MONEY, APPROVER_DOES_NOT_POST, IN_AN_OPEN_PERIOD]

    def __str__(self) -> str:
        return f"{self.amount}: {self.source} → {self.target}"
