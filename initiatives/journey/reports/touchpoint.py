"""The named query of one touchpoint's page: why it matters, who answers for it, where it stands.

Each other part of the room adds its own panel: one `**<part>_panel(touchpoint, user)` here, one include in the template.
"""

from typing import Any

from django.db.models import Count, Q, Sum

from initiatives.core.models import Event
from initiatives.journey import above
from initiatives.journey.models import Journey, MapChange, MapPolicy, Touchpoint
from initiatives.journey.reports.contests import contest_panel
from initiatives.journey.reports.facets import facets_panel
from initiatives.journey.reports.handoffs import handoffs_panel
from initiatives.journey.reports.ownership import ownership_panel
from initiatives.journey.reports.problems import problems_panel
from initiatives.journey.reports.readings import readings_panel
from initiatives.journey.reports.signals import signals_panel
from initiatives.journey.reports.systems_panel import systems_panel
from initiatives.organization.models import User

EVENTS_SHOWN = 12
OF_PART = ("reference", "title", "reach", "owned__weight", "owned__state", "owned__department__name", "owned__person__name")


def touchpoint_page(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """Everything that one touchpoint's page shows."""
    ownership = ownership_panel(touchpoint.owned, user)
    return {
        "touchpoint": touchpoint,
        "owned": touchpoint.owned,
        "asked": next((row for row in ownership["handshakes"] if row.waits), None),
        "whole": _whole(touchpoint, user),
        "parts": list(Touchpoint.objects.visible_to(user).in_use().filter(parent=touchpoint).order_by("pk").values(*OF_PART)),
        "journeys": list(_journeys(touchpoint)),
        "work": above.work_on(user, touchpoint),
        "events": _history(touchpoint),
        **handoffs_panel(touchpoint, user),
        **_weight(touchpoint, user),
        **_acts(touchpoint, user),
        **signals_panel(touchpoint, user),
        "contest_panel": contest_panel(touchpoint.owned, user),
        **systems_panel(touchpoint, user),
        **problems_panel(touchpoint, user),
        **ownership,
        **facets_panel(touchpoint, user),
        **readings_panel(touchpoint, user),
    }


def _history(touchpoint: Touchpoint) -> Any:
    """What happened to the touchpoint and to its ownership, the newest first."""
    both = Event.objects.about(touchpoint) | Event.objects.about(touchpoint.owned)
    return both.newest_first()[:EVENTS_SHOWN]


def _whole(touchpoint: Touchpoint, user: User) -> Touchpoint | None:
    """The touchpoint of which this is a part, when the reader may know of it."""
    if touchpoint.parent_id is None:
        return None
    seen = Touchpoint.objects.visible_to(user).select_related("owned__department", "owned__person")
    return next(iter(seen.filter(pk=touchpoint.parent_id)), None)


def _journeys(touchpoint: Touchpoint) -> Any:
    """The journeys that pass here, and how often."""
    passing = Journey.objects.filter(archived_on=None, steps__touchpoint=touchpoint)
    return passing.annotate(times=Count("steps")).order_by("title")


def _weight(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What it weighs among all that the reader may see: its place, the whole weight, and the factor."""
    weight = touchpoint.owned.weight
    among = Touchpoint.objects.visible_to(user).in_use().aggregate(
        count=Count("pk"), heavier=Count("pk", filter=Q(owned__weight__gt=weight)), weight=Sum("owned__weight")
    )  # fmt: skip
    return {
        "place": among["heavier"] + 1,
        "count": among["count"],
        "all_weight": among["weight"] or 0,
        "percent": 100 * weight / among["weight"] if among["weight"] else None,
        "policy": MapPolicy.objects.current(),
    }


def _acts(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What this reader can do with it on the map, and what is proposed already."""
    return {
        "may_edit": touchpoint.may_edit(user),
        "edit_obstacle": touchpoint.obstacle_to_edit(),
        "split_obstacle": touchpoint.obstacle_to_split(),
        "restrict_obstacle": touchpoint.obstacle_to_restrict(user),
        "open_up_obstacle": touchpoint.obstacle_to_open_up(user),
        "waiting": MapChange.objects.waiting().filter(touchpoint=touchpoint).count(),
    }
