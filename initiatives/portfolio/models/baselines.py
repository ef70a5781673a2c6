"""Baselines: the plan as it was approved, frozen. Each new version is another row; none is changed or deleted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.money import AmountColumn
from initiatives.core.rules import says
from initiatives.funding.models import CostObject, ForeignMoney
from initiatives.organization.models import Department, User
from initiatives.portfolio.models.aims import AnsweredProblem, ImprovedTouchpoint
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.case import BaselineReading, BusinessCase
from initiatives.portfolio.models.milestones import Milestone

if TYPE_CHECKING:
    from initiatives.portfolio.models.owned import Owned


class Plan(models.Model):
    """What a plan holds: dates, money given, the case with its benefit, who owns what, and the scope.

    money    allocated, in the currency of the initiative's money
    foreign  allocated in other currencies, each by itself: {"USD": "42000.00"}; null: not counted, as it was at first
    scope    {"milestones": [{"id", "title", "due_on"}], "touchpoints": [ids], "problems": [ids]}
    """

    PARTS = (
        "starts_on",
        "ends_on",
        "money",
        "foreign",
        "case_id",
        "reading_id",
        "accountable_department_id",
        "accountable_person_id",
        "benefit_owner_id",
        "scope",
    )

    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    money = AmountColumn()
    foreign = models.JSONField(null=True, default=dict)
    case = models.ForeignKey(BusinessCase, models.PROTECT, null=True, related_name="+")
    reading = models.ForeignKey(BaselineReading, models.PROTECT, null=True, related_name="+")
    accountable_department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    accountable_person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    benefit_owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    scope = models.JSONField()

    class Meta:
        abstract = True

    def parts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.PARTS}

    def is_as(self, parts: Mapping[str, Any]) -> bool:
        """Whether these parts of a plan are the same; nothing in other currencies is as good as not counted."""
        return {**self.parts(), "foreign": self.foreign or {}} == parts


def plan_of(initiative: "Owned") -> dict[str, Any]:
    """The plan as it stands now, read from the database; the parts of a `Plan`."""
    case = BusinessCase.objects.of(initiative.pk).values_list("pk", flat=True)
    reading = BaselineReading.objects.of(initiative.pk).values_list("pk", flat=True)
    owner = BenefitOwner.objects.accepted().filter(initiative=initiative.pk).values_list("person", flat=True)
    money, others = CostObject.objects.values_list("allocated", "other_currencies").get(pk=initiative.cost_object_id)
    return {
        "starts_on": initiative.starts_on,
        "ends_on": initiative.ends_on,
        "money": money,
        "foreign": foreign_of(initiative.cost_object_id) if others else {},
        "case_id": case.first(),
        "reading_id": reading.first(),
        "accountable_department_id": initiative.accountable_department_id,
        "accountable_person_id": initiative.accountable_person_id,
        "benefit_owner_id": owner.first(),
        "scope": scope_of(initiative),
    }


def foreign_of(cost_object: int) -> dict[str, str]:
    """What was allocated in other currencies than the initiative's own."""
    rows = ForeignMoney.objects.filter(cost_object=cost_object, allocated__gt=0)
    return {currency: str(amount) for currency, amount in rows.values_list("currency", "allocated")}


def scope_of(initiative: "Owned") -> dict[str, list[Any]]:
    milestones = Milestone.objects.filter(initiative_id=initiative.pk, dropped_on=None).order_by("id")
    touchpoints = ImprovedTouchpoint.objects.living().filter(initiative_id=initiative.pk)
    problems = AnsweredProblem.objects.living().filter(initiative_id=initiative.pk)
    return {
        "milestones": [{"id": one.pk, "title": one.title, "due_on": one.due_on.isoformat()} for one in milestones],
        "touchpoints": sorted(touchpoints.values_list("touchpoint", flat=True)),
        "problems": sorted(problems.values_list("problem", flat=True)),
    }


class BaselineQuerySet(models.QuerySet["Baseline"]):
    def of(self, initiative: "Owned | int") -> Self:
        """All versions, the newest first."""
        return self.filter(initiative=initiative).order_by("-number")

    def with_people(self) -> Self:
        return self.select_related("case", "reading", "accountable_department", "accountable_person", "benefit_owner", "by")

    def freeze_first(self, initiative: "Owned", *, by: User | None) -> "Baseline | None":
        """Freeze the plan when money is first approved; a part of that act. Nothing where there is a baseline already."""
        if self.of(initiative.pk).exists():
            return None
        new = self.freeze(initiative, plan_of(initiative), by=by)
        initiative.record("baselined", by=by, version=new.number)
        return new

    def freeze(
        self, initiative: "Owned", plan: Mapping[str, Any], *, by: User | None, proposed_by: User | None = None
    ) -> "Baseline":
        """Add the next version; a part of the act that approved it, which has locked the initiative."""
        newest = self.of(initiative.pk).values_list("number", flat=True).first() or 0
        return self.create(initiative_id=initiative.pk, number=newest + 1, by=by, proposed_by=proposed_by, **plan)


class Baseline(Plan):
    """One version of the approved plan. The first is frozen when money is first approved; the next ones are proposed."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="baselines")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the money froze it

    objects = BaselineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "number"], name=says("baselines_in_order", "There is a newer baseline meanwhile.")
            ),
            models.CheckConstraint(
                condition=Q(number=1, proposed_by=None)
                | Q(number__gte=1, proposed_by__isnull=False, by__isnull=False) & ~Q(by=F("proposed_by")),
                name=says("baseline_of_two", "Nobody approves a baseline of their own."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Baseline {self.number}"
