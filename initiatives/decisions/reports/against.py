"""The plan of a year beside what was asked and given of its pools since: by initiative, also what the plan does not name."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from initiatives.decisions.models.scenarios import Scenario, ScenarioLine, ScenarioState
from initiatives.funding import above
from initiatives.funding.above import Name, Planned
from initiatives.funding.models import CostObject
from initiatives.funding.reports.currencies import in_one_currency
from initiatives.funding.reports.so_far import given, waiting
from initiatives.organization.models import User

NONE = Decimal("0.00")


@dataclass(frozen=True)
class Row:
    """One initiative. `over` is by how much what was asked and given is above the plan; below zero: what is left of it."""

    name: Name
    planned: Decimal
    given: Decimal
    asked: Decimal

    @property
    def over(self) -> Decimal:
        return self.given + self.asked - self.planned


@dataclass
class SoFar:
    """All of them, what is most above the plan first; what has no exchange rate is not counted."""

    rows: list[Row] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)
    currency: str = settings.CURRENCY

    @property
    def above(self) -> int:
        return sum(row.over > 0 for row in self.rows)

    @property
    def total(self) -> Row:
        sums = [sum((getattr(row, name) for row in self.rows), NONE) for name in ("planned", "given", "asked")]
        return Row(Name("", ""), *sums)


def so_far(user: User, scenario: Scenario, lines: Collection[ScenarioLine]) -> SoFar | None:
    """For the plan of a year only: a draft promises nothing. Its lines are counted already."""
    if scenario.state != ScenarioState.APPROVED:
        return None
    paid, asked, planned = given(scenario.year_id), waiting(scenario.year_id), dict[int, Decimal]()
    for line in lines:
        thing = line.initiative.cost_object_id
        planned[thing] = planned.get(thing, NONE) + (line.worth or NONE)
    things = {*planned, *paid.amounts, *asked.amounts}
    names = above.names(user, things)
    rows = [
        Row(names.get(pk, above.RESTRICTED), *(sums.get(pk, NONE) for sums in (planned, paid.amounts, asked.amounts)))
        for pk in things
    ]
    return SoFar(sorted(rows, key=lambda row: (-row.over, row.name.label)), [*paid.unpriced, *asked.unpriced])


def planned_for(user: User, cost_object: CostObject, years: Collection[int]) -> dict[int, Planned]:
    """By year: what its plan gives to this; for who may read plans, and not for years that have none."""
    plans = Scenario.objects.visible_to(user).filter(year__in=years, state=ScenarioState.APPROVED).select_related("year")
    found = {}
    for plan in plans:
        sums = plan.lines.filter(initiative__cost_object=cost_object).values_list("pool__currency").annotate(Sum("amount"))
        counted = in_one_currency((plan.pk, currency, amount) for currency, amount in sums.order_by("pool__currency"))
        amount = counted.amounts.get(plan.pk, NONE)
        found[plan.year_id] = Planned(str(plan.year), plan.get_absolute_url(), amount, tuple(counted.unpriced))
    return found
