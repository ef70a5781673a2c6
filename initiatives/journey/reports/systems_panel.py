"""The systems behind one touchpoint, as its page shows them: who owns them, and what whoever serves there can read."""

from collections import defaultdict
from typing import Any

from initiatives.journey.models import DataEntity, MatrixCell, State, System, Touchpoint
from initiatives.organization.models import User


def systems_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """Systems in use that serve it, which data they hold, what is needed and held by none, and what nobody owns."""
    serving = System.objects.visible_to(user).running().filter(touchpoints=touchpoint).select_related("owned__department")
    systems = list(serving.order_by("title", "pk"))
    if not systems:
        return {"systems": [], "uncovered": 0, "not_readable": []}
    entities = DataEntity.objects.visible_to(user).in_use().order_by("pk")
    titles = dict(entities.values_list("pk", "title"))
    named = entities.filter(needed_at=touchpoint)
    needed = set((named or entities.filter(context=True)).values_list("pk", flat=True))
    held: dict[int, set[int]] = defaultdict(set)
    cells = MatrixCell.objects.living().filter(system__in=[one.pk for one in systems], entity__in=titles)
    for system, entity in cells.values_list("system", "entity"):
        held[system].add(entity)
    missing = sorted(needed.difference(*held.values()))
    return {
        "systems": [{"system": one, "holds": [titles[pk] for pk in sorted(held[one.pk])]} for one in systems],
        "uncovered": sum(one.owned.state != State.OWNED for one in systems),
        "not_readable": [titles[pk] for pk in missing],
    }
