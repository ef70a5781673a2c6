"""Money of several currencies in the company's, at the newest rate of the day; what has no rate is said and not counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from initiatives.core import clock
from initiatives.funding.models import CostObject, ExchangeRate
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
    return in_company_figures(cost_object.figures())


def in_company_figures(found: Iterable[Sums]) -> Together:
    rates = ExchangeRate.objects.on(clock.company_day())
    books = [Book(figures, rates.get(figures.currency)) for figures in found]
    worth = {
        name: sum(
            (in_company_currency(getattr(book.figures, name), book.figures.currency, rates) or NONE for book in books), NONE
        )
        for name in ROLLUPS
    }
    return Together(books, worth, [book.figures.currency for book in books if not book.counts])
