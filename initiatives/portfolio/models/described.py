"""What an initiative is: reference, problem, hypothesis, lead department, dates; and the act `edit`."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, Func, GeneratedField, Value, When
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.organization.models import Department, User
from initiatives.portfolio.models.words import OVER, Horizon, Status, Type


class NextReference(Func):
    """The next of CX-001, CX-002 …, drawn from a sequence of the database (migration 0001)."""

    function = "portfolio_next_reference"
    output_field = models.CharField()


class Described(Recorded):
    """The description of an initiative, and who may change it."""

    EDITABLE = (
        "title",
        "problem",
        "hypothesis",
        "lead_department",
        "sponsor",
        "starts_on",
        "ends_on",
        "cadence_days",
        "category",
        "horizon",
        "type",
        "year_baseline",
        "year_forecast",
        "whole_life_cost",
    )

    reference = models.CharField(max_length=20, unique=True, db_default=NextReference(), editable=False)
    title = models.CharField(max_length=200)
    problem = models.TextField("problem statement", max_length=5_000, blank=True)
    hypothesis = models.TextField(max_length=5_000, blank=True)
    category = models.CharField(max_length=80, blank=True)
    horizon = models.PositiveSmallIntegerField(null=True, blank=True, choices=Horizon)
    type = models.CharField(max_length=7, choices=Type, blank=True)
    lead_department = models.ForeignKey(Department, models.PROTECT, related_name="led_initiatives")
    sponsor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="sponsored_initiatives")
    starts_on = models.DateField("start", null=True, blank=True)
    ends_on = models.DateField("end", null=True, blank=True)
    cadence_days = models.PositiveSmallIntegerField(
        "days between check-ins", default=28, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )

    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    status_since = models.DateTimeField(default=clock.now)
    life = GeneratedField(  # the place of the status in an initiative's life, to sort and group by
        expression=Case(
            *(When(status=status, then=Value(place)) for place, status in enumerate(Status.values)), default=Value(99)
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    year_baseline = models.DecimalField("baseline this year", max_digits=14, decimal_places=2, null=True, blank=True)
    year_forecast = models.DecimalField("forecast this year", max_digits=14, decimal_places=2, null=True, blank=True)
    whole_life_cost = models.DecimalField("whole-life cost", max_digits=14, decimal_places=2, null=True, blank=True)

    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    withheld = models.JSONField(default=dict, blank=True)  # {field: the source's sentence on why it gives no value}

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:initiative", args=[self.reference])

    @property
    def is_over(self) -> bool:
        """Completed, realised, declined or cancelled: read, no longer worked on."""
        return self.status in OVER

    def may_edit(self, user: User) -> bool:
        """The CXO, head and deputy of the lead department, and contributors there for what they drafted."""
        standing = user.standing
        if standing.holds("cxo") or standing.heads_department(self.lead_department_id):
            return True
        return self.created_by_id == user.pk and self.lead_department_id in standing.belongs_to

    def obstacle_to_edit(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot change the description, or None."""
        if by is not None and not self.may_edit(by):
            return f"Only the CXO, the head of {self.lead_department}, or who drafted {self.reference} there can edit it."
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()}: its description is kept as it was."
        return None

    @transaction.atomic
    def edit(self, changes: Mapping[str, Any], *, version: int, by: User) -> None:
        """Change the description; `version` is the one the editor saw, and Stale is raised when it moved on since."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_edit(by):
            raise RuleBroken(obstacle)
        if unknown := set(changes) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        lead = changes.get("lead_department")
        if lead is not None and lead.pk != self.lead_department_id and not may_lead(lead, by):
            raise RuleBroken(f"Only the CXO or the head of {lead} can put {lead} in the lead.")
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        self.save(update_fields=[*changes, "version"])
        self.after_edit()
        self.record("edited", by=by)

    def after_edit(self) -> None:
        """What else follows from the description; later parts of the model add to it."""


def may_lead(department: Department, by: User) -> bool:
    """Whether `by` may put this department in the lead of an initiative: the CXO, and who stands at its head."""
    return by.standing.holds("cxo") or by.standing.heads_department(department.pk)
