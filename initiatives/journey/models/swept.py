"""What one stage answered in one sweep: entries, or a signature that nothing is known."""

from collections.abc import Collection
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.journey.models import following, sweeping
from initiatives.journey.models.failing_words import SweepState
from initiatives.journey.models.map import Stage, Touchpoint
from initiatives.journey.models.seen import seen
from initiatives.organization.models import Department, User


class SweepStageQuerySet(models.QuerySet["SweepStage"]):
    def visible_to(self, user: User) -> Self:
        """Those whose stage `user` may know of."""
        return self.filter(seen(user, "stage__owned__"))

    def waiting(self) -> Self:
        """Nobody has signed, and the sweep is open."""
        return self.filter(sweep__state=SweepState.OPEN, signed_by=None)


class SweepStage(Recorded):
    """What one stage answered in one sweep. Entries are counted, not kept: signals and problems of its time (`entries`)."""

    sweep = models.ForeignKey("journey.Sweep", models.PROTECT, related_name="stages")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="sweeps")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")  # that answers for it
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    objects = SweepStageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sweep", "stage"], name=says("stage_once_a_sweep", "This stage is asked already.")),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name=says("signed_by_somebody", "A signature has a name and an instant."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.sweep}: {self.stage.title}"

    def get_absolute_url(self) -> str:
        return reverse("journey:sweeps")

    def entries(self) -> tuple[int, int]:
        """How many signals were raised and problems posed there while the sweep is open (see Sweep.entries)."""
        return self.sweep.entries().get(self.stage_id, (0, 0))

    def may_sign(self, user: User) -> bool:
        """Head and deputies of the department; where the stage has none, the CXO."""
        if self.department is None:
            return user.standing.holds("cxo")
        return user.standing.heads_department(self.department_id) or user in self.department.deciders()

    def obstacle_to_sign(self, by: User | None = None) -> str | None:
        """Say in one sentence why "nothing known" cannot be signed, or None."""
        if by is not None and not self.may_sign(by):
            who = f"the head of {self.department} or a deputy" if self.department else "the CXO"
            return f"Only {who} can sign for {self.stage.title}."
        if not self.sweep.is_open:
            return f"{self.sweep} is {self.sweep.get_state_display().lower()}."
        if self.signed_by is not None:
            return f"{self.signed_by} has signed already."
        return "Something is known: see its entries." if any(self.entries()) else None

    @transaction.atomic
    def sign(self, *, by: User) -> None:
        """Sign that nothing is known to fail in this stage."""
        self.sweep.lock()
        self.lock()
        if obstacle := self.obstacle_to_sign(by):
            raise RuleBroken(obstacle)
        self.signed_by, self.signed_at = by, clock.now()
        self.save(update_fields=["signed_by", "signed_at"])
        sweeping.was_answered(self, by=by)
        self.sweep.record("signed", by=by, stage=self.stage.title)


def entry_was_made(touchpoints: Collection[Touchpoint], by: User) -> None:
    """A signal or a problem stands in these stages now: the sweep waits for them no longer."""
    if any(one.owned.restricted for one in touchpoints):
        return
    for waiting in SweepStage.objects.waiting().filter(stage__in={one.stage_id for one in touchpoints}):
        sweeping.was_answered(waiting, by=by)


following.when_entered(entry_was_made)
