"""What spans the passage from one place of the map to the next: an owner on both sides, an agreed handoff, a system.

Where nothing does, the customer falls between departments, and the track is drawn broken. Pure functions over plain facts.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from initiatives.journey.reports.holdings import Holding

JOINED, BROKEN, PASSES, NOTHING = "joined", "broken", "passes", ""


@dataclass(frozen=True)
class Facts:
    """What the reader may know that could span a passage.

    handoffs  pairs of touchpoints (by reference) whose passage both sides have accepted, and the handoff's reference
    systems   each system (by id) with the stages that it serves, and with the touchpoints (by reference)
    known     whether any of it is known: handoffs and systems of earlier days are not kept
    """

    handoffs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    systems_of_stages: Mapping[int, Set[int]] = field(default_factory=dict)
    systems_of_touchpoints: Mapping[int, Set[str]] = field(default_factory=dict)
    known: bool = True


class Span(NamedTuple):
    """What spans one passage; nothing: it is broken."""

    departments: frozenset[int] = frozenset()
    handoffs: tuple[str, ...] = ()
    systems: tuple[int, ...] = ()
    known: bool = True

    @property
    def broken(self) -> bool:
        return self.known and not (self.departments or self.handoffs or self.systems)

    @property
    def kind(self) -> str:
        """How the track is drawn on it; a passage of which nothing is known is only passed."""
        return (BROKEN if self.broken else JOINED) if self.known else PASSES


def owners(holdings: Iterable[Holding]) -> frozenset[int]:
    """The departments that own something here, accepted and counted."""
    return frozenset(one.department for one in holdings if one.value and one.department is not None)


def span(before: list[Holding], after: list[Holding], facts: Facts) -> Span:
    """What spans the passage from these touchpoints to those."""
    here, there = {one.reference for one in before}, {one.reference for one in after}
    agreed = tuple(name for (giver, taker), name in facts.handoffs.items() if giver in here and taker in there)
    shared = tuple(name for name, served in facts.systems_of_touchpoints.items() if served & here and served & there)
    return Span(owners(before) & owners(after), agreed, shared, facts.known)


def span_of_stages(before: list[Holding], after: list[Holding], stages: tuple[int, int], facts: Facts) -> Span:
    """The same for two whole stages, which a system may serve as such."""
    found = span(before, after, facts)
    serving = (name for name, served in facts.systems_of_stages.items() if served >= set(stages))
    return found._replace(systems=tuple(dict.fromkeys((*found.systems, *serving))))


class Ends(NamedTuple):
    """How the track comes into a place and how it leaves."""

    into: str = NOTHING
    out: str = NOTHING


def tracks(cells: list[list[Holding]], facts: Facts) -> list[Ends]:
    """The track of one channel along the stages: drawn from its first station to its last, broken where nothing spans."""
    drawn = [Ends() for _ in cells]
    stops = [place for place, cell in enumerate(cells) if cell]
    for start, stop in pairwise(stops):
        kind = span(cells[start], cells[stop], facts).kind
        drawn[start], drawn[stop] = drawn[start]._replace(out=kind), drawn[stop]._replace(into=kind)
        for place in range(start + 1, stop):
            drawn[place] = Ends(JOINED, JOINED) if kind == JOINED else Ends(PASSES, PASSES)
    return drawn
