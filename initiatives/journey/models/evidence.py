"""What a problem stands at, and what it rests on."""

from typing import ClassVar, Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.core.triggers import with_refusals
from initiatives.journey.models.failing_words import MOST_CUSTOMERS, Source
from initiatives.journey.models.map import Touchpoint
from initiatives.organization.models import User

# At commit: a piece may go when another comes in the same transaction.
NOT_THE_LAST = with_refusals(
    """
    IF NOT EXISTS (SELECT FROM journey_evidence WHERE problem_id = NEW.problem_id AND withdrawn_at IS NULL) THEN
        REFUSE problem_has_evidence;
    END IF;
    RETURN NULL;
    """,
    problem_has_evidence="A problem rests on one piece of evidence at least.",
)


class ProblemTouchpoint(models.Model):
    """One touchpoint at which a problem stands."""

    problem = models.ForeignKey("journey.Problem", models.PROTECT, related_name="links")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="problem_links")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "touchpoint"], name=says("problem_once_a_touchpoint", "This touchpoint is named already.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.problem_id} at {self.touchpoint_id}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def living(self) -> Self:
        """Those that count: not withdrawn."""
        return self.filter(withdrawn_at=None)


class Evidence(models.Model):
    """Where a problem is known from: a signal that was gathered into it, or something else with source, day and n.

    Of a signal it keeps what the signal said on the day on which it was gathered. It is withdrawn, never changed.
    """

    problem = models.ForeignKey("journey.Problem", models.PROTECT, related_name="evidence")
    signal = models.ForeignKey("journey.Signal", models.PROTECT, null=True, blank=True, related_name="evidence")
    source = models.CharField(max_length=10, choices=Source)
    observed_on = models.DateField("day observed")
    customers = models.PositiveIntegerField(
        "customers", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_CUSTOMERS)]
    )
    words = models.CharField(max_length=500, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signal"],
                condition=Q(withdrawn_at=None),
                name=says("evidence_once", "This signal is gathered into a problem already."),
            ),
            models.CheckConstraint(
                condition=Q(customers__gte=1), name=says("evidence_customers", "At least one customer met it.")
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name=says("evidence_source", "There is no such source.")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["problem", "-observed_on"], name="evidence_by_day")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="withdrawn_stays_withdrawn", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__withdrawn_at=None)
            ),
            pgtrigger.Trigger(
                name="not_the_last",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=NOT_THE_LAST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} of {self.observed_on}"
