"""The named queries of the customer journeys' pages. A restricted touchpoint stands on a path as “Restricted item”."""

from collections import Counter
from typing import Any

from initiatives.core.models import Event
from initiatives.journey.models import Journey, MapChange, State, Step, Touchpoint
from initiatives.organization.models import User

EVENTS_SHOWN = 12
ON_PATH = (
    "pk",
    "reference",
    "title",
    "stage__title",
    "channel__name",
    "moment_of_truth",
    "owned__state",
    "owned__department__name",
    "owned__person__name",
    "owned__archived_on",
)


def journeys_page(user: User) -> dict[str, Any]:
    """All journeys in use: how long each is, and how many of its steps that the reader sees have no owner."""
    journeys = list(Journey.objects.visible_to(user).in_use().order_by("title"))
    steps = Counter(Step.objects.filter(journey__in=journeys).values_list("journey_id", flat=True))
    seen = Touchpoint.objects.visible_to(user).exclude(owned__state=State.OWNED)
    gaps = Counter(Step.objects.filter(journey__in=journeys, touchpoint__in=seen).values_list("journey_id", flat=True))
    return {"rows": [(one, steps[one.pk], gaps[one.pk]) for one in journeys]}


def journey_page(journey: Journey, user: User) -> dict[str, Any]:
    """One journey: its path step by step, and where nobody answers for it."""
    path = list(Step.objects.filter(journey=journey).order_by("position").values_list("touchpoint_id", flat=True))
    seen = {row["pk"]: row for row in Touchpoint.objects.visible_to(user).filter(pk__in=path).values(*ON_PATH)}
    steps = [seen.get(pk) for pk in path]
    return {
        "journey": journey,
        "steps": steps,
        "gaps": sum(step is not None and step["owned__state"] != State.OWNED for step in steps),
        "waiting": MapChange.objects.visible_to(user).waiting().filter(journey=journey).count(),
        "may_edit": journey.may_edit(user),
        "edit_obstacle": journey.obstacle_to_edit(),
        "events": Event.objects.about(journey).newest_first()[:EVENTS_SHOWN],
    }
