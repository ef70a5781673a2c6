"""The order of candidates: what the model says, and where the CXO put something else.

The model: value ÷ effort, highest first; equal quotients by value, then by reference. It is the greedy order of the 0/1
knapsack problem, which makes the most of a limited capacity when single items are small against it (G. B. Dantzig,
"Discrete-Variable Extremum Problems", Operations Research 5, 1957, 266–288). Quotients are compared as fractions, exactly.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction


def model_key(value: int, effort: int, reference: str) -> tuple[Fraction, int, int, str]:
    """Sorts candidates as the model ranks them. Value and effort are whole numbers from 1 to 10."""
    return -Fraction(value, effort), -value, len(reference), reference


def placed(order: Sequence[int], places: Mapping[int, int]) -> list[int]:
    """`order` with some ids put by hand: each at its place, counted from 1; a place beyond the end is the last one."""
    arranged = [one for one in order if one not in places]
    for place, one in sorted((place, one) for one, place in places.items()):
        arranged.insert(place - 1, one)
    return arranged


def moved(before: Sequence[int], after: Sequence[int], hints: Collection[int] = ()) -> set[int]:
    """The fewest ids that somebody must have taken out of `before` and put back elsewhere to get `after`.

    `hints` are ids that are known to have moved. The others that stayed are a longest common subsequence, which for two
    orders of the same ids is a longest increasing one (C. Schensted, Canadian Journal of Mathematics 13, 1961, 179–191).
    """
    at = {one: place for place, one in enumerate(before)}
    rest = [one for one in after if one not in hints]
    ends: list[int] = []  # the smallest last place of an increasing run of each length
    lengths: list[int] = []
    for one in rest:
        length = bisect_left(ends, at[one])
        ends[length : length + 1] = [at[one]]
        lengths.append(length)
    gone, wanted = set(hints), len(ends) - 1
    for one, length in zip(reversed(rest), reversed(lengths), strict=True):
        if length == wanted:
            wanted -= 1
        else:
            gone.add(one)
    return gone
