"""Further steps: who signs a request besides its pools and finance, from which amount on and in which place."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from initiatives.core.rules import says
from initiatives.funding.models.proposals import LimitState, Proposed, ProposedQuerySet
from initiatives.funding.models.step_laws import RULES_STAY
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import DAYS_HELD

CONFIRM_STEP = "funding.confirm_step"
MOST_PLACES = 9


class Signer(models.TextChoices):
    """Who signs. The values of those who hold a company-wide role are the names of that role."""

    ABOVE = "above", "Head of the department above"
    CXO = "cxo", "CXO"
    CEO = "ceo", "CEO"


class StepRuleQuerySet(ProposedQuerySet):
    def with_people(self) -> Self:
        return self.select_related("department", "by", "decided_by").order_by("place", "department_id", "signer", "-id")


class StepRule(Proposed):
    """That requests above an amount are signed by somebody more, after their pools and before finance.

    Company-wide the whole request counts, of a department what its pools are asked for. Without an amount nobody signs there
    any more.
    """

    called, kind_of_ask, about = "step", CONFIRM_STEP, ("signer", "department_id", "currency")

    signer = models.CharField(max_length=5, choices=Signer)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    above = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    place = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)])

    objects = StepRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(above=None) | Q(above__gte=0), name=says("step_not_negative", "The amount is not below zero.")
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_PLACES),
                name=says("step_in_a_place", f"Places go from 1 to {MOST_PLACES}."),
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name=says("step_ends_after_it_starts", "A step cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state=LimitState.PROPOSED, decided_by=None)
                | (~Q(state=LimitState.PROPOSED) & Q(decided_by__isnull=False)),
                name=says("step_decided_by_somebody", "A step is confirmed or declined by somebody."),
            ),
            models.UniqueConstraint(
                fields=["signer", "department", "currency"],
                condition=Q(state=LimitState.PROPOSED),
                nulls_distinct=False,
                name=says("one_proposed_step", "A step for them waits for the CXO already."),
            ),
            ExclusionConstraint(
                name=says("one_step_at_a_time", "Another step holds for them in that time."),
                expressions=[
                    ("signer", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    (Coalesce("department", Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
                condition=Q(state=LimitState.CONFIRMED),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, RULES_STAY]

    def get_absolute_url(self) -> str:
        return f"{reverse('funding:authority')}#steps"

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        above = None if self.above is None else str(self.above)
        return {**super().facts(), "above": above, "place": self.place}

    def obstacle_to_propose(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose it as it stands, or None."""
        if not 1 <= self.place <= MOST_PLACES:
            return f"Places go from 1 to {MOST_PLACES}."
        return super().obstacle_to_propose(by)
