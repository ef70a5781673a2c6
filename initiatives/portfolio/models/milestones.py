"""Milestones: what must be there by a day, and when it was."""

from datetime import date
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q

from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.organization.models import User
from initiatives.portfolio.models import asking


class Milestone(Recorded):
    """Something that must be there by a day. The first day promised is kept when it moves."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    promised_on = models.DateField()  # the first due day
    met_on = models.DateField(null=True, blank=True)
    dropped_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(met_on=None) | Q(dropped_on=None),
                name=says("milestone_met_or_dropped", "A milestone is either met or dropped."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.dropped_on is None

    @property
    def waits_at_its_gate(self) -> bool:
        """Whether money is held until the gate of this milestone is decided."""
        return hasattr(self, "gate") and self.gate.is_open

    def obstacle_to_drop(self, by: User | None = None) -> str | None:
        if obstacle := self.obstacle_to_change(by):
            return obstacle
        return f"Money is held at the gate of “{self.title}”: the CXO decides the gate first." if self.waits_at_its_gate else None

    def obstacle_to_change(self, by: User | None = None) -> str | None:
        if obstacle := self.initiative.obstacle_to_add_milestone(by):
            return obstacle
        if not self.is_open:
            return f"“{self.title}” is {'met' if self.met_on else 'dropped'} already."
        return None

    @transaction.atomic
    def meet(self, *, by: User, on: date | None = None) -> None:
        """Say that the milestone was met, today or on an earlier day."""
        self._lock(by)
        on = on or by.today()
        if on > by.today():
            raise BadInput("A milestone cannot be met on a day to come.")
        self.met_on = on
        self.save(update_fields=["met_on"])
        self.initiative.record("milestone_met", by=by, milestone=self.title, on=on)
        if self.waits_at_its_gate:
            asking.ask_to_decide_gate(self.gate, by=by)

    @transaction.atomic
    def move(self, due_on: date, *, by: User, reason: str) -> None:
        """Promise another day, with the reason."""
        self._lock(by)
        if not reason.strip():
            raise RuleBroken("Give the reason for moving it.")
        before, self.due_on = self.due_on, due_on
        self.save(update_fields=["due_on"])
        self.initiative.record("milestone_moved", by=by, reason=reason, milestone=self.title, due_on=[before, due_on])

    @transaction.atomic
    def drop(self, *, by: User, reason: str) -> None:
        """Say that the milestone is no longer wanted, with the reason."""
        self._lock(by)
        if obstacle := self.obstacle_to_drop(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason for dropping it.")
        self.dropped_on = by.today()
        self.save(update_fields=["dropped_on"])
        self.initiative.record("milestone_dropped", by=by, reason=reason, milestone=self.title)

    def _lock(self, by: User) -> None:
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_change(by):
            raise RuleBroken(obstacle)
