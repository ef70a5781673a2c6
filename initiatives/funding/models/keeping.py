"""How a pool is kept: what is done when much is asked of it or posted on it, and for what it gives money at all."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.core.rules import RuleBroken
from initiatives.funding.models.natures import UNDIVIDED, Nature
from initiatives.funding.models.posting import may_post
from initiatives.journey.models import Stage
from initiatives.organization.models import Department, User


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


class Posting(TypedDict, total=False):
    """How strictly postings are kept, and how much is given as seed; what is left out stays as it is."""

    post_control: str
    post_limit: int
    post_tolerance: int
    seed_limit: Decimal


class Kept(Recorded):
    """The control of a pool, and its restrictions."""

    appropriated: Decimal
    free: Decimal
    allocated: Decimal
    committed: Decimal
    spent: Decimal
    department_id: int | None

    control = models.CharField(max_length=4, choices=Control, default=Control.WARN)
    tolerance = models.PositiveSmallIntegerField(default=0)  # percent of what is free that may be asked on top of it
    alert_at = models.PositiveSmallIntegerField(default=80)  # percent given away from which on pages warn
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
    def most_asked(self) -> Decimal:
        """How much requests together may ask of it before its control speaks."""
        return self.free * (100 + self.tolerance) / 100

    @property
    def with_tolerance(self) -> str:
        return f", even with its tolerance of {self.tolerance} %" if self.tolerance else ""

    @property
    def alert(self) -> str:
        """Say that so much of it is given away that pages warn, or nothing."""
        if self.control == Control.OFF or not self.appropriated or self.allocated * 100 < self.appropriated * self.alert_at:
            return ""
        return f"{self.allocated * 100 // self.appropriated} % of {self} are given away; {self.alert_at} % is its alert level."

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
        """Say in one sentence why `by` cannot say how this pool is kept, or None."""
        return None if may_post(by) else "Only finance says how a pool is kept."

    @transaction.atomic
    def keep(
        self,
        control: str,
        tolerance: int,
        alert_at: int,
        departments: Iterable[Department],
        *,
        by: User,
        stages: Iterable[Stage] = (),
        types: Iterable[str] = (),
        nature: str = UNDIVIDED,
        **posting: Unpack[Posting],
    ) -> None:
        """Say how strictly the pool is kept, for which departments, stages and types (none is for all), and what it pays."""
        self.lock()
        if obstacle := self.obstacle_to_control(by):
            raise RuleBroken(obstacle)
        said = {
            "control": control,
            "tolerance": tolerance,
            "alert_at": alert_at,
            "nature": nature,
            "for_types": sorted(types),
            **posting,
        }
        for name, value in said.items():
            setattr(self, name, value)
        self.save(update_fields=list(said))
        changes: dict[str, Any] = {}
        for name, chosen in (("for_departments", departments), ("for_stages", stages)):
            kept, after = getattr(self, name), set(chosen)
            changes[name] = [sorted(map(str, some)) for some in (set(kept.all()), after)]
            kept.set(after)
        self.record("controlled", by=by, **changes)
