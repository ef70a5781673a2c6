"""Flows: which system passes which data on to which other, how fresh, and by what the customer is known."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.journey.models.entities import DataEntity
from initiatives.journey.models.seen import seen
from initiatives.journey.models.system_words import Direction, interval
from initiatives.journey.models.systems import System
from initiatives.organization.models import User

LONGEST = 525_600  # minutes: a year


class FlowQuerySet(models.QuerySet["Flow"]):
    def living(self) -> Self:
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> Self:
        """Those of which one may see both ends and what flows."""
        return self.filter(*(seen(user, f"{end}__owned__") for end in ("source", "target", "entity")))

    def touching(self, system: System) -> Self:
        return self.filter(Q(source=system) | Q(target=system))

    @transaction.atomic
    def add(self, source: System, target: System, entity: DataEntity, *, by: User, **values: Any) -> "Flow":
        """Enter a flow from `source` to `target`."""
        flow: Flow = self.model(source=source, target=target, entity=entity)
        for system in sorted({source, target}, key=lambda one: one.pk):
            system.lock()
        if obstacle := flow.obstacle_to_add(by):
            raise RuleBroken(obstacle)
        flow.take(values)
        flow.save()
        flow.record("added", by=by, flow=flow.words, **values)
        return flow


class Flow(Recorded):
    """Data of one entity that one system passes on to another.

    key      by what the customer is known on both sides: "customer number", "e-mail", "booking reference"
    minutes  how old the data can be when they arrive: the interval of the transfer, 0 for at once
    online   passed on by itself; otherwise somebody carries a file or types it again
    """

    EDITABLE = ("key", "direction", "minutes", "online")

    source = models.ForeignKey(System, models.PROTECT, related_name="flows_out")
    target = models.ForeignKey(System, models.PROTECT, related_name="flows_in")
    entity = models.ForeignKey(DataEntity, models.PROTECT, related_name="flows")
    key = models.CharField(max_length=80)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.ONE_WAY)
    minutes = models.PositiveIntegerField(validators=[MaxValueValidator(LONGEST)])
    online = models.BooleanField(default=True)
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = FlowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "target", "entity"],
                condition=Q(ended_at=None),
                name=says("one_flow_per_entity", "These data flow between these two systems already. Change that flow."),
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name=says("no_flow_in_itself", "A flow leads from one system to another.")
            ),
            models.CheckConstraint(
                condition=Q(minutes__lte=LONGEST), name=says("flow_within_a_year", "A flow takes a year at most.")
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name=says("flow_direction", "There is no such direction.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="ended_stays_ended", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__ended_at=None)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.source.reference} → {self.target.reference}: {self.entity.title}"

    def get_absolute_url(self) -> str:
        return self.source.get_absolute_url()

    @property
    def words(self) -> str:
        """The flow in references, for the audit trail."""
        return f"{self.source.reference} → {self.target.reference} ({self.entity.reference})"

    @property
    def every(self) -> str:
        return interval(self.minutes)

    def seen_by(self, user: User) -> bool:
        return all(thing.owned.seen_by(user) for thing in (self.source, self.target, self.entity))

    def may_edit(self, user: User) -> bool:
        """Who may edit the one system or the other."""
        return self.source.may_edit(user) or self.target.may_edit(user)

    def take(self, values: dict[str, Any]) -> None:
        if unknown := set(values) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        for name, value in values.items():
            setattr(self, name, value)
        if not self.key.strip():
            raise BadInput("Say by what the customer is known on both sides.")

    def obstacle_to_add(self, by: User) -> str | None:
        """Say in one sentence why there can be no such flow, or None."""
        if not self.may_edit(by):
            return f"Only the CXO and who owns {self.source.reference} or {self.target.reference} say what flows between them."
        if self.source_id == self.target_id:
            return "A flow leads from one system to another."
        if gone := next((system for system in (self.source, self.target) if system.is_retired), None):
            return f"{gone.reference} is retired."
        if Flow.objects.living().filter(source=self.source, target=self.target, entity=self.entity).exists():
            return f"{self.entity.title} flows from {self.source.reference} to {self.target.reference} already. Change that flow."
        return None

    def obstacle_to_change(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_edit(by):
            return f"Only the CXO and who owns {self.source.reference} or {self.target.reference} can change this flow."
        return None if self.ended_at is None else "This flow has ended."

    @transaction.atomic
    def change(self, values: dict[str, Any], *, version: int, by: User) -> None:
        """Describe the flow anew."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_change(by):
            raise RuleBroken(obstacle)
        self.take(values)
        self.version += 1
        self.save(update_fields=[*values, "version"])
        self.record("changed", by=by, flow=self.words)

    @transaction.atomic
    def end(self, *, by: User, reason: str) -> None:
        """Nothing flows here any more."""
        self.lock()
        if obstacle := self.obstacle_to_change(by):
            raise RuleBroken(obstacle)
        self.finish(by=by, reason=reason_given(reason))

    def finish(self, *, by: User, reason: str) -> None:
        """End the flow inside the act that brings it about: its own, or the retirement of a system."""
        self.lock()
        self.ended_at = clock.now()
        self.save(update_fields=["ended_at"])
        self.record("ended", by=by, reason=reason, flow=self.words)
