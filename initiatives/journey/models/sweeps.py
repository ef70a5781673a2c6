"""A sweep: the CXO asks each stage what fails there; it is complete when each has an entry or a signed "nothing known"."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Count, Max, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, reason_given, says
from initiatives.journey.models import sweeping
from initiatives.journey.models.failing_words import SWEEP_STEPS, SweepState
from initiatives.journey.models.map import Stage
from initiatives.journey.models.posing import ProblemQuerySet
from initiatives.journey.models.problems import Problem
from initiatives.journey.models.signals import Signal, SignalQuerySet
from initiatives.journey.models.swept import SweepStage
from initiatives.organization.models import User


class SweepQuerySet(models.QuerySet["Sweep"]):
    def visible_to(self, user: User) -> Self:
        """Everybody with a role; of which stages, SweepStage says."""
        return self if user.is_active and user.standing.anywhere else self.none()

    def current(self) -> "Sweep | None":
        return self.filter(state=SweepState.OPEN).first()

    @transaction.atomic
    def open_sweep(self, *, by: User, due_on: date, stages: Collection[Stage]) -> "Sweep":
        """Ask who answers for each of these stages what fails there."""
        sweep = self.model(opened_by=by, due_on=due_on)
        if obstacle := sweep.obstacle_to_open(by, stages):
            raise RuleBroken(obstacle)
        sweep.number = (self.aggregate(last=Max("number"))["last"] or 0) + 1
        sweep.save()
        sweep.record("opened", by=by, stages=[stage.reference for stage in stages], due_on=due_on)
        for stage in stages:
            asked = SweepStage.objects.create(sweep=sweep, stage=stage, department=stage.owned.department)
            sweeping.ask(asked, by=by)
        return sweep


class Sweep(Recorded):
    """One round of asking every stage in scope what fails there."""

    number = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=10, choices=SweepState, default=SweepState.OPEN)
    due_on = models.DateField("answers due")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(max_length=2_000, blank=True)

    objects = SweepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="open"),
                name=says("one_open_sweep", "Another sweep is open; complete it first."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name=says("sweep_ends_at_an_instant", "A sweep has an end exactly when it is over."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="life", field="state", transitions=list(SWEEP_STEPS)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Sweep {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("journey:sweeps")

    @property
    def is_open(self) -> bool:
        return self.state == SweepState.OPEN

    def obstacle_to_open(self, by: User | None = None, stages: Collection[Stage] | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO opens a sweep."
        if (other := Sweep.objects.current()) is not None:
            return f"{other} is open; complete it first."
        if stages is None:
            return None
        if not stages:
            return "Choose at least one stage."
        return None if self.due_on > clock.today() else "The answers are due after today."

    def entries(self) -> dict[int, tuple[int, int]]:
        """By stage, how many signals were raised and problems posed while the sweep is open; two queries.

        Those on restricted touchpoints do not count: from a stage that has answered, others would know of them.
        """
        signals, problems = _by_stage(self.signals()), _by_stage(self.problems())
        return {stage: (signals.get(stage, 0), problems.get(stage, 0)) for stage in {*signals, *problems}}

    @property
    def time(self) -> tuple[datetime, datetime]:
        return self.opened_at, self.ended_at or datetime.max.replace(tzinfo=self.opened_at.tzinfo)

    def signals(self) -> SignalQuerySet:
        """The signals that count as entries."""
        return Signal.objects.filter(raised_at__range=self.time).exclude(links__touchpoint__owned__restricted=True)

    def problems(self) -> ProblemQuerySet:
        """The problems that count as entries."""
        return Problem.objects.filter(posed_at__range=self.time).exclude(links__touchpoint__owned__restricted=True)

    def missing(self) -> list["SweepStage"]:
        """The stages of which nothing is known yet, not even that nothing is."""
        known = self.entries()
        waiting = self.stages.filter(signed_by=None).exclude(stage__in=known)
        return list(waiting.select_related("stage").order_by("stage__position"))

    def obstacle_to_complete(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO completes {self}."
        if not self.is_open:
            return f"{self} is {self.get_state_display().lower()}."
        if missing := self.missing():
            titles = ", ".join(one.stage.title for one in missing)
            return f"These stages have neither an entry nor a signed “nothing known”: {titles}."
        return None

    @transaction.atomic
    def complete(self, *, by: User) -> None:
        """Every stage has answered."""
        self.lock()
        if obstacle := self.obstacle_to_complete(by):
            raise RuleBroken(obstacle)
        self._end(SweepState.COMPLETED, "completed", by)

    def obstacle_to_cancel(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.holds("cxo"):
            return f"Only the CXO cancels {self}."
        return None if self.is_open else f"{self} is {self.get_state_display().lower()}."

    @transaction.atomic
    def cancel(self, *, by: User, reason: str) -> None:
        """Stop asking, and say why."""
        self.lock()
        if obstacle := self.obstacle_to_cancel(by):
            raise RuleBroken(obstacle)
        self._end(SweepState.CANCELLED, "cancelled", by, reason_given(reason))

    def _end(self, state: str, verb: str, by: User, reason: str = "") -> None:
        self.state, self.ended_at, self.reason = state, clock.now(), reason
        self.save(update_fields=["state", "ended_at", "reason"])
        for one in self.stages.all():
            sweeping.no_answer_needed(one, by=by, reason=f"{self} is {self.get_state_display().lower()}.")
        self.record(verb, by=by, reason=reason)


def _by_stage(rows: models.QuerySet[Any]) -> dict[int, int]:
    there = rows.order_by().values_list("links__touchpoint__stage")
    return dict(there.annotate(count=Count("pk", distinct=True)))
