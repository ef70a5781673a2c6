"""The kinds of asks that the journey opens, one module for each part of it."""

from initiatives.journey.asks import charter, contests, handoffs, ownership, signals

__all__ = [
    "charter",
    "contests",
    "handoffs",
    "ownership",
    "signals",
]
