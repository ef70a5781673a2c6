"""What becomes of a signal: one act for each disposition, each with its reason, told to everybody who raised it."""

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, reason_given
from initiatives.duties.models import Obligation, ObligationQuerySet
from initiatives.journey.models import triaging
from initiatives.journey.models.failing_words import Disposition
from initiatives.journey.models.hanging import answers_for, not_seen_alike
from initiatives.journey.models.map import Touchpoint
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.problems import Problem
    from initiatives.journey.models.signals import Signal


class Disposed(Recorded):
    """The state of a signal, and the acts that change it. Whoever answers for its first touchpoint decides."""

    reference = models.CharField(max_length=40, unique=True, editable=False)
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="+")  # the first: who answers for it is asked
    state = models.CharField(max_length=10, choices=Disposition, default=Disposition.OPEN)
    since = models.DateTimeField(default=clock.now)  # of the state
    reason = models.TextField(max_length=2_000, blank=True)
    disposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    problem = models.ForeignKey("journey.Problem", models.PROTECT, null=True, blank=True, related_name="signals")
    duplicate_of = models.ForeignKey("journey.Signal", models.PROTECT, null=True, blank=True, related_name="duplicates")

    class Meta:
        abstract = True

    @property
    def itself(self) -> "Signal":
        """This row by its whole name: a signal is the only thing that is disposed of."""
        return self  # type: ignore[return-value]  # the base of Signal alone

    @property
    def is_open(self) -> bool:
        return self.state == Disposition.OPEN

    def asks(self) -> ObligationQuerySet:
        """What is waited for about this signal."""
        return Obligation.objects.open_now().about(self)

    def who_decides(self) -> str:
        return f"who answers for {self.touchpoint.reference} or its stage, and the CXO,"

    def may_triage(self, user: User) -> bool:
        return answers_for(user, self.touchpoint)

    def obstacle_to_triage(self, by: User | None = None) -> str | None:
        """Say in one sentence why nothing can be decided about this signal, or None."""
        if by is not None and not self.may_triage(by):
            return (
                f"Only who answers for {self.touchpoint.reference} or its stage, and the CXO, can decide about {self.reference}."
            )
        if not self.is_open:
            return f"{self.reference} is disposed of already: {self.get_state_display().lower()}."
        return None

    def obstacle_to_gather(self, by: User | None = None, problem: "Problem | None" = None) -> str | None:
        if obstacle := self.obstacle_to_triage(by):
            return obstacle
        if problem is None:
            return None
        if not problem.is_open:
            return f"{problem.reference} is {problem.get_state_display().lower()}; reopen it first, or pose a problem of its own."
        if not_seen_alike(self, problem):
            return f"Not the same people may see {self.reference} and {problem.reference}. Pose a problem of its own."
        return None

    @transaction.atomic
    def gather(self, problem: "Problem", *, by: User, reason: str = "") -> None:
        """Make this signal a piece of evidence of a problem."""
        problem.lock()
        reason = reason.strip() or "It belongs to a known problem."
        self._dispose(Disposition.GATHERED, "gathered", by, self.obstacle_to_gather(by, problem), reason, problem=problem)
        problem.take(self.itself, by=by)

    @transaction.atomic
    def answer(self, *, by: User, reason: str) -> None:
        """Say that this is fixed already, or explain it."""
        self._dispose(Disposition.ANSWERED, "answered", by, None, reason)

    @transaction.atomic
    def dismiss(self, *, by: User, reason: str) -> None:
        """Say that this is not a problem, and why."""
        self._dispose(Disposition.DISMISSED, "dismissed", by, None, reason)

    def obstacle_to_merge(self, by: User | None = None, into: "Signal | None" = None) -> str | None:
        if obstacle := self.obstacle_to_triage(by):
            return obstacle
        if into is None:
            return None
        if into.pk == self.pk:
            return "A signal is not its own duplicate."
        if into.state == Disposition.DUPLICATE:
            return f"{into.reference} is a duplicate itself, of {into.duplicate_of.reference if into.duplicate_of else ''}."
        if not_seen_alike(self, into):
            return f"Not the same people may see {self.reference} and {into.reference}."
        return None

    @transaction.atomic
    def merge(self, into: "Signal", *, by: User, reason: str = "") -> None:
        """Say that another signal says the same. This one keeps its author, its evidence and its voices, and counts there."""
        for signal in sorted((self, into), key=lambda one: one.pk):  # one order for everybody: no two wait for each other
            signal.lock()
        reason = reason.strip() or "It says the same as another signal."
        self._dispose(Disposition.DUPLICATE, "merged", by, self.obstacle_to_merge(by, into), reason, duplicate_of=into)
        for duplicate in self.itself.duplicates.order_by("pk"):
            duplicate.lock()
            duplicate.duplicate_of = into
            duplicate.save(update_fields=["duplicate_of"])
            duplicate.record("merged", by=by, reason=reason)

    def obstacle_to_reopen(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_triage(by):
            return f"Only {self.who_decides()} can reopen {self.reference}."
        if self.is_open:
            return f"{self.reference} is open."
        if self.problem is not None and self.problem.needs(self.itself):
            return f"{self.reference} is the only evidence of {self.problem.reference}; dismiss the problem instead."
        return None

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """Take the disposition back: it was a mistake, or it happens again."""
        if self.problem is not None:
            self.problem.lock()
        self.lock()
        if obstacle := self.obstacle_to_reopen(by):
            raise RuleBroken(obstacle)
        if self.problem is not None:
            self.problem.give_back(self.itself)
        self._become(Disposition.OPEN, "reopened", by, reason_given(reason))
        triaging.ask_to_triage(self.itself, by=by)

    def _dispose(self, state: str, verb: str, by: User, obstacle: str | None, reason: str, **fields: Any) -> None:
        self.lock()
        if obstacle := obstacle or self.obstacle_to_triage(by):
            raise RuleBroken(obstacle)
        self._become(state, verb, by, reason_given(reason), **fields)
        triaging.triage_was_done(self.itself, by=by)
        triaging.tell([self.itself], by=by)

    def _become(self, state: str, verb: str, by: User, reason: str, **fields: Any) -> None:
        values = {"problem": None, "duplicate_of": None, **fields}
        values |= {"state": state, "since": clock.now(), "reason": reason, "disposed_by": by}
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        self.record(verb, by=by, reason=reason)
