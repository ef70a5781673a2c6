"""Pools of several currencies are added up with dated rates; what has no rate is said, never dropped in silence."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding import reports
from initiatives.funding.models import ExchangeRate, Pool
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import opened

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def together(cast: Cast, treasury: Treasury, now: datetime = NOON) -> tuple[str, str, list[str]]:
    with clock.at(now):
        report = reports.pools(cast.finance, [treasury.year], treasury.year)
    return report.currency, str(report.totals["free"]), report.left_out


@pytest.fixture
def abroad(cast: Cast, treasury: Treasury) -> Pool:
    treasury.pool("OPS", "1000.00")
    return opened(cast, treasury.year, cast.department("HR"), Decimal("100.01"), by=cast.finance, currency="USD")


def test_the_newest_rate_on_or_before_the_day_counts(cast: Cast, treasury: Treasury, abroad: Pool) -> None:
    assert together(cast, treasury) == ("EUR", "1000.00", ["USD"])
    rates = ExchangeRate.objects
    for day, rate in ((date(2026, 11, 1), "0.5"), (date(2026, 11, 20), "0.9"), (date(2026, 11, 23), "2")):
        rates.enter("USD", day, Decimal(rate), by=cast.finance)
    assert together(cast, treasury) == ("EUR", "1090.01", [])
    assert together(cast, treasury, datetime(2026, 11, 19, tzinfo=UTC)) == ("EUR", "1050.00", [])  # half a cent to the even one
    assert together(cast, treasury, datetime(2026, 11, 23, 12, tzinfo=UTC))[1] == "1200.02"
    assert together(cast, treasury, datetime(2026, 10, 1, tzinfo=UTC))[2] == ["USD"]
    rates.enter("USD", date(2026, 11, 20), Decimal("0.8"), by=cast.finance)
    assert together(cast, treasury)[1] == "1080.01"  # of one day what was entered last


def test_pools_of_one_currency_are_not_converted(cast: Cast, treasury: Treasury) -> None:
    opened(cast, treasury.year, None, Decimal(7), by=cast.finance, currency="USD")
    assert together(cast, treasury) == ("USD", "7.00", [])


def test_only_finance_enters_rates_and_none_is_changed(cast: Cast) -> None:
    for who in (cast.cxo, cast.auditor, cast.administrator):
        with pytest.raises(RuleBroken, match="Only finance"):
            ExchangeRate.objects.enter("USD", date(2026, 1, 1), Decimal(1), by=who)
    with pytest.raises(BadInput, match="own currency"):
        ExchangeRate.objects.enter("EUR", date(2026, 1, 1), Decimal(1), by=cast.finance)
    assert not ExchangeRate.objects.exists()
    ExchangeRate.objects.enter("USD", date(2026, 1, 1), Decimal(1), by=cast.finance)
    for sql in ("UPDATE funding_exchangerate SET rate = 2", "DELETE FROM funding_exchangerate"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert ExchangeRate.objects.get().rate == 1


def test_the_pages_of_rates(cast: Cast, treasury: Treasury, abroad: Pool) -> None:
    client = Client()
    client.force_login(cast.finance)
    assert "no exchange rate" in client.get(reverse("funding:pools"), {"year": "2026"}).content.decode()
    url = reverse("funding:rate_enter")
    for bad in ("0", "-1", "1e3", "NaN", "0.123456789", "٣"):
        assert client.post(url, {"currency": "USD", "day": "2026-01-01", "rate": bad}).status_code == 422
    for code in ("US", "XXX", "U$D"):
        assert client.post(url, {"currency": code, "day": "2026-01-01", "rate": "1"}).status_code == 422
    assert not ExchangeRate.objects.exists()
    assert client.post(url, {"currency": "usd", "day": "2026-01-01", "rate": "0.9215"}).status_code == 302
    assert "0.9215" in client.get(reverse("funding:rates")).content.decode()
    pools = client.get(reverse("funding:pools"), {"year": "2026"}).content.decode()
    assert "no exchange rate" not in pools
    assert "0.9215" in pools
