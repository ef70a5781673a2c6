"""A problem: what fails at one or several touchpoints, with the evidence for it. It never carries money."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.core.triggers import with_refusals
from initiatives.journey.models import triaging
from initiatives.journey.models.evidence import Evidence, ProblemTouchpoint
from initiatives.journey.models.failing_words import PROBLEM_STEPS, ProblemState
from initiatives.journey.models.hanging import answers_for
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.posing import ProblemQuerySet
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.signals import Signal

# At commit, for what it hangs on and rests on is written after the row.
STANDS_ON_SOMETHING = with_refusals(
    """
    IF NOT EXISTS (SELECT FROM journey_problemtouchpoint WHERE problem_id = NEW.id AND touchpoint_id = NEW.touchpoint_id) THEN
        REFUSE problem_has_a_touchpoint;
    END IF;
    IF NOT EXISTS (SELECT FROM journey_evidence WHERE problem_id = NEW.id AND withdrawn_at IS NULL) THEN
        REFUSE problem_has_evidence;
    END IF;
    RETURN NULL;
    """,
    problem_has_a_touchpoint="A problem stands at one touchpoint at least.",
    problem_has_evidence="A problem rests on one piece of evidence at least.",
)


def percent_of(frequency: Decimal) -> Decimal:
    return (frequency * 100).quantize(Decimal("0.01"))


class Problem(Recorded):
    """What fails, how badly and how often. Who answers for its first touchpoint owns it.

    severity   1 (a nuisance) to 5 (the customer leaves)
    frequency  the share of contacts in which it happens, 0 to 1
    """

    EDITABLE = ("title", "statement", "severity", "frequency")

    reference = models.CharField(max_length=40, unique=True, editable=False)
    title = models.CharField(max_length=200)
    statement = models.TextField(max_length=5_000)
    severity = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(5)])
    frequency = models.DecimalField("share of contacts", max_digits=5, decimal_places=4, default=Decimal("0.1"))
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="+")  # the first: who answers for it owns it
    touchpoints = models.ManyToManyField(Touchpoint, through=ProblemTouchpoint, related_name="problems")
    state = models.CharField(max_length=10, choices=ProblemState, default=ProblemState.OPEN)
    since = models.DateTimeField(default=clock.now)  # of the state
    reason = models.TextField(max_length=2_000, blank=True)
    posed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posed_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=5), name=says("problem_severity", "Severity is 1 to 5.")
            ),
            models.CheckConstraint(
                condition=Q(frequency__gte=0, frequency__lte=1),
                name=says("problem_frequency", "The share of contacts is between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProblemState.values), name=says("problem_state", "There is no such state of a problem.")
            ),
            models.CheckConstraint(
                condition=Q(state=ProblemState.OPEN) | ~Q(reason=""), name=says("problem_ends_with_a_reason", "Give the reason.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="state", transitions=list(PROBLEM_STEPS)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="stands_on_something",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=STANDS_ON_SOMETHING,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("journey:problem", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.state == ProblemState.OPEN

    @property
    def percent(self) -> Decimal:
        """In how many of 100 contacts it happens."""
        return percent_of(self.frequency)

    def seen_by(self, user: User) -> bool:
        """Whether `user` may know of it, asked of what people decided; agrees with `visible_to`."""
        links = self.links.select_related("touchpoint__owned__department")
        return user.standing.anywhere and all(link.touchpoint.owned.seen_by(user) for link in links)

    def may_work(self, user: User) -> bool:
        return answers_for(user, self.touchpoint)

    def obstacle_to_work(self, by: User | None = None) -> str | None:
        """Say in one sentence why nothing can be changed here, or None."""
        if by is not None and not self.may_work(by):
            return f"Only who answers for {self.touchpoint.reference} or its stage, and the CXO, can change {self.reference}."
        return None if self.is_open else f"{self.reference} is {self.get_state_display().lower()}."

    @transaction.atomic
    def edit(self, changes: Mapping[str, Any], *, version: int, by: User) -> None:
        """Change the description; `version` is the one the editor saw, and Stale is raised when it moved on since."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_work(by):
            raise RuleBroken(obstacle)
        if unknown := set(changes) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        self.save(update_fields=[*changes, "version"])
        self.record("edited", by=by)
        triaging.problem_was_taken_up(self, by=by)

    @transaction.atomic
    def add_evidence(self, *, by: User, source: str, observed_on: date, customers: int = 1, words: str = "") -> Evidence:
        """One more piece of evidence that is no signal: a survey, an audit, a count."""
        self.lock()
        if obstacle := self.obstacle_to_work(by):
            raise RuleBroken(obstacle)
        if observed_on > clock.today():
            raise RuleBroken("What was observed lies in the past.")
        facts: dict[str, Any] = {"source": source, "observed_on": observed_on, "customers": customers}
        piece = Evidence.objects.create(problem=self, added_by=by, words=words, **facts)
        self.record("evidence_added", by=by, **facts)
        triaging.problem_was_taken_up(self, by=by)
        return piece

    # -- Signals come and go, inside the transaction of their own acts; the row of the problem is locked before -----------

    def take(self, signal: "Signal", *, by: User) -> None:
        """A signal was gathered here: it is evidence, and its touchpoints are the problem's too."""
        facts = {"source": signal.source, "observed_on": signal.observed_on, "customers": signal.customers}
        Evidence.objects.create(problem=self, signal=signal, added_by=by, words=signal.title, **facts)
        links = [ProblemTouchpoint(problem=self, touchpoint_id=link.touchpoint_id) for link in signal.links.all()]
        ProblemTouchpoint.objects.bulk_create(links, ignore_conflicts=True)

    def needs(self, signal: "Signal") -> bool:
        """Whether nothing else is known of the problem but this signal."""
        return not self.evidence.living().exclude(signal=signal).exists()

    def give_back(self, signal: "Signal") -> None:
        """A signal was gathered here by mistake: what it said no longer counts, and stays readable."""
        self.evidence.living().filter(signal=signal).update(withdrawn_at=clock.now())

    # -- How it ends ------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def solve(self, *, by: User, reason: str) -> None:
        """Say that it no longer happens, and how that is known."""
        self._end(ProblemState.SOLVED, "solved", by, reason)

    @transaction.atomic
    def dismiss(self, *, by: User, reason: str) -> None:
        """Say that nothing will be done about it, and why."""
        self._end(ProblemState.DISMISSED, "dismissed", by, reason)

    def obstacle_to_reopen(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_work(by):
            return f"Only who answers for {self.touchpoint.reference} or its stage, and the CXO, can reopen {self.reference}."
        return f"{self.reference} is open." if self.is_open else None

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """It happens again, or was judged wrongly."""
        self.lock()
        if obstacle := self.obstacle_to_reopen(by):
            raise RuleBroken(obstacle)
        self._become(ProblemState.OPEN, "reopened", by, reason)

    def _end(self, state: str, verb: str, by: User, reason: str) -> None:
        self.lock()
        if obstacle := self.obstacle_to_work(by):
            raise RuleBroken(obstacle)
        self._become(state, verb, by, reason)
        triaging.problem_was_taken_up(self, by=by)
        triaging.tell(self.signals.order_by("pk"), by=by)

    def _become(self, state: str, verb: str, by: User, reason: str) -> None:
        self.state, self.since, self.reason = state, clock.now(), reason_given(reason)
        self.save(update_fields=["state", "since", "reason"])
        self.record(verb, by=by, reason=self.reason)
