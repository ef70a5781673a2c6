"""What a cost object will have cost when its money's year is over, and how that is reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from initiatives.core import clock
from initiatives.core.money import CENT
from initiatives.funding.models import CostObject, Kind, Transfer
from initiatives.funding.models.figures import Sums

PACE = 3  # whole months that the pace is the mean of
NONE = Decimal("0.00")


class Outlook:
    """What it will have cost when it is complete, None where that is not known, beside what is allocated."""

    at_completion: Decimal | None
    allocated: Decimal

    @property
    def over(self) -> Decimal:
        """How much more than is allocated it will cost, or zero."""
        return max((self.at_completion or NONE) - self.allocated, NONE)

    @property
    def left(self) -> Decimal:
        """How much of what is allocated it will not need, or zero."""
        return max(self.allocated - (self.at_completion or NONE), NONE)


@dataclass(frozen=True)
class Forecast(Outlook):
    """The estimate at completion: paid before this month plus the pace of `counted` months, `months` times.

    At least what is paid and committed. Without a whole month of payments there is no pace, and it is just that.
    """

    pace: Decimal
    counted: int
    before: Decimal
    months: int
    until: date
    at_completion: Decimal
    allocated: Decimal


def forecast(cost_object: CostObject, sums: Sums, until: date) -> Forecast:
    """The forecast of one cost object in one currency until the last day of its money's years: one query."""
    here = Transfer.objects.of_cost_object(cost_object).filter(source__pool__currency=sums.currency)
    actuals = here.filter(Q(target__kind=Kind.SPENT) | Q(source__kind=Kind.SPENT))
    by_month = actuals.order_by().annotate(month=TruncMonth("journal__on")).values_list("month", "target__kind")
    paid: dict[date, Decimal] = {}
    for month, kind, amount in by_month.annotate(amount=Sum("amount")):
        paid[month] = paid.get(month, NONE) + (amount if kind == Kind.SPENT else -amount)
    return reckon(paid, sums.committed, sums.allocated, clock.company_day(), until)


def reckon(paid: Mapping[date, Decimal], committed: Decimal, allocated: Decimal, today: date, until: date) -> Forecast:
    """The forecast from what was paid, by the first days of months."""
    this = today.replace(day=1)
    whole = {month: amount for month, amount in paid.items() if month < this}
    before, spent = sum(whole.values(), NONE), sum(paid.values(), NONE)
    counted = min(PACE, months_between(min(whole), this)) if whole else 0
    recent = sum((amount for month, amount in whole.items() if months_between(month, this) <= counted), NONE)
    pace = max((recent / counted).quantize(CENT), NONE) if counted else NONE
    months = max(months_between(this, until) + 1, 0)
    return Forecast(pace, counted, before, months, until, max(before + pace * months, spent + committed), allocated)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
