"""Money of several currencies in the company's, at the newest rate of the day; what has no rate is said and not counted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from initiatives.core import clock
from initiatives.funding.models import CostObject, ExchangeRate, Pool
from initiatives.funding.models.figures import ROLLUPS, Sums
from initiatives.funding.models.rates import in_company_currency

NONE = Decimal("0.00")


@dataclass(frozen=True)
class Book:
    """The figures in one currency, and the rate at which they count; without one they do not."""

    figures: Sums
    rate: ExchangeRate | None

    @property
    def own(self) -> bool:
        return self.figures.currency == settings.CURRENCY

    @property
    def counts(self) -> bool:
        return self.own or self.rate is not None


@dataclass(frozen=True)
class Together:
    """Each currency by itself, and all that have a rate in the company's currency."""

    books: list[Book]
    totals: dict[str, Decimal]
    left_out: list[str]
    currency: str = settings.CURRENCY


def together(cost_object: CostObject) -> Together | None:
    """The figures of a cost object with money in several currencies, in two queries; None with one currency, without any."""
    if not cost_object.other_currencies:
        return None
    rates, found = ExchangeRate.objects.on(clock.company_day()), cost_object.figures()
    books = [Book(figures, rates.get(figures.currency)) for figures in found]
    left_out = [book.figures.currency for book in books if not book.counts]
    return Together(books, in_company_totals(found, ROLLUPS, rates), left_out)


def in_company_totals(rows: Collection[Sums | Pool], names: Iterable[str], rates: dict[str, ExchangeRate]) -> dict[str, Decimal]:
    """Each of these figures of all rows together; what has no rate is not in them."""
    return {
        name: sum((in_company_currency(getattr(row, name), row.currency, rates) or NONE for row in rows), NONE) for name in names
    }


class Counted(NamedTuple):
    """Amounts in the company's currency by cost object, with which rates, and what has none, by currency."""

    amounts: dict[int, Decimal]
    left_out: dict[str, Decimal]
    used: list[ExchangeRate]

    @property
    def unpriced(self) -> list[str]:
        return [f"{currency} {amount:,.2f}" for currency, amount in sorted(self.left_out.items())]

    @property
    def currency(self) -> str:
        return settings.CURRENCY


def in_one_currency(rows: Iterable[tuple[int, str, Decimal]]) -> Counted:
    rows = [row for row in rows if row[2]]
    foreign = {currency for _, currency, _ in rows} - {settings.CURRENCY}
    rates = ExchangeRate.objects.on(clock.company_day()) if foreign else {}
    found, left_out = dict[int, Decimal](), dict[str, Decimal]()
    for thing, currency, amount in rows:
        worth = in_company_currency(amount, currency, rates)
        if worth is None:
            left_out[currency] = left_out.get(currency, NONE) + amount
        else:
            found[thing] = found.get(thing, NONE) + worth
    return Counted(found, left_out, [rates[code] for code in sorted(foreign & rates.keys())])
