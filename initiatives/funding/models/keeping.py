"""How a pool is kept: what is done when much is asked of it or posted on it, and for what it gives money at all."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import says
from initiatives.funding import above
from initiatives.funding.models.natures import Nature
from initiatives.funding.models.posting import may_post
from initiatives.journey.models import Stage
from initiatives.organization.models import Department, User

PERCENTS = ("tolerance", "post_limit", "post_tolerance")
FIELDS = (*PERCENTS, "alert_levels", "control", "post_control", "nature", "for_types", "seed_limit")
CHOSEN = ("for_departments", "for_stages")
MOST_LEVELS = 5


class Control(models.TextChoices):
    """What is done when more is asked of a pool than it has to give. More than it has is never given, whatever this says."""

    STOP = "stop", "Stop: such a request is not submitted"
    WARN = "warn", "Warn: such a request is marked"
    OFF = "off", "Off: nothing is said"


class PostingControl(models.TextChoices):
    """What is done when more of a pool is committed, or spent, than its limit."""

    STOP = "stop", "Stop: refused, unless finance says why it passes"
    WARN = "warn", "Warn: the entry is marked"
    OFF = "off", "Off: nothing is said"


class Asked(TypedDict, total=False):
    """What may be asked of the control of a pool; what is left out stays as it is."""

    control: str
    tolerance: int
    alert_levels: list[int]
    for_departments: Iterable[Department]
    for_stages: Iterable[Stage]
    for_types: Iterable[str]
    nature: str
    post_control: str
    post_limit: int
    post_tolerance: int
    seed_limit: Decimal


def levels() -> list[int]:
    """The alert levels of a pool until finance says otherwise."""
    return [80]


def rising(name: str) -> models.CheckConstraint:
    """Alert levels are one to five percents, each above the one before."""
    kept = Q(alert_levels__len__range=(1, MOST_LEVELS), alert_levels__0__range=(1, 100), alert_levels__0__isnull=False)
    for place in range(1, MOST_LEVELS):
        above: dict[str, Any] = {f"alert_levels__{place}__isnull": False, f"alert_levels__{place}__lte": 100}
        above[f"alert_levels__{place}__gt"] = F(f"alert_levels__{place - 1}")
        kept &= Q(alert_levels__len__lte=place) | Q(**above)
    return models.CheckConstraint(
        condition=kept, name=says(name, f"Alert levels are one to {MOST_LEVELS} different percents, 1 to 100, rising.")
    )


class Keeping(Recorded):
    """How a pool is kept, or how somebody proposes to keep it."""

    control = models.CharField(max_length=4, choices=Control, default=Control.WARN)
    tolerance = models.PositiveSmallIntegerField(default=0)  # percent of what is free that may be asked on top of it
    alert_levels = ArrayField(models.PositiveSmallIntegerField(), default=levels)  # percents given away at which somebody is told
    for_departments = models.ManyToManyField(Department, blank=True, related_name="+")  # none: for all
    for_stages = models.ManyToManyField(Stage, blank=True, related_name="+")  # none: for what is for any stage, or for none
    for_types = ArrayField(models.CharField(max_length=10), default=list, blank=True)  # of initiatives; none: for any type
    nature = models.CharField(max_length=5, choices=Nature, blank=True)  # the only kind of expenditure that it pays, or both
    post_control = models.CharField(max_length=4, choices=PostingControl, default=PostingControl.OFF)
    post_limit = models.PositiveSmallIntegerField(default=100)  # percent of its budget that may be committed and spent
    post_tolerance = models.PositiveSmallIntegerField(default=0)  # percent of that limit on top of it: marked, not stopped
    seed_limit = AmountColumn(default=Decimal(0), db_default=Decimal(0))  # for one initiative in all, without finance; 0: none

    class Meta:
        abstract = True

    @property
    def type_names(self) -> list[str]:
        """The types of initiative for which it gives money, where it does not give for all."""
        names = above.types()
        return [names.get(kind, kind) for kind in self.for_types]

    def said(self, name: str) -> str:
        """What it says about one of its fields, in words."""
        if name in CHOSEN:
            return ", ".join(sorted(map(str, getattr(self, name).all()))) or "all"
        value = getattr(self, name)
        if name == "for_types":
            return ", ".join(self.type_names) or "all"
        if name == "alert_levels":
            return ", ".join(f"{level} %" for level in value)
        if name in PERCENTS:
            return f"{value} %"
        return f"{value:,.2f}" if name == "seed_limit" else str(getattr(self, f"get_{name}_display")()) or "both"


class Kept(Keeping):
    """The control of a pool, and its restrictions. Two people change it: see ControlChange."""

    appropriated: Decimal
    free: Decimal
    allocated: Decimal
    committed: Decimal
    spent: Decimal
    department_id: int | None

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)  # of its control, one more with each change

    class Meta:
        abstract = True

    @property
    def most_asked(self) -> Decimal:
        """How much requests together may ask of it before its control speaks."""
        return self.free * (100 + self.tolerance) / 100

    @property
    def with_tolerance(self) -> str:
        return f", even with its tolerance of {self.tolerance} %" if self.tolerance else ""

    @property
    def passed(self) -> list[int]:
        """The alert levels that what is given away has reached; none where its control is off."""
        if self.control == Control.OFF or not self.appropriated:
            return []
        return [level for level in self.alert_levels if self.allocated * 100 >= self.appropriated * level]

    @property
    def alert(self) -> str:
        """Say that so much of it is given away that pages warn, or nothing."""
        if not (passed := self.passed):
            return ""
        given = f"{self.allocated * 100 // self.appropriated} % of {self} are given away"
        later = f"; the next is {self.alert_levels[len(passed)]} %" if len(passed) < len(self.alert_levels) else ""
        return f"{given}; {passed[-1]} % is its alert level{later}."

    @property
    def marks(self) -> tuple[int, ...]:
        """Its alert levels, for the bar on its page; none where its control is off."""
        return () if self.control == Control.OFF else tuple(self.alert_levels)

    @property
    def posting_words(self) -> str:
        """What its limit says about postings, in a sentence; nothing where it is off."""
        if self.post_control == PostingControl.OFF:
            return ""
        limit = f"{self.post_limit} % of its budget may be committed and spent"
        if self.post_control == PostingControl.WARN:
            return f"{limit}; an entry beyond that is marked."
        tolerance = f" and, marked, {self.post_tolerance} % of that on top" if self.post_tolerance else ""
        return f"{limit}{tolerance}; beyond that an entry is refused, unless finance says why it passes."

    def keeps_out(self, department_id: int | None) -> bool:
        """Whether it gives money for other departments only."""
        allowed = {department.pk for department in self.for_departments.all()}
        return bool(allowed) and department_id not in allowed

    def obstacle_to_control(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose how this pool is kept, or None."""
        return None if may_post(by) else "Only finance says how a pool is kept."

    def keep_as(self, change: Keeping, *, by: User, reason: str, **facts: Any) -> None:
        """Keep it as was proposed and confirmed; a part of the act that confirmed, which has locked it."""
        for name in FIELDS:
            setattr(self, name, getattr(change, name))
        self.version += 1
        self.save(update_fields=[*FIELDS, "version"])
        for name in CHOSEN:
            getattr(self, name).set(getattr(change, name).all())
        self.record("controlled", by=by, reason=reason, **facts)
