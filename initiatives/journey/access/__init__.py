"""Rules of the room journey: who may do what to what can be owned, one module for each part of the room.

The sentences of a refusal stand with the acts. Everything begins with seeing (seeing.py).
"""

from initiatives.journey.access import (
    calls,
    charter,
    contests,
    coverage,
    drawing,
    facets,
    handoffs,
    ownership,
    readings,
    systems,
    touchpoints,
)
from initiatives.journey.access.calls import call_for
from initiatives.journey.access.charter import ballot_for, charter_for
from initiatives.journey.access.contests import contest_for
from initiatives.journey.access.drawing import change_for, channel_for, journey_for, stage_for
from initiatives.journey.access.ownership import owned_for, ownership_for
from initiatives.journey.access.problems import problem_for
from initiatives.journey.access.readings import reading_for
from initiatives.journey.access.seeing import READERS, touchpoint_for, view_map
from initiatives.journey.access.signals import signal_for
from initiatives.journey.access.sweeps import sweep_for, swept_stage_for

__all__ = [
    "READERS",
    "ballot_for",
    "call_for",
    "calls",
    "change_for",
    "channel_for",
    "charter",
    "charter_for",
    "contest_for",
    "contests",
    "coverage",
    "drawing",
    "facets",
    "handoffs",
    "journey_for",
    "owned_for",
    "ownership",
    "ownership_for",
    "problem_for",
    "reading_for",
    "readings",
    "signal_for",
    "stage_for",
    "sweep_for",
    "swept_stage_for",
    "systems",
    "touchpoint_for",
    "touchpoints",
    "view_map",
]
