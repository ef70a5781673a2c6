"""Which departments look at the whole journey, and which own a part of it without looking: sight by department."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from initiatives.journey.models import MapPolicy, OwnedObject, Sight, Touchpoint
from initiatives.journey.reports import measures
from initiatives.journey.reports.coverage import CUSTOMER
from initiatives.journey.reports.holdings import Holding
from initiatives.organization.models import Role, User


@dataclass(frozen=True)
class View:
    """How much of the journey, by weight, one department looks at.

    value   0 to 1; None when no stage weighs anything
    unused  the part that its people may see and do not open
    closed  the part that too few of them may see
    blind   it owns what customers meet, and looks at less than the policy's limit
    """

    department: int
    value: Decimal | None
    unused: Decimal
    closed: Decimal
    blind: bool


def rights(user: User, policy: MapPolicy) -> tuple[dict[int, set[int]], dict[int, int]]:
    """Stages of which each department may see something, as far as the reader knows (key 0: everybody), and its members.

    Three queries. A department with fewer members than must look has no right that counts.
    """
    seen = Touchpoint.objects.visible_to(user).in_use()
    open_to: dict[int, set[int]] = defaultdict(set)
    for stage, restricted, department in seen.values_list("stage_id", "owned__restricted", "owned__department_id"):
        open_to[department if restricted and department else 0 if not restricted else -1].add(stage)
    named = OwnedObject.departments.through._default_manager.filter(ownedobject__touchpoint__in=seen.values("pk"))
    for department, stage in named.values_list("department_id", "ownedobject__touchpoint__stage_id"):
        open_to[department].add(stage)
    roles = Role.objects.current().held_by_the_active().filter(department__isnull=False).order_by()
    members = dict(roles.values_list("department_id").annotate(people=Count("person_id", distinct=True)))
    return open_to, members


def views(user: User, found: Iterable[Holding], departments: Iterable[int], policy: MapPolicy) -> list[View]:
    """Each department's sight, the least first: four queries."""
    weights: dict[int, Decimal] = defaultdict(Decimal)
    customer: dict[int, Decimal] = defaultdict(Decimal)
    for one in found:
        weights[one.stage] += one.weight
        if one.accepted and one.department is not None and one.kind in CUSTOMER:
            customer[one.department] += one.weight
    open_to, members = rights(user, policy)
    looking = Sight.objects.looking(policy)
    rows = []
    for department in departments:
        many = members.get(department, 0) >= policy.sight_members
        may = (open_to[0] | open_to[department]) & set(weights) if many else set()
        at = {stage for stage in may if (department, stage) in looking}
        value = measures.sight(weights, at)
        unused = measures.sight(weights, may - at) or measures.NONE
        closed = measures.sight(weights, set(weights) - may) or measures.NONE
        blind = bool(customer[department]) and value is not None and value < policy.blind_below
        rows.append(View(department, value, unused, closed, blind))
    return sorted(rows, key=lambda row: (row.value is None, row.value or 0, row.department))
