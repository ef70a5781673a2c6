"""Split touchpoints: their parts are owned by several departments, and the whole by none."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from initiatives.journey.models import Kind, Spell, State, seen
from initiatives.journey.reports.holdings import Holding, end_of
from initiatives.organization.models import User
from initiatives.organization.models.roles import today


@dataclass(frozen=True)
class Split:
    """One touchpoint and who owns its facets: pairs of what the facet is called and the department."""

    holding: Holding
    facets: tuple[tuple[str, int], ...]


def split(user: User, found: list[Holding], day: date | None = None) -> list[Split]:
    """Touchpoints whose facets are owned in two departments or more, without an accepted end-to-end owner; by weight.

    One query over the spells of facets, whose reference is their touchpoint's with the facet: "TP-014.data".
    """
    day = day or today()
    facets = Spell.objects.filter(seen(user, "owned__"), owned__kind=Kind.FACET, state=State.OWNED).at(end_of(day))
    in_use = facets.filter(Q(archived_on=None) | Q(archived_on__gt=day)).order_by("owned__reference")
    owners: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for reference, department in in_use.values_list("owned__reference", "department_id"):
        whole, _, facet = reference.partition(".")
        owners[whole].append((facet, department))
    rows = [
        Split(one, tuple(owners[one.reference]))
        for one in found
        if not one.accepted and len({department for _, department in owners.get(one.reference, ())}) > 1
    ]
    return sorted(rows, key=lambda row: (-row.holding.weight, row.holding.reference))
