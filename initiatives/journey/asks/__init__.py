"""The kinds of asks that the journey opens, one module for each part of it."""

from initiatives.journey.asks import changes, charter, contests, handoffs, orphans, ownership, problems, signals

__all__ = [
    "changes",
    "charter",
    "contests",
    "handoffs",
    "orphans",
    "ownership",
    "problems",
    "signals",
]
