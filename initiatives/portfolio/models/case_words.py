"""The words of a business case: three points and what is expected of them, values of a metric, in which direction."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models

from initiatives.core.money import CENT, checked
from initiatives.core.rules import BadInput

if TYPE_CHECKING:
    from initiatives.portfolio.models.initiative import Initiative

LARGEST_VALUE = Decimal("999999999.9999")  # of a metric


class Better(models.TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"


class Points(NamedTuple):
    """One amount that nobody knows yet: at best, most likely, at worst (or the other way round for a benefit)."""

    low: Decimal
    base: Decimal
    high: Decimal

    @property
    def expected(self) -> Decimal:
        """(low + 4 × base + high) ÷ 6, to the cent: the mean of the beta distribution that PERT assumes.

        Source: Malcolm, Roseboom, Clark and Fazar, “Application of a Technique for Research and Development Program
        Evaluation”, Operations Research 7 (5), 1959, pages 646 to 669.
        """
        return ((self.low + 4 * self.base + self.high) / 6).quantize(CENT, ROUND_HALF_EVEN)


def lock_with_money(initiative: "Initiative") -> None:
    """Lock the money first, as every act that asks for it or allocates it does, then the initiative."""
    initiative.cost_object.lock()
    initiative.lock()


def kept(amount: Any) -> Decimal:
    try:
        return checked(amount, zero=True)
    except ValueError as error:
        raise BadInput(str(error)) from error


def measured(value: Decimal) -> Decimal:
    """A value of a metric with at most four decimals."""
    if not value.is_finite() or abs(value) > LARGEST_VALUE or value != value.quantize(Decimal("0.0001")):
        raise BadInput("A value has at most nine digits and four decimals.")
    return value.quantize(Decimal("0.0001"))
