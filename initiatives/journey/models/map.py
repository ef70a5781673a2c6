"""The one map: stages in order, channels, and the touchpoints where customer and company meet."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.journey.models.drawn import InOrder, InOrderQuerySet
from initiatives.journey.models.failing_words import WORKING_DAYS_TO_TRIAGE
from initiatives.journey.models.restricting import Guarded
from initiatives.journey.models.reviewing import Reviewed, StageQuerySet
from initiatives.journey.models.splitting import TouchpointQuerySet
from initiatives.journey.models.weighing import weigh
from initiatives.journey.models.words import MOMENT_FACTOR, Kind, StageKind
from initiatives.organization.models import User

MOST_CONTACTS = 99_999_999_999


class MapPolicyQuerySet(models.QuerySet["MapPolicy"]):
    def current(self) -> "MapPolicy":
        """The rules of the map today; the product's own ones until somebody sets others."""
        return next(iter(_newest_policy()), None) or MapPolicy()

    @transaction.atomic
    def set(self, changes: Mapping[str, Any], *, by: User, reason: str) -> "MapPolicy":
        """Put other numbers in force. A new moment factor weighs the whole map anew; earlier days keep their weights."""
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO sets the numbers by which the map is kept.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journey_mappolicy'))")  # there may be no row to lock
        before = self.current()
        changed = {name: value for name, value in changes.items() if value != getattr(before, name)}
        if not changed or not reason.strip():
            raise BadInput("Give the reason for the change." if changed else "Nothing of it is different.")
        kept = {name: getattr(before, name) for name in MapPolicy.numbers()}
        policy = self.create(**{**kept, **changed}, by=by, reason=reason.strip())
        policy.record("set", by=by, reason=reason.strip(), **{name: [kept[name], value] for name, value in changed.items()})
        if "moment_factor" in changed:
            weigh(policy)
        return policy


class MapPolicy(Recorded):
    """The numbers by which the map is kept; each change adds a row.

    most_share, most_concentration  above them CX lies in too few hands: one department's share of the accepted weight, and
                                    the sum of all squared shares
    sight_members, sight_days       how many members of a department must have opened something of a stage in how many days,
                                    so that the department counts as looking at it
    blind_below                     what a department sees less of, by weight, is called blind
    rating_n_min                    fewer ratings of a channel are shown and not compared
    contact_cap                     outbound contacts per customer in 30 days that a stage may come to; none, while it is empty
    moment_floor                    where on its scale, 0 to 1, a moment of truth must be rated; below it, it fails
    """

    moment_factor = models.PositiveSmallIntegerField(default=MOMENT_FACTOR)
    days_to_answer = models.PositiveSmallIntegerField(default=5)  # working days
    attest_days = models.PositiveSmallIntegerField(default=182)
    days_to_triage = models.PositiveSmallIntegerField(default=WORKING_DAYS_TO_TRIAGE)  # working days
    initiatives_need_problem = models.BooleanField(default=False)  # a draft names the problem it answers, or is not proposed
    funding_needs_charter = models.BooleanField(default=False)
    funding_needs_case = models.BooleanField(default=True)  # who asks for money shows a whole business case
    test_within = models.PositiveSmallIntegerField(default=60)  # calendar days until an initiative has an experiment
    most_share = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.50"))
    most_concentration = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.35"))
    sight_members = models.PositiveSmallIntegerField(default=2)
    sight_days = models.PositiveSmallIntegerField(default=30)
    blind_below = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("0.30"))
    rating_n_min = models.PositiveSmallIntegerField(default=30)
    contact_cap = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    moment_floor = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.TextField(max_length=2_000, blank=True)

    objects = MapPolicyQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Policy of {self.at:%Y-%m-%d}"

    @classmethod
    def numbers(cls) -> list[str]:
        """The names of what is decided here."""
        return [field.name for field in cls._meta.concrete_fields if field.name not in ("id", "by", "at", "reason")]


@prepared
def _newest_policy() -> models.QuerySet[MapPolicy]:
    return MapPolicy.objects.order_by("-id")[:1]


class Stage(Reviewed):
    """A step of the customer's life with the company, in order."""

    KIND = Kind.STAGE
    PREFIX = "STG"

    kind = models.CharField(max_length=10, choices=StageKind)
    position = models.PositiveSmallIntegerField()
    review_on = models.DateField(null=True, blank=True)  # past this day the stage is stale

    objects = StageQuerySet.as_manager()

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


class Channel(InOrder):
    """Where contact happens: a store, the web, the phone."""

    EDITABLE = ("name", "online")

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    online = models.BooleanField(default=False)
    archived_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = InOrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name=says("one_channel_per_name", "There is a channel of this name already.")),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('journey:stages')}#channels"

    @property
    def called(self) -> str:
        return f"the channel “{self.name}”"

    @property
    def is_archived(self) -> bool:
        return self.archived_on is not None

    def go_out_of_use(self, by: User) -> None:
        self.archived_on = clock.company_day()


class Touchpoint(Guarded):
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

    objects = TouchpointQuerySet.as_manager()

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
