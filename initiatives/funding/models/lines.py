"""What a line of finance's files says, where it stands, and how it is set aside: one person proposes it, another confirms."""

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import RuleBroken, reason_given
from initiatives.duties.models import Obligation
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.deliveries import Delivery
from initiatives.funding.models.natures import Nature
from initiatives.funding.models.posting import may_post
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

SET_ASIDE = "funding.set_line_aside"
DAYS_TO_CONFIRM = 5


class LineState(models.TextChoices):
    WAITING = "waiting", "Waits"
    DOUBTED = "doubted", "To be set aside"
    SET_ASIDE = "set_aside", "Set aside"
    POSTED = "posted", "Posted"

    @property
    def said(self) -> str:
        """What a sentence says of such a line: "waits to be matched"."""
        return "waits to be matched" if self is LineState.WAITING else f"is {self.label.lower()}"


class Why(models.TextChoices):
    """Why a line waits."""

    ARRIVED = "arrived", "Being posted"
    REFERENCE = "reference", "Nothing has this reference"
    OVER = "over", "What it names is over"
    CURRENCY = "currency", "Another currency"
    PERIOD = "period", "No open period takes its day"
    MONEY = "money", "Not enough is committed"
    APPROVER = "approver", "Who imported it asked for the money or approved it"
    CONFLICT = "conflict", "Its document said something else before"
    REVERSED = "reversed", "What was posted was reversed"
    REFUSED = "refused", "Refused when it was posted"


class FileLine(Recorded):
    """One line: a document of the company's ledger, as a file said it. A credit note is below zero. The facts never change."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    source = models.CharField(max_length=60)
    document = models.CharField(max_length=120)
    content = models.CharField(max_length=64)  # the hash of what it says: the same again is the same line
    day = models.DateField()
    amount = AmountColumn()
    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    reference = models.CharField(max_length=120, blank=True)
    nature = models.CharField(max_length=5, choices=Nature, blank=True)  # of the expenditure; none: of all that was given
    cost_centre = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.WAITING)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField(null=True)  # again, after its import: what changed since may let it pass
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=2_000, blank=True)  # why it is set aside, or was posted all the same

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source} {self.document}"

    def get_absolute_url(self) -> str:
        return reverse("funding:actual", args=[self.pk])

    @property
    def memo(self) -> str:
        """What the ledger says of it."""
        return f"{self}: {self.text}"[:300] if self.text else str(self)

    def obstacle_to_set_aside(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose to set this line aside, or None."""
        if not may_post(by):
            return "Only finance sets lines aside."
        return self._obstacle_to_settle()

    def _obstacle_to_settle(self) -> str | None:
        """Say in one sentence why nothing can be done about this line now, or None."""
        if self.state != LineState.WAITING:
            return f"This line {LineState(self.state).said}."
        return "The import that brought this line is about to post it." if self.why == Why.ARRIVED else None

    @transaction.atomic
    def set_aside(self, *, by: User, reason: str) -> None:
        """Propose that it is not posted: it belongs to nothing here. Another person in finance confirms."""
        self.lock()
        if obstacle := self.obstacle_to_set_aside(by):
            raise RuleBroken(obstacle)
        self.state, self.proposed_by, self.reason = LineState.DOUBTED, by, reason_given(reason)
        self._settle("set_aside_proposed", by, reason)

    def obstacle_to_confirm(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot confirm that this line is set aside, or None."""
        if not may_post(by):
            return "Only finance sets lines aside."
        if self.state != LineState.DOUBTED:
            return f"This line {LineState(self.state).said}; nobody proposes to set it aside."
        return f"{by} proposed it; another person in finance confirms." if by.pk == self.proposed_by_id else None

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """Set it aside for good: it stays on record and is counted, and can be put back."""
        self.lock()
        if obstacle := self.obstacle_to_confirm(by):
            raise RuleBroken(obstacle)
        self.state, self.confirmed_by = LineState.SET_ASIDE, by
        self._settle("set_aside", by, self.reason)

    def obstacle_to_put_back(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot put this line back into the queue, or None."""
        if not may_post(by):
            return "Only finance puts lines back."
        return None if self.state in (LineState.DOUBTED, LineState.SET_ASIDE) else "This line is not set aside."

    @transaction.atomic
    def put_back(self, *, by: User, reason: str) -> None:
        """Let it wait again: it was set aside, or was to be, and should not be."""
        self.lock()
        if obstacle := self.obstacle_to_put_back(by):
            raise RuleBroken(obstacle)
        reason = reason_given(reason)
        self.state, self.proposed_by, self.confirmed_by, self.reason = LineState.WAITING, None, None, ""
        self._settle("put_back", by, reason)

    def _settle(self, verb: str, by: User, reason: str) -> None:
        self.save(update_fields=["state", "proposed_by", "confirmed_by", "reason"])
        self.record(verb, by=by, reason=reason)
        self.ask(by=by)
        self.delivery.ask(by=by)

    def ask(self, *, by: User | None) -> None:
        """Ask somebody else in finance to confirm that it is set aside; nobody once that is decided."""
        proposer = self.proposed_by_id if self.state == LineState.DOUBTED else None
        people = financiers(None, "", Authority(), without={proposer}).people if proposer else []
        if self.state == LineState.SET_ASIDE and by is not None:
            Obligation.objects.meet(SET_ASIDE, self, by=by)
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        asks.excuse(SET_ASIDE, self, by=by, reason=f"The line {LineState(self.state).said}.")
        if people:
            due_on = working_days_after(people[0].today(), DAYS_TO_CONFIRM, None)
            words = f"Confirm that {self} is set aside"[:200]
            Obligation.objects.open_for(people, SET_ASIDE, self, due_on=due_on, words=words, url=self.get_absolute_url(), by=by)
