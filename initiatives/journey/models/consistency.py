"""What readings come to by stage: the scores of its channels, how alike they are, and how often customers are contacted.

score         of a channel in a stage: the mean rating of its touchpoints there, weighted by n
consistency   1 − (highest − lowest score) ÷ range of the scale, over the channels whose n is at least n_min; with fewer than
              two such channels there is nothing to compare, and it is not measured: None, neither 0 nor 1
pressure      outbound contacts per customer in 30 days: all contacts of the stage, each count reduced to 30 days, ÷ the
              customers of the one count that reached most. Which of two counts' customers are the same people is not known;
              that many are reached at least, so this is the most it can be, and for a single count it is exact

Ratings on different scales are never mixed: a stage has one consistency for each scale on which it was rated.
Only readings count whose period ended in the last twelve months; of contacts, the newest of each touchpoint, department and
source. Source: after-sales and omnichannel practice; the formulas are those of the capability list (MAP-06, N14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from initiatives.journey.models.reading_words import ReadingKind
from initiatives.journey.models.readings import Reading, ReadingQuerySet

NONE, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Score:
    """Ratings on one scale, taken together: at how many readings, of how many customers, their mean."""

    place: int  # a channel, or a touchpoint
    low: int
    high: int
    readings: int
    n: int
    total: Decimal

    @property
    def value(self) -> Decimal:
        return self.total / self.n

    def is_enough(self, n_min: int) -> bool:
        return self.n >= n_min


def consistency(scores: Iterable[Score], n_min: int) -> Decimal | None:
    """Of channels that were rated on the same scale; None when fewer than two of them have n_min ratings."""
    enough = [score for score in scores if score.is_enough(n_min)]
    if len(enough) < 2:
        return None
    values = [score.value for score in enough]
    return ONE - (max(values) - min(values)) / (enough[0].high - enough[0].low)


def scores(readings: ReadingQuerySet, today: date, along: str) -> dict[int, list[Score]]:
    """By stage, the scores of what `along` leads to ("touchpoint__channel", "touchpoint"): one query."""
    rated = readings.of_kind(ReadingKind.RATING).counting(today).order_by(along, "low", "high")
    by = ("touchpoint__stage", along, "low", "high")
    rows = rated.values_list(*by).annotate(readings=Count("pk"), rated=Sum("n"), sum=Sum("total"))
    found: dict[int, list[Score]] = {}
    for stage, place, low, high, count, n, total in rows:
        found.setdefault(stage, []).append(Score(place, low, high, count, n, total))
    return found


@dataclass(frozen=True)
class Pressure:
    """How often the customers of a stage are contacted in 30 days, by whom, and known from which counts."""

    counts: tuple[Reading, ...]

    @property
    def contacts(self) -> Decimal:
        return sum((one.in_a_month for one in self.counts), NONE)

    @property
    def customers(self) -> int:
        return max(one.n for one in self.counts)

    @property
    def value(self) -> Decimal:
        return self.contacts / self.customers

    @property
    def newest(self) -> Reading:
        """The count that was entered last."""
        return max(self.counts, key=lambda one: one.pk)

    @property
    def sent(self) -> dict[int, Decimal]:
        """The contacts of each department in 30 days, most first."""
        by: dict[int, Decimal] = {}
        for one in self.counts:
            by[one.department_id or 0] = by.get(one.department_id or 0, NONE) + one.in_a_month
        return dict(sorted(by.items(), key=lambda pair: -pair[1]))

    def is_over(self, cap: Decimal | None) -> bool:
        return cap is not None and self.value > cap


def pressures(readings: ReadingQuerySet, today: date) -> dict[int, Pressure]:
    """The pressure of each stage in which contacts were counted: one query."""
    by: dict[int, list[Reading]] = {}
    for one in readings.latest_contacts(today).select_related("touchpoint"):
        by.setdefault(one.touchpoint.stage_id, []).append(one)
    return {stage: Pressure(tuple(counts)) for stage, counts in by.items()}
