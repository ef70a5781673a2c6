"""What a cost object will have cost, by the pace of the last whole months, and at least what is promised."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.funding.reports.forecast import reckon
from tests.cast import Cast
from tests.funding.conftest import Treasury

TODAY, END = date(2026, 8, 20), date(2026, 12, 31)


def month(number: int) -> date:
    return date(2026, number, 1)


@pytest.mark.parametrize(
    ("paid", "committed", "pace", "at_completion"),
    [
        ({}, "40", "0", "40"),
        ({8: "70"}, "40", "0", "110"),  # this month is not over: no pace yet
        ({7: "100"}, "0", "100.00", "600.00"),  # one whole month; August to December are five more
        ({5: "90", 6: "0", 7: "60"}, "0", "50.00", "400.00"),
        ({1: "900", 7: "30"}, "0", "10.00", "980.00"),  # only the last three count for the pace
        ({7: "10"}, "500", "10.00", "510"),  # what is promised is due, however slow the pace
        ({6: "100", 7: "-100"}, "0", "0.00", "0"),  # reversed
        ({6: "10", 7: "0"}, "0", "5.00", "35.00"),
    ],
)
def test_the_estimate_at_completion(paid: dict[int, str], committed: str, pace: str, at_completion: str) -> None:
    by_month = {month(number): Decimal(amount) for number, amount in paid.items()}
    found = reckon(by_month, Decimal(committed), Decimal(500), TODAY, END)
    assert (found.pace, found.at_completion) == (Decimal(pace), Decimal(at_completion))
    assert found.over - found.left == found.at_completion - 500


def test_when_the_year_is_over_nothing_more_is_paid() -> None:
    found = reckon({month(7): Decimal(100)}, Decimal(0), Decimal(500), date(2027, 3, 1), END)
    assert (found.months, found.at_completion) == (0, 100)


def test_the_page_shows_the_forecast_with_its_method(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="300.00")
    pool = treasury.pool("OPS")
    thing.commit(pool, Decimal(200), by=cast.finance, on=month(5))
    for number, amount in ((6, 60), (7, 30)):
        thing.spend(pool, Decimal(amount), by=cast.finance, on=month(number))
    entry = thing.spend(pool, Decimal(100), by=cast.finance, on=month(7))
    entry.reverse(by=cast.second_finance, reason="Another's", on=month(7))
    client = Client()
    client.force_login(cast.finance)
    with clock.at(datetime(2026, 8, 20, 12, tzinfo=UTC)):
        found = client.get(reverse("funding:cost_object", args=[thing.pk]))
    ((currency, seen),) = found.context["panel"].forecasts
    assert (currency, seen.pace, seen.counted, seen.at_completion) == ("EUR", Decimal("45.00"), 2, Decimal("315.00"))
    page = found.content.decode()
    assert "the mean of the last 2 whole months" in page
    assert "more than is allocated" in page
