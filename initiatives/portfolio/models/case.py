"""The business case: what an initiative costs and brings, as low, base and high, and the number that shows it.

Rows are only ever added: the case of an initiative is its newest version, and its baseline reading the newest reading.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.money import AmountColumn
from initiatives.core.rules import BadInput, RuleBroken, Stale, says
from initiatives.organization.models import User
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.case_words import Better, Points, kept, lock_with_money, measured

if TYPE_CHECKING:
    from initiatives.portfolio.models.initiative import Initiative


class BusinessCaseQuerySet(models.QuerySet["BusinessCase"]):
    def of(self, initiative: "Initiative | int") -> Self:
        """All versions, the newest first."""
        return self.filter(initiative=initiative).order_by("-number")

    def current(self, initiative: "Initiative | int") -> "BusinessCase | None":
        return self.of(initiative).first()

    def obstacle_to_write(self, initiative: "Initiative", by: User | None = None) -> str | None:
        """Say in one sentence why the case cannot be written, or None."""
        if by is not None and not (initiative.may_edit(by) or initiative.may_run(by)):
            return f"Only {initiative.who_runs()}, or who drafted {initiative.reference}, writes its business case."
        if initiative.is_over:
            return f"{initiative.reference} is {initiative.get_status_display().lower()}: its case is kept as it was."
        if any(figures.asked for figures in initiative.cost_object.figures()):
            return f"Money is being asked for {initiative.reference}: who decides is shown the case as it is."
        return None

    @transaction.atomic
    def write(self, initiative: "Initiative", figures: Mapping[str, Any], *, seen: int, by: User) -> "BusinessCase":
        """Add a version of the case. `seen` is the version that the form showed, 0 for none.

        When what is promised changes, who accepted the benefit is asked again.
        """
        lock_with_money(initiative)
        if obstacle := self.obstacle_to_write(initiative, by):
            raise RuleBroken(obstacle)
        before = self.current(initiative)
        if seen != (before.number if before else 0):
            raise Stale("Somebody wrote another version of this case after you opened it. Look at it before you save yours.")
        new = BusinessCase(initiative_id=initiative.pk, number=seen + 1, by=by, **figures)
        new.check_figures()
        if before is not None and new.figures() == before.figures():
            raise BadInput("Nothing of it is different.")
        new.save()
        initiative.record("case_written", by=by, version=new.number)
        if before is not None and new.promise() != before.promise():
            BenefitOwner.objects.ask_again(initiative, by=by, reason="The promised benefit changed.")
        return new

    def lacking(self, initiative: "Initiative") -> str | None:
        """Say in one sentence what the case lacks first before money can be asked with it, or None."""
        return next(iter(self.missing(initiative).values()), None)

    def missing(self, initiative: "Initiative") -> dict[str, str]:
        """All that the case lacks, each in one sentence, by the act that gives it; in the order in which they are taken."""
        ref, steps = initiative.reference, {}
        if self.current(initiative) is None:
            steps["write_case"] = (
                f"Write the business case of {ref} first: its cost and benefit as low, base and high, its metric."
            )
        if BaselineReading.objects.current(initiative) is None:
            steps["take_reading"] = f"Read the metric of {ref} first: a baseline reading with its n, day and source."
        if said := BenefitOwner.objects.lacking(initiative):
            steps["ask_benefit_owner"] = said
        return steps


class BusinessCase(models.Model):
    """One version of what an initiative is expected to cost and bring, and of the metric that shows the benefit."""

    FIGURES = (
        "cost_low",
        "cost_base",
        "cost_high",
        "benefit_low",
        "benefit_base",
        "benefit_high",
        "metric",
        "unit",
        "better",
        "target",
    )
    PROMISE = FIGURES[3:]  # what the benefit owner accepts

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="cases")
    number = models.PositiveIntegerField()
    cost_low = AmountColumn()
    cost_base = AmountColumn()
    cost_high = AmountColumn()
    benefit_low = AmountColumn()
    benefit_base = AmountColumn()
    benefit_high = AmountColumn()
    metric = models.CharField(max_length=120)
    unit = models.CharField(max_length=40)
    better = models.CharField(max_length=6, choices=Better)
    target: "models.DecimalField[Decimal, Decimal]" = models.DecimalField(max_digits=13, decimal_places=4)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = BusinessCaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative", "number"],
                name=says("case_versions_in_order", "Somebody wrote another version of this case meanwhile."),
            ),
            models.CheckConstraint(
                condition=Q(cost_low__gte=0, cost_base__gte=F("cost_low"), cost_high__gte=F("cost_base")),
                name=says("costs_in_order", "The cost is low, base and high in that order, and not negative."),
            ),
            models.CheckConstraint(
                condition=Q(benefit_low__gte=0, benefit_base__gte=F("benefit_low"), benefit_high__gte=F("benefit_base")),
                name=says("benefits_in_order", "The benefit is low, base and high in that order, and not negative."),
            ),
            models.CheckConstraint(
                condition=Q(better__in=Better.values) & ~Q(metric="") & ~Q(unit=""),
                name=says("metric_is_named", "A metric has a name, a unit and a direction."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Case {self.number} of {self.initiative_id}"

    @property
    def cost(self) -> Points:
        return Points(self.cost_low, self.cost_base, self.cost_high)

    @property
    def benefit(self) -> Points:
        return Points(self.benefit_low, self.benefit_base, self.benefit_high)

    def figures(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIGURES}

    def promise(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.PROMISE}

    def check_figures(self) -> None:
        """BadInput unless every figure can be kept and the points are in order."""
        for what in ("cost", "benefit"):
            for point in Points._fields:
                setattr(self, f"{what}_{point}", kept(getattr(self, f"{what}_{point}")))
            low, base, high = getattr(self, what)
            if not low <= base <= high:
                raise BadInput(f"The {what} is low, base and high in that order.")
        if not self.metric.strip() or not self.unit.strip() or self.better not in Better.values:
            raise BadInput("A metric has a name, a unit and a direction.")
        self.target = measured(self.target)


class BaselineReadingQuerySet(models.QuerySet["BaselineReading"]):
    def of(self, initiative: "Initiative | int") -> Self:
        return self.filter(initiative=initiative).order_by("-id")

    def current(self, initiative: "Initiative | int") -> "BaselineReading | None":
        return self.of(initiative).first()

    def obstacle_to_take(self, initiative: "Initiative", by: User | None = None) -> str | None:
        """Say in one sentence why no baseline reading can be taken, or None."""
        if obstacle := BusinessCase.objects.obstacle_to_write(initiative, by):
            return obstacle
        return None if BusinessCase.objects.current(initiative) else "Write the case first: it names the metric."

    @transaction.atomic
    def take(self, initiative: "Initiative", *, value: Decimal, n: int, on: date, source: str, by: User) -> "BaselineReading":
        """Write down what the metric is before the work: its value, of how many (`n`), when, and where it was read."""
        lock_with_money(initiative)
        if obstacle := self.obstacle_to_take(initiative, by):
            raise RuleBroken(obstacle)
        if n < 1 or not source.strip():
            raise BadInput("A reading has an n of at least one, and a source.")
        if on > by.today():
            raise BadInput("A metric cannot be read on a day to come.", field="on")
        reading = self.create(initiative=initiative, value=measured(value), n=n, on=on, source=source.strip(), by=by)
        initiative.record("metric_read", by=by, value=str(reading.value), n=n, on=on)
        return reading


class BaselineReading(models.Model):
    """What the metric was before the work, of how many, on which day, from which source."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="readings")
    value: "models.DecimalField[Decimal, Decimal]" = models.DecimalField(max_digits=13, decimal_places=4)
    n = models.PositiveIntegerField()
    on = models.DateField()
    source = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = BaselineReadingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(n__gte=1) & ~Q(source=""),
                name=says("reading_of_somebody", "A reading has an n of at least one, and a source."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.value.normalize():f} (n = {self.n}), {self.on:%Y-%m-%d}"
