"""The one map: stages in order, channels, and the touchpoints where customer and company meet."""

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.rules import says
from initiatives.journey.models.failing_words import WORKING_DAYS_TO_TRIAGE
from initiatives.journey.models.ownable import Ownable, OwnableQuerySet
from initiatives.journey.models.words import MOMENT_FACTOR, Kind, StageKind
from initiatives.organization.models import User

MOST_CONTACTS = 99_999_999_999


class MapPolicyQuerySet(models.QuerySet["MapPolicy"]):
    def current(self) -> "MapPolicy":
        """The rules of the map today; the product's own ones until somebody sets others."""
        return self.order_by("-id").first() or MapPolicy()


class MapPolicy(models.Model):
    """The numbers by which the map is kept; each change adds a row.

    most_share, most_concentration  above them CX lies in too few hands: one department's share of the accepted weight, and
                                    the sum of all squared shares
    sight_members, sight_days       how many members of a department must have opened something of a stage in how many days,
                                    so that the department counts as looking at it
    blind_below                     what a department sees less of, by weight, is called blind
    """

    moment_factor = models.PositiveSmallIntegerField(default=MOMENT_FACTOR)
    days_to_answer = models.PositiveSmallIntegerField(default=5)  # working days
    attest_days = models.PositiveSmallIntegerField(default=182)
    days_to_triage = models.PositiveSmallIntegerField(default=WORKING_DAYS_TO_TRIAGE)  # working days
    initiatives_need_problem = models.BooleanField(default=False)  # a draft names the problem it answers, or is not proposed
    funding_needs_charter = models.BooleanField(default=False)
    most_share = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.50"))
    most_concentration = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.35"))
    sight_members = models.PositiveSmallIntegerField(default=2)
    sight_days = models.PositiveSmallIntegerField(default=30)
    blind_below = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.30"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.TextField(max_length=2_000, blank=True)

    objects = MapPolicyQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Policy of {self.at:%Y-%m-%d}"


class Stage(Ownable):
    """A step of the customer's life with the company, in order."""

    KIND = Kind.STAGE
    PREFIX = "STG"

    kind = models.CharField(max_length=10, choices=StageKind)
    position = models.PositiveSmallIntegerField()
    review_on = models.DateField(null=True, blank=True)  # past this day the stage is stale

    objects = OwnableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["position"],
                name=says("one_stage_per_position", "Another stage stands at this place."),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StageKind.values), name=says("stage_kind", "There is no such kind of stage.")
            ),
        ]


class Channel(Recorded):
    """Where contact happens: a store, the web, the phone."""

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    online = models.BooleanField(default=False)
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name=says("one_channel_per_name", "There is a channel of this name already.")),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


class Touchpoint(Ownable):
    """One contact of customer and company, in one stage and one channel.

    reach   contacts a year
    parent  the touchpoint of which this is a part; parts share their parent's weight, so that splitting adds none
    """

    KIND = Kind.TOUCHPOINT
    PREFIX = "TP"

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="touchpoints")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="touchpoints")
    description = models.TextField(max_length=5_000, blank=True)
    reach = models.PositiveBigIntegerField("contacts a year", default=0, validators=[MaxValueValidator(MOST_CONTACTS)])
    moment_of_truth = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    objects = OwnableQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name=says("one_touchpoint_per_external_id", "A touchpoint with this external id exists already."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name=says("no_touchpoint_in_itself", "A touchpoint is not a part of itself.")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["stage", "channel"], name="touchpoint_by_cell")]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def weigh(self, policy: MapPolicy | None = None) -> None:
        """Renew the weight: reach × the moment factor; of parts, their share of the parent's; of a parent with parts, 0.

        Parts share by their reach, equally when none has any, exact to the cent: the last one takes what is left.
        """
        policy = policy or MapPolicy.objects.current()
        (self.parent or self)._share_weight(policy)

    def _share_weight(self, policy: MapPolicy) -> None:
        whole = Decimal(self.reach * (policy.moment_factor if self.moment_of_truth else 1))
        parts = list(self.parts.in_use().select_related("owned").order_by("pk"))
        self.owned.weigh(Decimal(0) if parts else whole)
        left, reach = whole, sum(part.reach for part in parts)
        for number, part in enumerate(parts, 1):
            share = whole * part.reach / reach if reach else whole / len(parts)
            share = left if number == len(parts) else share.quantize(Decimal("0.01"))
            part.owned.weigh(share)
            left -= share


class Journey(Recorded):
    """The path of a customer towards one goal, through touchpoints in order."""

    title = models.CharField(max_length=120)
    goal = models.CharField(max_length=300, blank=True)
    archived_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("title"), name=says("one_journey_per_title", "There is a journey of this title already.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One touchpoint on a journey's path. The path is replaced as a whole; the event keeps the one before."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="steps")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name=says("one_step_per_position", "Two steps stand at the same place."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.touchpoint}"
