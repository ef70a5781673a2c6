"""What an administrator proposes about authority and a CXO confirms: dated, one at a time, never edited."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.withdrawing import Withdrawable
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Role, RoleKind, User
from initiatives.organization.models.roles import today
from initiatives.organization.purview import SEE_ALL_MONEY

DAYS_TO_CONFIRM = 5


def ask_a_cxo(kind: str, about: Recorded, words: str, url: str, *, by: User) -> None:
    """Ask the CXOs, but for who proposed it, to confirm what shall hold."""
    cxos = [cxo for cxo in Role.objects.people(RoleKind.CXO) if cxo.pk != by.pk]
    due_on = working_days_after(clock.today(), DAYS_TO_CONFIRM)
    Obligation.objects.open_for(cxos, kind, about, due_on=due_on, words=words, url=url, by=by)


class LimitState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for the CXO"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ProposedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Who leads a department, who answers for the company's money, and administrators, who set them."""
        may = bool(user.standing.heads) or user.standing.holds("administrator", *SEE_ALL_MONEY)
        return self if user.is_active and may else self.none()

    def waiting(self) -> Self:
        return self.filter(state=LimitState.PROPOSED)

    def confirmed(self) -> Self:
        return self.filter(state=LimitState.CONFIRMED)

    def not_over(self) -> Self:
        return self.confirmed().filter(Q(ends=None) | Q(ends__gt=today()), ~Q(ends=F("starts")))

    def in_force(self) -> Self:
        return self.on(today())

    def on(self, day: date) -> Self:
        return self.confirmed().filter(Q(ends=None) | Q(ends__gt=day), starts__lte=day)

    def for_the_same(self, other: "Proposed") -> Self:
        """The others about the same, one of which holds at a time."""
        return self.filter(**{name: getattr(other, name) for name in other.about}).exclude(pk=other.pk)

    @transaction.atomic
    def propose(self, *, by: User, reason: str, **asked: Any) -> Any:
        """Write down what shall hold; a CXO is asked to confirm it."""
        by.lock()
        one = self.model(by=by, reason=reason, **asked)
        if not reason.strip():
            raise BadInput(f"Say why the {one.called} is set.")
        if obstacle := one.obstacle_to_propose(by):
            raise RuleBroken(obstacle)
        one.save()
        one.record("proposed", by=by, reason=reason, **one.facts())
        ask_a_cxo(one.kind_of_ask, one, f"Confirm {one.called} {one.pk}", one.get_absolute_url(), by=by)
        return one


class Proposed(Withdrawable):
    """What holds from a day on, when a CXO confirmed what somebody else proposed.

    called, kind_of_ask, about  what it is called, how the CXO is asked, and the fields of which one combination holds at a time
    """

    called: ClassVar[str]
    kind_of_ask: ClassVar[str]
    about: ClassVar[tuple[str, ...]]

    starts = models.DateField(default=today)
    ends = models.DateField(null=True, blank=True)  # the first day without it
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=LimitState, default=LimitState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.called.capitalize()} {self.pk}"

    @property
    def holds(self) -> bool:
        """Whether it is in force, or will be; the same as `not_over`."""
        return self.state == LimitState.CONFIRMED and (self.ends is None or self.ends > max(today(), self.starts))

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {name.removesuffix("_id"): getattr(self, name) for name in self.about}

    def _others(self) -> ProposedQuerySet:
        found: ProposedQuerySet = type(self)._default_manager.for_the_same(self)  # type: ignore[attr-defined]  # every proposal has these
        return found

    def obstacle_to_propose(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose it as it stands, or None."""
        if not by.standing.holds("administrator"):
            return f"Only an administrator sets {self.called}s; the CXO confirms them."
        if self.ends is not None and self.ends <= max(self.starts, today()):
            return f"A {self.called} ends after it starts, and later than today."
        if self._others().waiting().exists():
            return f"A {self.called} for them waits for the CXO already."
        return None

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != LimitState.PROPOSED:
            return f"This {self.called} is {self.get_state_display().lower()} already."
        if not (handles_money(by) and by.standing.holds("cxo")):
            return f"Only the CXO confirms {self.called}s."
        if by.pk == self.by_id:
            return f"Who proposed a {self.called} does not confirm it."
        return None

    def obstacle_to_confirm(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot confirm it, or None."""
        if obstacle := self.obstacle_to_decide(by):
            return obstacle
        starts = max(self.starts, today())
        if self.ends is not None and self.ends <= starts:
            return "Its last day is over."
        later = self._others().not_over().filter(starts__gt=starts).order_by("starts").first()
        if later is not None and (self.ends is None or self.ends > later.starts):
            return f"Another {self.called} for them starts on {later.starts}; this one must end before."
        return None

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """Let it take effect, today or on its first day; the one that held until then ends, and who decides is asked anew."""
        self.lock()
        if obstacle := self.obstacle_to_confirm(by):
            raise RuleBroken(obstacle)
        self.starts = max(self.starts, today())
        for former in self._others().not_over().filter(starts__lte=self.starts):
            former.lock()
            former.ends = min(former.ends or self.starts, self.starts)
            former.save(update_fields=["ends"])
            former.record("replaced", by=by, **{self.called.replace(" ", "_"): self.pk})
        self._decide(LimitState.CONFIRMED, "confirmed", by=by)
        self.when_confirmed(by)

    def when_confirmed(self, by: User) -> None:
        """What else happens when it takes effect."""

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        self.lock()
        if not reason.strip():
            raise BadInput(f"Say why the {self.called} is declined.")
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self._decide(LimitState.DECLINED, "declined", by=by, reason=reason)

    def taken_back(self, by: User, reason: str) -> None:
        self._decide(LimitState.WITHDRAWN, "withdrawn", by=by, reason=reason)

    def _decide(self, state: LimitState, verb: str, *, by: User, reason: str = "") -> None:
        self.state, self.decided_by, self.decided_at = state, by, clock.now()
        self.save(update_fields=["state", "decided_by", "decided_at", "starts"])
        self.record(verb, by=by, reason=reason, **self.facts())
        Obligation.objects.meet(self.kind_of_ask, self, by=by)
