"""Experiments: the smallest test of an initiative's hypothesis, with a day on which it stops and a result that somebody says."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.belonging import BelongingQuerySet

if TYPE_CHECKING:
    from initiatives.portfolio.models.initiative import Initiative

LONGEST = timedelta(days=366)


class Result(models.TextChoices):
    CONFIRMED = "confirmed", "Confirmed"
    REFUTED = "refuted", "Refuted"
    OPEN = "open", "Inconclusive"


class ExperimentQuerySet(BelongingQuerySet["Experiment"]):
    def of(self, initiative: "Initiative") -> Self:
        """All of them, the newest first."""
        return self.filter(initiative=initiative).order_by("-id")

    def running(self) -> Self:
        return self.filter(result="")

    def obstacle_to_start(self, initiative: "Initiative", by: User | None = None) -> str | None:
        """Say in one sentence why no experiment can be started, or None."""
        if by is not None and not initiative.may_plan(by):
            return f"Only {initiative.who_runs()}, and who is responsible, starts experiments of {initiative.reference}."
        return f"{initiative.reference} is {initiative.get_status_display().lower()}." if initiative.is_over else None

    @transaction.atomic
    def start(self, initiative: "Initiative", *, hypothesis: str, success: str, stops_on: date, by: User) -> "Experiment":
        """Begin a test of `hypothesis`; what would show its `success` is said before, and stays as it is."""
        initiative.lock()
        if obstacle := self.obstacle_to_start(initiative, by):
            raise RuleBroken(obstacle)
        if not hypothesis.strip() or not success.strip():
            raise BadInput("Say what you believe, and what would show it.")
        days = {"stops_on": stopping(stops_on, by), "promised_on": stops_on}
        said = {"hypothesis": hypothesis.strip(), "success": success.strip()}
        experiment = self.create(initiative=initiative, started_by=by, **said, **days)
        asking.ask_to_conclude(experiment, by=by)
        initiative.record("experiment_started", by=by, experiment=experiment.pk, stops_on=stops_on)
        return experiment


class Experiment(Recorded):
    """One test. Once its result is said the database keeps it as it is; a second look is another experiment."""

    initiative: Any = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="experiments")
    hypothesis = models.TextField(max_length=2_000)
    success = models.CharField("success metric", max_length=300)
    stops_on = models.DateField()
    promised_on = models.DateField()  # the first stop date
    result = models.CharField(max_length=9, choices=Result, blank=True)  # empty: it runs
    finding = models.TextField(max_length=5_000, blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(result="", ended_at=None, ended_by=None)
                | Q(result__in=Result.values, ended_at__isnull=False, ended_by__isnull=False) & ~Q(finding=""),
                name=says("experiment_ends_with_a_result", "An experiment ends with a result, and with what was found."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="experiment_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="result_stays", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__result="")),
            pgtrigger.ReadOnly(
                name="experiment_stays",
                fields=["initiative", "hypothesis", "success", "promised_on", "started_by", "started_at"],
            ),
        ]

    def __str__(self) -> str:
        return self.hypothesis

    def get_absolute_url(self) -> str:
        return reverse("portfolio:experiments", args=[self.initiative.reference])

    @property
    def is_running(self) -> bool:
        return not self.result

    def obstacle_to_conclude(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be ended or moved, or None."""
        if by is not None and not self.initiative.may_plan(by):
            return f"Only {self.initiative.who_runs()}, and who is responsible, says what an experiment showed."
        return None if self.is_running else f"Its result is {self.get_result_display().lower()} already."

    @transaction.atomic
    def conclude(self, *, by: User, result: str, finding: str) -> None:
        """Say what it showed."""
        self._lock(by)
        if result not in Result.values or not finding.strip():
            raise BadInput("Say whether the hypothesis was confirmed, and what was found.")
        self.result, self.finding, self.ended_by, self.ended_at = result, finding.strip(), by, clock.now()
        self.save(update_fields=["result", "finding", "ended_by", "ended_at"])
        Obligation.objects.meet(asking.CONCLUDE, self, by=by)
        self.initiative.record("experiment_concluded", by=by, experiment=self.pk, result=self.get_result_display().lower())

    @transaction.atomic
    def move(self, stops_on: date, *, by: User, reason: str) -> None:
        """Let it run until another day, with the reason; the first day is kept."""
        self._lock(by)
        before, reason, self.stops_on = self.stops_on, reason_given(reason), stopping(stops_on, by)
        self.save(update_fields=["stops_on"])
        Obligation.objects.excuse(asking.CONCLUDE, self, by=by, reason="The stop date moved.")
        asking.ask_to_conclude(self, by=by)
        days = [before, stops_on]
        self.initiative.record("experiment_moved", by=by, reason=reason, experiment=self.pk, stops_on=days)

    def _lock(self, by: User) -> None:
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_conclude(by):
            raise RuleBroken(obstacle)


def stopping(day: date, by: User) -> date:
    """The day, if an experiment may stop on it."""
    if not by.today() < day <= by.today() + LONGEST:
        raise BadInput(f"Name a stop date after today, at most {LONGEST.days} days ahead.", field="stops_on")
    return day
