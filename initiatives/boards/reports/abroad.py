"""Money in other currencies, beside the figures in the company's: what it is worth today, and what has no rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models import Sum as Added
from django.db.models.functions import Coalesce

from initiatives.core import clock
from initiatives.core.templatetags.words import amount
from initiatives.funding.models import ExchangeRate, ForeignMoney
from initiatives.funding.models.rates import worth_at
from initiatives.portfolio.models import Initiative

MONEY = ("asked", "allocated", "spent")
NONE = Decimal(0)
Unpriced = tuple[tuple[str, Decimal], ...]  # currency and amount that no rate converts
FOREIGN = "cost_object__foreign__"


@dataclass(frozen=True)
class Abroad:
    """What one initiative has in one other currency, with the newest rate on or before the day; None: there is none."""

    initiative: int
    currency: str
    asked: Decimal
    allocated: Decimal
    spent: Decimal
    rate: Decimal | None
    day: date | None
    place: tuple[Any, ...] = ()  # where else it counts, as the reader of it asked

    def worth(self, name: str) -> Decimal | None:
        return worth_at(getattr(self, name), self.rate)


def abroad(found: QuerySet[Initiative], *places: str) -> list[Abroad]:
    """A row for each of these initiatives and each other currency that it has money in: one query."""
    return told(rows_of(found, clock.company_day(), *places))


def rows_of(found: QuerySet[Initiative], day: date, *places: str) -> QuerySet[Initiative, Any]:
    newest = ExchangeRate.objects.newest_of(OuterRef(f"{FOREIGN}currency"), day)
    rows = found.filter(cost_object__other_currencies__gt=0).order_by("pk", f"{FOREIGN}currency")
    rows = rows.annotate(rate=Subquery(newest.values("rate")[:1]), day=Subquery(newest.values("day")[:1]))
    names = ("pk", *(f"{FOREIGN}{name}" for name in ("currency", *MONEY)), "rate", "day", *places)
    return rows.values_list(*names)


def told(rows: Iterable[Any]) -> list[Abroad]:
    return [
        Abroad(pk, currency, asked, allocated, spent, rate, day, tuple(place))
        for pk, currency, asked, allocated, spent, rate, day, *place in rows
    ]


@dataclass(frozen=True)
class Sum:
    """An amount in the company's currency, and what is not in it because no rate says what it is worth."""

    number: Decimal = NONE
    without: Unpriced = ()

    def plus(self, rows: Iterable[Abroad], name: str) -> "Sum":
        number, without = self.number, dict(self.without)
        for row in rows:
            if (worth := row.worth(name)) is not None:
                number += worth
            elif given := getattr(row, name):
                without[row.currency] = without.get(row.currency, NONE) + given
        return Sum(number, tuple(sorted(without.items())))

    @property
    def unpriced(self) -> list[str]:
        return [no_rate(*one) for one in self.without]


def no_rate(currency: str, number: Decimal) -> str:
    return f"{currency} {amount(number)} has no rate"


@dataclass(frozen=True)
class Rates:
    """With which rates sums were counted, and which currencies they leave out."""

    used: list[tuple[str, Decimal, date]]
    missing: list[str]
    currency: str = settings.CURRENCY

    @classmethod
    def of(cls, rows: Iterable[Abroad]) -> "Rates | None":
        by_currency = {row.currency: row for row in rows if row.asked or row.allocated or row.spent}
        if not by_currency:
            return None
        kept = [by_currency[code] for code in sorted(by_currency)]
        used = [(row.currency, row.rate.normalize(), row.day) for row in kept if row.rate is not None and row.day is not None]
        return cls(used, [row.currency for row in kept if row.rate is None])


def worth_of_all(figure: str) -> Any:
    """For the order of lists: an initiative's amount with what the other currencies add to it, in SQL and not rounded."""
    newest = ExchangeRate.objects.newest_of(OuterRef("currency"), clock.company_day())
    there = ForeignMoney.objects.filter(cost_object=OuterRef("cost_object")).annotate(rate=Subquery(newest.values("rate")[:1]))
    worth = there.values("cost_object").annotate(all=Added(F(figure) * F("rate"))).values("all")
    return F(f"cost_object__{figure}") + Coalesce(Subquery(worth), NONE)
