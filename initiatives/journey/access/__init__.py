"""Rules of the room journey: who may do what to what can be owned, one module for each part of the room.

The sentences of a refusal stand with the acts. Everything begins with seeing (seeing.py).
"""

from initiatives.journey.access import touchpoints
from initiatives.journey.access.seeing import READERS, touchpoint_for, view_map

__all__ = ["READERS", "touchpoint_for", "touchpoints", "view_map"]
