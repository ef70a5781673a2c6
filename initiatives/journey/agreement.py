"""How far departments agree (measure N10): per item, on average, and against chance (Fleiss' kappa).

The categories are *in* and *out*. An abstention is a vote that agrees with nobody: it counts among the votes of its item
and belongs to no category, in the observed agreement and in the one expected by chance alike. Where nobody abstains this is
Fleiss' kappa for two categories (J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

WORKSHOP_BELOW = Fraction(6, 10)
WORDS = ((0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))  # Landis and Koch, 1977


@dataclass(frozen=True)
class Tally:
    """The votes on one item."""

    inside: int = 0
    outside: int = 0
    abstained: int = 0

    @property
    def votes(self) -> int:
        return self.inside + self.outside + self.abstained

    @property
    def agreement(self) -> Fraction | None:
        """P = (C(in,2) + C(out,2)) / C(n,2): how many of all pairs of votes say the same. None below two votes."""
        if self.votes < 2:
            return None
        return Fraction(comb(self.inside, 2) + comb(self.outside, 2), comb(self.votes, 2))

    @property
    def adopted(self) -> bool:
        """By majority: more departments want it in than out."""
        return self.inside > self.outside

    @property
    def for_workshop(self) -> bool:
        """Too little agreement to leave it at a vote."""
        return self.agreement is not None and self.agreement < WORKSHOP_BELOW


def mean(tallies: Iterable[Tally]) -> Fraction | None:
    """The mean agreement of the items on which at least two departments voted."""
    found = [tally.agreement for tally in tallies if tally.agreement is not None]
    return sum(found, Fraction(0)) / len(found) if found else None


def kappa(tallies: Sequence[Tally]) -> Fraction | None:
    """Fleiss' kappa, (P − Pe) / (1 − Pe) with Pe = p(in)² + p(out)². None when chance alone would agree on everything.

    Votes 4-0, 2-2, 3-1: P = .611, p(in) = 9/12, Pe = .625, kappa = −0.04: no better than chance although the mean looks fine.
    """
    observed, votes = mean(tallies), sum(tally.votes for tally in tallies)
    if observed is None:
        return None
    inside, outside = (Fraction(sum(part), votes) for part in zip(*((one.inside, one.outside) for one in tallies), strict=True))
    chance = inside**2 + outside**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def in_words(value: Fraction | None) -> str:
    """What a kappa is called: "no better than chance", "moderate"."""
    if value is None:
        return ""
    if value <= 0:
        return "no better than chance"
    return next((words for limit, words in WORDS if value < limit), "almost perfect")
