"""Scenarios side by side: what one adds and removes, by initiative, by department, by stage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from initiatives.decisions.models.plan_drafts import ALL_ASKED, PlanDraft, Wish, wishes
from initiatives.decisions.models.scenarios import Scenario, ScenarioLine, ScenarioState
from initiatives.decisions.reports.against import SoFar, so_far
from initiatives.funding import above
from initiatives.funding.models import Pool
from initiatives.funding.reports.currencies import Counted, in_one_currency
from initiatives.journey.models import Stage
from initiatives.organization.models import User

NONE = Decimal(0)


def lines_of(scenario: Scenario) -> list[ScenarioLine]:
    found = scenario.lines.select_related("initiative__lead_department", "pool__department", "pool__year")
    return list(found.order_by("initiative", "pool"))


def counted(lines: Iterable[ScenarioLine]) -> Counted:
    """What these lines are worth in the company's currency today; each line knows its own."""
    lines = list(lines)
    found = in_one_currency((line.pk, line.pool.currency, line.amount) for line in lines)
    for line in lines:
        line.worth = found.amounts.get(line.pk, NONE)
    return found


@dataclass
class PoolRow:
    """What a scenario takes from one pool."""

    pool: Pool
    amount: Decimal

    @property
    def left(self) -> Decimal:
        return self.pool.appropriated - self.amount


@dataclass
class ScenarioPage:
    scenario: Scenario
    lines: list[ScenarioLine]
    pools: list[PoolRow]
    total: Decimal
    counted: Counted  # with which rates, and what has none
    obstacles: dict[str, str | None]
    others: list[Scenario]  # of the year, to compare with
    so_far: SoFar | None  # of the plan
    wishes: list[Wish]  # of the plan: what asks for it


def scenario_page(user: User, scenario: Scenario) -> ScenarioPage:
    lines, sums = lines_of(scenario), dict[Pool, Decimal]()
    worth = counted(lines)
    for line in lines:
        sums[line.pool] = sums.get(line.pool, NONE) + line.amount
    wanted = wishes(scenario) if scenario.state == ScenarioState.APPROVED else []
    asked = None if any(wish.is_open for wish in wanted) else ALL_ASKED
    obstacles = {
        "plan": scenario.obstacle_to_plan(user),
        "approve": scenario.obstacle_to_approve(user),
        "request": PlanDraft.objects.obstacle_to_draft(scenario, user) or asked,
    }
    others = Scenario.objects.visible_to(user).filter(year=scenario.year_id).exclude(pk=scenario.pk).in_order()
    pools = [PoolRow(pool, amount) for pool, amount in sums.items()]
    since = so_far(user, scenario, lines)
    return ScenarioPage(scenario, lines, pools, sum(worth.amounts.values(), NONE), worth, obstacles, list(others), since, wanted)


@dataclass
class Difference:
    """One thing in two scenarios."""

    label: str
    url: str
    left: Decimal = NONE
    right: Decimal = NONE

    @property
    def variance(self) -> Decimal:
        return self.right - self.left

    @property
    def mark(self) -> str:
        """What the right one does: it adds, removes, gives more, gives less; nothing where both agree."""
        if not self.variance:
            return ""
        if not self.left:
            return "adds"
        return "removes" if not self.right else "more" if self.variance > 0 else "less"


@dataclass
class Comparison:
    """Two scenarios of one year side by side; none where there are not two."""

    scenarios: list[Scenario]
    left: Scenario | None = None
    right: Scenario | None = None
    initiatives: tuple[Difference, ...] = ()
    departments: tuple[Difference, ...] = ()
    stages: tuple[Difference, ...] = ()
    counted: Counted | None = None

    @property
    def total(self) -> Difference:
        both = self.initiatives
        return Difference("", "", sum((one.left for one in both), NONE), sum((one.right for one in both), NONE))

    @property
    def changed(self) -> int:
        return sum(bool(one.mark) for one in self.initiatives)


Parts = Mapping[tuple[str, str], Decimal]


def comparison(user: User, query: QueryDict) -> Comparison:
    """Those that the address names; else the plan beside the newest draft, or the two newest."""
    found = list(Scenario.objects.visible_to(user).in_order())
    by_key = {str(one.pk): one for one in found}
    right = by_key.get(query.get("b", "")) or next((one for one in found if one.state == ScenarioState.DRAFT), None)
    same = [one for one in found if right is not None and one.year_id == right.year_id and one != right]
    left = by_key.get(query.get("a", "")) or next((one for one in same if one.state == ScenarioState.APPROVED), None)
    left = left if left in same else next(iter(same), None)
    if left is None or right is None:
        return Comparison(found)
    before, after = lines_of(left), lines_of(right)
    names = stage_names([*before, *after])
    worth = counted([*before, *after])
    kinds = (by_initiative, by_department, lambda lines: by_stage(lines, names))
    initiatives, departments, stages = (differences(count(before), count(after)) for count in kinds)
    return Comparison(found, left, right, initiatives, departments, stages, worth)


def differences(left: Parts, right: Parts) -> tuple[Difference, ...]:
    """What each has of everything that one of them has, the largest difference first."""
    rows = [Difference(*key, left.get(key, NONE), right.get(key, NONE)) for key in {*left, *right}]
    return tuple(sorted(rows, key=lambda row: (-abs(row.variance), row.label)))


def by_initiative(lines: Iterable[ScenarioLine]) -> Parts:
    return added_up(((str(line.initiative), line.initiative.get_absolute_url()), line.worth or NONE) for line in lines)


def by_department(lines: Iterable[ScenarioLine]) -> Parts:
    return added_up(((str(line.initiative.lead_department), ""), line.worth or NONE) for line in lines)


def by_stage(lines: Iterable[ScenarioLine], names: Mapping[int, list[str]]) -> Parts:
    """What improves several stages counts for each of them alike, to the cent with the last."""
    parts: list[tuple[tuple[str, str], Decimal]] = []
    for line in lines:
        stages = names.get(line.initiative.cost_object_id) or ["no stage named"]
        worth = line.worth or NONE
        each = (worth / len(stages)).quantize(Decimal("0.01"))
        shares = [each] * (len(stages) - 1)
        parts += [((stage, ""), share) for stage, share in zip(stages, [*shares, worth - sum(shares)], strict=True)]
    return added_up(parts)


def stage_names(lines: Iterable[ScenarioLine]) -> dict[int, list[str]]:
    """The stages that each cost object's initiative improves, in the order of the map."""
    aims = above.aims({line.initiative.cost_object_id for line in lines})
    known = {stage for aim in aims.values() for stage in aim.stages}
    order = list(Stage.objects.filter(pk__in=known).order_by("position").values_list("pk", "title"))
    return {thing: [title for pk, title in order if pk in aim.stages] for thing, aim in aims.items()}


def added_up(parts: Iterable[tuple[tuple[str, str], Decimal]]) -> Parts:
    sums: dict[tuple[str, str], Decimal] = {}
    for key, amount in parts:
        sums[key] = sums.get(key, NONE) + amount
    return sums
