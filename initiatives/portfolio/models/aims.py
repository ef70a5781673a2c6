"""What an initiative is for: the problems that it answers, and the touchpoints that it improves. Rows end, and stay."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.journey.models import Problem, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models.belonging import BelongingQuerySet, Row


class AimQuerySet(BelongingQuerySet[Row]):
    def living(self) -> Self:
        """Those that hold today."""
        return self.filter(left_at=None)


class Aim(models.Model):
    """That an initiative is for something, since when, until when, and why no longer."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    left_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    reason = models.TextField(max_length=2_000, blank=True)

    class Meta:
        abstract = True


KEPT: tuple[pgtrigger.Trigger, ...] = (
    pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
    pgtrigger.Protect(name="left_stays_left", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__left_at=None)),
)


class AnsweredProblem(Aim):
    """One problem that an initiative answers."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="answered_problems")
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="answers")

    objects = models.Manager.from_queryset(AimQuerySet["AnsweredProblem"])()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "problem"],
                condition=Q(left_at=None),
                name=says("problem_answered_once", "This initiative answers this problem already."),
            ),
        ]
        triggers: ClassVar = KEPT

    def __str__(self) -> str:
        return f"{self.initiative_id} answers {self.problem_id}"


class ImprovedTouchpoint(Aim):
    """One touchpoint that an initiative improves."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="improved_touchpoints")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="improvements")

    objects = models.Manager.from_queryset(AimQuerySet["ImprovedTouchpoint"])()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "touchpoint"],
                condition=Q(left_at=None),
                name=says("touchpoint_improved_once", "This initiative improves this touchpoint already."),
            ),
        ]
        triggers: ClassVar = KEPT

    def __str__(self) -> str:
        return f"{self.initiative_id} improves {self.touchpoint_id}"
