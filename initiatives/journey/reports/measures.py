"""The formulas of ownership: coverage, the gap between the rails, concentration, sight. Pure functions over plain numbers.

Weights are reach × the moment factor. Everything is a Decimal and nothing is rounded here; None says that there is nothing
to measure, which is neither 0 nor 1. Thresholds stand in the map's policy, not here.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from initiatives.journey.models import State

NONE, HALF, ONE = Decimal(0), Decimal("0.5"), Decimal(1)
Key = TypeVar("Key")


def owned_value(state: str, lapses: int, *, active: bool) -> Decimal:
    """o: what an owner counts, 1, 0.5 or 0.

    1 for one accepted, attested owner who is an active member of an active department (`active`); 0.5 when one attestation
    was missed; 0 from the second on, and for whatever is not owned: asked for, contested, vacant, inherited.
    """
    if state != State.OWNED or not active:
        return NONE
    return (ONE, HALF)[lapses] if lapses < 2 else NONE


def coverage(weighed: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """C(S) = Σ w·o ÷ Σ w over pairs of weight w and owned value o; None when nothing weighs anything."""
    whole = owned = NONE
    for weight, value in weighed:
        whole += weight
        owned += weight * value
    return owned / whole if whole else None


def rail_gap(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """G = |C_pre − C_post|: how unlike the two rails are on which a customer travels before and after the sale."""
    return None if before is None or after is None else abs(before - after)


def handoff_coverage(agreed: int, transitions: int) -> Decimal | None:
    """H = handoffs accepted by both sides ÷ transitions in scope."""
    return Decimal(agreed) / transitions if transitions else None


def shares(weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Each department's part of all accepted weight; empty when none is accepted."""
    whole = sum(weights.values(), NONE)
    return {key: weight / whole for key, weight in weights.items()} if whole else {}


def concentration(parts: Iterable[Decimal]) -> Decimal | None:
    """HHI = Σ share² (the Herfindahl-Hirschman index): 1 when one department owns all, 1/n when n own alike."""
    squares = [part * part for part in parts]
    return sum(squares, NONE) if squares else None


def sight(weights: Mapping[Key, Decimal], seen: Iterable[Key]) -> Decimal | None:
    """V = Σ w·seen ÷ Σ w over the stages: how much of the journey, by weight, a department looks at."""
    looked = set(seen)
    return coverage((weight, ONE if stage in looked else NONE) for stage, weight in weights.items())
