"""What currencies are worth in the company's currency: entered by finance with the day from which it holds."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.money import A_CURRENCY, CENT
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.funding.models.posting import may_post
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def visible_to(self, user: User) -> Self:
        """Those who answer for the company's money."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def newest_first(self) -> Self:
        return self.select_related("by").order_by("-day", "-id")

    def newest_of(self, currency: Any, day: date) -> Self:
        """Of one currency, the rate that holds on the day first; for subqueries."""
        return self.filter(currency=currency, day__lte=day).order_by("-day", "-id")

    def on(self, day: date) -> "dict[str, ExchangeRate]":
        """For each currency the newest rate on or before the day; of one day what was entered last."""
        newest = self.filter(day__lte=day).order_by("currency", "-day", "-id").distinct("currency")
        return {rate.currency: rate for rate in newest}

    def obstacle_to_enter(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot enter a rate, or None."""
        return None if may_post(by) else "Only finance enters exchange rates."

    @transaction.atomic
    def enter(self, currency: str, day: date, rate: Decimal, *, by: User) -> "ExchangeRate":
        """From `day` on one unit of the currency is worth `rate` units of the company's. A mistake is entered anew."""
        if obstacle := self.obstacle_to_enter(by):
            raise RuleBroken(obstacle)
        if currency == settings.CURRENCY:
            raise BadInput(f"{currency} is the company’s own currency.")
        entered = self.create(currency=currency, day=day, rate=rate, by=by)
        entered.record("entered", by=by, currency=currency, day=day, rate=str(rate))
        return entered


class ExchangeRate(Recorded):
    """What one unit of a currency is worth in the company's currency, from a day on. Rows are only ever added."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate__gt=0), name=says("rates_are_positive", "A rate is greater than zero.")),
            models.CheckConstraint(
                condition=A_CURRENCY,
                name=says("rates_of_real_currencies", "A currency is written with its three letters, such as EUR."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["currency", "-day", "-id"], name="rate_by_currency")]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.currency}, {self.day}"


def in_company_currency(amount: Decimal, currency: str, rates: "dict[str, ExchangeRate]") -> Decimal | None:
    """The amount in the company's currency, half a cent to the even one; None where no rate says what it is worth."""
    if currency == settings.CURRENCY:
        return amount
    rate = rates.get(currency)
    return worth_at(amount, rate.rate if rate else None)


def worth_at(amount: Decimal, rate: Decimal | None) -> Decimal | None:
    return None if rate is None else (amount * rate).quantize(CENT, ROUND_HALF_EVEN)
