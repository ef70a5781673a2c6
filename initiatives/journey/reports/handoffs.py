"""Handoffs along the journeys: which passages are agreed, which are not, and where each journey breaks first.

Missing handoffs are computed, not drawn: every two neighbours on a journey's path need one that both sides accept.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Q

from initiatives.core.models import Event
from initiatives.journey.models import Answer, Handoff, HandoffSide, HandoffState, Journey, State, Step, Touchpoint
from initiatives.journey.reports.holdings import STALE, Holding, holdings
from initiatives.journey.reports.hues import hue_of
from initiatives.journey.reports.measures import handoff_coverage
from initiatives.organization.models import Department, User

EVENTS_SHOWN = 20
MISSING = "missing"
UNOWNED = {State.CONTESTED: "{} is contested", State.VACANT: "{} is vacant", STALE: "{} has no attested owner"}
Stop = Holding | None  # None: an item that the reader may not see


@dataclass(frozen=True)
class Passage:
    """The way from one stop of a path to the next, and the handoff that stands there."""

    before: Stop
    after: Stop
    reference: str = ""
    state: str = MISSING
    waits_for: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """In scope for this reader: both ends are seen, and they are two."""
        return self.before is not None and self.after is not None and self.before.reference != self.after.reference

    @property
    def agreed(self) -> bool:
        return self.state == HandoffState.AGREED

    @property
    def why(self) -> str:
        """Say why nothing is handed on here for sure."""
        for end in (self.before, self.after):
            if end is not None and not end.value:
                return UNOWNED.get(end.shown, "nobody owns {}").format(end.title)
        if self.state == HandoffState.DECLINED:
            return f"{self.reference} was declined"
        if self.state == HandoffState.PROPOSED:
            return f"{self.reference} waits for {' and '.join(self.waits_for) or 'an owner'}"
        return "no handoff"


@dataclass(frozen=True)
class Path:
    """One journey as the reader may see it."""

    journey: Journey
    stops: list[Stop] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    @property
    def scope(self) -> list[Passage]:
        return [one for one in self.passages if one.counts]

    @property
    def agreed(self) -> int:
        return sum(one.agreed for one in self.scope)

    @property
    def first_break(self) -> Passage | None:
        return next((one for one in self.scope if not one.agreed), None)


def agreed_pairs(user: User) -> dict[tuple[str, str], str]:
    """The agreed handoffs that the reader may see: from which touchpoint to which, and their reference."""
    rows = Handoff.objects.visible_to(user).agreed().order_by("pk")
    return {(giver, taker): name for giver, taker, name in rows.values_list("giver__reference", "taker__reference", "reference")}


def paths(user: User, found: list[Holding]) -> list[Path]:
    """All journeys in use with their passages: four queries."""
    seen = {one.reference: one for one in found}
    standing = _standing(user)
    steps: dict[int, list[Stop]] = defaultdict(list)
    used = Step.objects.filter(touchpoint__owned__archived_on=None).order_by("journey_id", "position")
    for journey, reference in used.values_list("journey_id", "touchpoint__reference"):
        steps[journey].append(seen.get(reference))
    journeys = Journey.objects.filter(archived_on=None).order_by("title")
    return [_path(journey, steps[journey.pk], standing) for journey in journeys if any(steps[journey.pk])]


def _path(journey: Journey, stops: list[Stop], standing: dict[tuple[str, str], tuple[str, str, tuple[str, ...]]]) -> Path:
    passages = []
    for here, there in pairwise(stops):
        known = standing.get((here.reference, there.reference)) if here and there else None
        passages.append(Passage(here, there, *known) if known else Passage(here, there))
    return Path(journey, stops, passages)


def _standing(user: User) -> dict[tuple[str, str], tuple[str, str, tuple[str, ...]]]:
    """Each living handoff by its ends: reference, state, and the departments that it waits for."""
    living = Handoff.objects.visible_to(user).living()
    waits: dict[int, list[str]] = defaultdict(list)
    asked = HandoffSide.objects.filter(handoff__in=living.values("pk"), answer=Answer.PROPOSED, department__isnull=False)
    for handoff, name in asked.order_by("taking").values_list("handoff_id", "department__name"):
        waits[handoff].append(name)
    rows = living.order_by("pk").values_list("pk", "giver__reference", "taker__reference", "reference", "state")
    return {(giver, taker): (name, state, tuple(dict.fromkeys(waits[pk]))) for pk, giver, taker, name, state in rows}


@dataclass(frozen=True)
class Agreement:
    """H over all journeys: each passage counts once, however many journeys take it."""

    agreed: int
    passages: int

    @property
    def coverage(self) -> Decimal | None:
        return handoff_coverage(self.agreed, self.passages)

    @classmethod
    def of(cls, found: list[Path]) -> "Agreement":
        known = {(one.before.reference, one.after.reference): one.agreed for path in found for one in path.scope
                 if one.before and one.after}  # fmt: skip
        return cls(sum(known.values()), len(known))


def handoffs_page(user: User) -> dict[str, Any]:
    """Every journey with its breaks."""
    found = paths(user, holdings(user))
    departments = {one.pk: one for one in Department.objects.visible_to(user)}
    broken = [path for path in found if path.first_break]
    return {
        "paths": found,
        "agreement": Agreement.of(found),
        "broken": broken,
        "departments": departments,
        "hues": hue_of(list(departments.values())),
        "may_propose": user.has_perm("journey.propose_handoff"),
        "some_hidden": not user.standing.sees_everything,
    }


def handoff_page(handoff: Handoff, user: User) -> dict[str, Any]:
    """One handoff with its sides and what the reader may do with it."""
    return {
        "handoff": handoff,
        "sides": list(handoff.sides.select_related("department", "answered_by").order_by("taking")),
        "accept_obstacle": handoff.obstacle_to_accept(user),
        "may_answer": handoff.may_answer(user),
        "run_obstacle": handoff.obstacle_to_run(user),
        "events": Event.objects.about(handoff).newest_first()[:EVENTS_SHOWN],
    }


def handoffs_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What a touchpoint's page says of its handoffs: those that stand, in and out."""
    ends = Q(giver=touchpoint) | Q(taker=touchpoint)
    standing = Handoff.objects.visible_to(user).living().filter(ends).select_related("giver", "taker").order_by("pk")
    return {"handoffs": list(standing), "may_propose_handoff": user.has_perm("journey.propose_handoff")}
