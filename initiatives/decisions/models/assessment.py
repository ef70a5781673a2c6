"""How the CXO judged a candidate: value and effort, and why. A new judgement replaces the old one, which is kept."""

from fractions import Fraction
from typing import ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, says
from initiatives.decisions.order import model_key
from initiatives.organization.models import User
from initiatives.portfolio.models import CANDIDATES, Initiative
from initiatives.portfolio.models.belonging import BelongingQuerySet

LOWEST, HIGHEST = 1, 10
SCALE = (MinValueValidator(LOWEST), MaxValueValidator(HIGHEST))


class AssessmentQuerySet(BelongingQuerySet["Assessment"]):
    def current(self) -> Self:
        """The judgement that counts, of each initiative."""
        return self.filter(superseded_at=None)

    def of_candidates(self) -> Self:
        """Current judgements of what can be ranked."""
        return self.current().filter(initiative__status__in=CANDIDATES)

    def newest_first(self) -> Self:
        return self.order_by("-id")

    @transaction.atomic
    def assess(self, initiative: Initiative, *, value: int, effort: int, rationale: str, by: User) -> "Assessment":
        """Judge a candidate. `value` and `effort` from 1 to 10; the old judgement is kept beside the new one."""
        if not all(LOWEST <= number <= HIGHEST for number in (value, effort)):
            raise BadInput(f"Value and effort are whole numbers from {LOWEST} to {HIGHEST}.")
        if not rationale.strip():
            raise BadInput("Say why you judge it so.")
        initiative.assess(by=by)
        old = self.current().filter(initiative=initiative).first()
        if old is not None:
            self.filter(pk=old.pk).update(superseded_at=clock.now())
        new = self.create(initiative=initiative, value=value, effort=effort, rationale=rationale.strip(), by=by)
        new.record("made", by=by, reason=new.rationale, value=[old and old.value, value], effort=[old and old.effort, effort])
        return new


class Assessment(Recorded):
    """One judgement of one initiative. Never changed; only set aside by the next."""

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="assessments")
    value = models.PositiveSmallIntegerField(validators=SCALE)
    effort = models.PositiveSmallIntegerField(validators=SCALE)
    rationale = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(superseded_at=None),
                name=says("one_current_assessment", "Somebody judged this at the same moment. Look at it, then judge again."),
            ),
            models.CheckConstraint(
                condition=Q(value__range=(LOWEST, HIGHEST), effort__range=(LOWEST, HIGHEST)),
                name=says("assessment_on_its_scale", "Value and effort are whole numbers from 1 to 10."),
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name=says("assessment_says_why", "Say why you judge it so.")),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["superseded_at"]),
            pgtrigger.Protect(
                name="set_aside_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__superseded_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"Value {self.value}, effort {self.effort}"

    @property
    def quotient(self) -> Fraction:
        """Value for each unit of effort."""
        return Fraction(self.value, self.effort)

    @property
    def quotient_shown(self) -> float:
        return self.value / self.effort

    def key(self) -> tuple[Fraction, int, int, str]:
        """Sorts judgements as the model ranks their initiatives."""
        return model_key(self.value, self.effort, self.initiative.reference)
