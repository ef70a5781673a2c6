"""Estimates at completion by other methods than pace: the reader chooses, each number is shown, what is missing is said."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.funding import above
from initiatives.funding.above import Progress
from initiatives.funding.models import ForeignMoney
from initiatives.funding.models.figures import Sums
from initiatives.funding.reports.estimates import Method, estimate
from tests.cast import Cast
from tests.funding.conftest import Treasury

HALF = Progress(50, Decimal(1000))


def sums(paid: int, committed: int = 0, asked: int = 0, currency: str = "EUR") -> Sums:
    figures = {"spent": paid, "committed": committed, "asked": asked, "allocated": 900}
    return ForeignMoney(currency=currency, **{name: Decimal(amount) for name, amount in figures.items()})


@pytest.mark.parametrize(
    ("method", "figures", "progress", "found"),
    [
        (Method.PROMISED, sums(400, 100, 50), None, "550"),
        (Method.PLAN, sums(400), HALF, "900"),  # 400 + 1,000 - 500
        (Method.PLAN, sums(700), HALF, "1200"),
        (Method.PLAN, sums(100, 900), Progress(100, Decimal(1000)), "1000"),  # at least what is promised
        (Method.PROGRESS, sums(400), HALF, "800"),  # CPI 1.25
        (Method.PROGRESS, sums(625), HALF, "1250"),  # CPI 0.8
        (Method.PROGRESS, sums(100), Progress(33, Decimal(1000)), "303.03"),
        (Method.PROGRESS, sums(0), HALF, None),
        (Method.PROGRESS, sums(100), Progress(0, Decimal(1000)), None),
        (Method.PROGRESS, sums(100), None, None),
        (Method.PLAN, sums(100), None, None),
        (Method.PLAN, sums(100, currency="USD"), HALF, None),
    ],
)
def test_the_estimate_by_each_method(method: Method, figures: Sums, progress: Progress | None, found: str | None) -> None:
    one = estimate(method, figures, progress, "EUR")
    assert one.at_completion == (None if found is None else Decimal(found))
    assert bool(one.lacks) == (found is None)
    assert found is None or one.over - one.left == one.at_completion - 900


def test_the_reader_chooses_the_method(cast: Cast, treasury: Treasury, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="300.00")
    thing.commit(treasury.pool("OPS"), Decimal(200), by=cast.finance)
    thing.spend(treasury.pool("OPS"), Decimal(180), by=cast.finance)
    client.force_login(thing.owner)
    url = reverse("funding:cost_object", args=[thing.pk])
    assert "No plan, or no report" in client.get(url, {"forecast": "plan"}).content.decode()
    monkeypatch.setattr(above, "_progress", [lambda user, cost_object: Progress(50, Decimal(300))])
    pages = {method: client.get(url, {"forecast": method}).content.decode() for method in Method}
    assert "BAC × AC ÷ EV" in pages[Method.PROGRESS]
    assert "360.00" in pages[Method.PROGRESS]
    assert "more than is allocated" in pages[Method.PROGRESS]
    assert "AC + committed + asked" in pages[Method.PROMISED]
    assert "AC + BAC − EV" in pages[Method.PLAN]
    assert client.get(url).context["panel"].method == Method.PACE
    assert client.get(url, {"forecast": "wish"}).status_code == 400
