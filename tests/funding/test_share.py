"""An actual of several pools is shared by what each has committed: exact to the cent, never more than is there."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import RuleBroken, Stale
from initiatives.funding import books
from initiatives.funding.models import CostObject, FiscalYear, Journal, Transfer
from initiatives.funding.models.sharing import shares
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import opened

CENT = Decimal("0.01")


def cases(how_many: int) -> list[tuple[Decimal, dict[int, Decimal]]]:
    """Amounts and balances: few cents and billions, even and odd, one pool and many, all that is there and one cent of it."""
    chance, found = random.Random(2026), []
    for _ in range(how_many):
        largest = chance.choice([3, 100, 99_999, 10**9, 99_999_999_999_999])
        left = {place: chance.randint(0, largest) * CENT for place in chance.sample(range(1, 99), chance.randint(1, 9))}
        left[100] = max(left.values()) or CENT
        whole = sum(left.values())
        amount = chance.choice([CENT, whole, whole - CENT, chance.randint(1, int(whole / CENT)) * CENT])
        found.append((max(amount, CENT), left))
    return found


def test_ten_thousand_actuals_are_shared_exactly() -> None:
    for amount, left in cases(10_000):
        parts = shares(amount, left)
        assert sum(parts.values()) == amount
        assert all(0 < part <= left[place] for place, part in parts.items())
        whole = sum(left.values())
        assert all(abs(parts.get(place, 0) * whole - amount * left[place]) < CENT * whole for place in left)  # within a cent
        assert parts == shares(amount, dict(reversed(left.items())))


def test_rounding_each_share_for_itself_would_lose_cents() -> None:
    """The negative control: what the largest remainders are for."""
    wrong = 0
    for amount, left in cases(500):
        whole = sum(left.values())
        wrong += sum((amount * balance / whole).quantize(CENT) for balance in left.values()) != amount
    assert wrong > 50


def test_more_than_there_is_is_not_shared() -> None:
    with pytest.raises(ValueError, match="not that much"):
        shares(Decimal("3.01"), {1: Decimal(1), 2: Decimal(2)})


@pytest.fixture
def ordered(cast: Cast, treasury: Treasury) -> CostObject:
    """Three pools gave; ordered are 100.00 of OPS, 50.00 of HR and 33.33 of the central pool."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="200.00", HR="60.00", CENTRAL="40.00")
    for code, amount in (("OPS", "100.00"), ("HR", "50.00"), ("", "33.33")):
        thing.commit(treasury.pool(code), Decimal(amount), by=cast.finance)
    return thing


def spent(treasury: Treasury) -> list[str]:
    return [str(treasury.pool(code).spent) for code in ("OPS", "HR", "")]


def test_all_pools_pay_their_shares(cast: Cast, treasury: Treasury, ordered: CostObject) -> None:
    key = uuid4()
    entry = ordered.spend(None, Decimal("100.00"), by=cast.finance, key=key, memo="Invoice 7")
    assert spent(treasury) == ["54.55", "27.27", "18.18"]
    assert ordered.spend(None, Decimal("100.00"), by=cast.finance, key=key, memo="Invoice 7") == entry
    ordered.spend(None, Decimal("83.33"), by=cast.finance)
    assert spent(treasury) == ["100.00", "50.00", "33.33"]
    with pytest.raises(RuleBroken, match="from all pools"):
        ordered.spend(None, CENT, by=cast.finance)
    entry.reverse(by=cast.second_finance, reason="Paid twice")
    assert spent(treasury) == ["45.45", "22.73", "15.15"]
    assert books.verify().right


def test_who_approved_the_share_of_any_pool_does_not_post_it(cast: Cast, treasury: Treasury, ordered: CostObject) -> None:
    with pytest.raises(RuleBroken, match="another person in finance"):
        ordered.spend(None, Decimal(1), by=cast.second_finance)
    assert spent(treasury) == ["0.00", "0.00", "0.00"]


def test_shares_that_changed_are_looked_at_again(cast: Cast, treasury: Treasury, ordered: CostObject) -> None:
    client = Client()
    client.force_login(cast.finance)
    url, key = reverse("funding:spend", args=[ordered.pk]), str(uuid4())
    seen = client.post(url, {"key": key, "amount": "100.00", "memo": "Invoice 7"})
    assert seen.status_code == 200
    assert [str(part) for _, part, _ in seen.context["shares"]] == ["54.55", "27.27", "18.18"]
    assert not Journal.objects.filter(act="spent").exists()
    signed = {"key": key, "amount": "100.00", "memo": "Invoice 7", "shown": seen.context["forms"]["spend"]["shown"].value()}
    ordered.spend(treasury.pool("OPS"), Decimal(10), by=cast.finance)
    refused = client.post(url, signed)
    assert refused.status_code == 422
    again = client.post(url, {**signed, "shown": refused.context["forms"]["spend"]["shown"].value()})
    signed["shown"] = again.context["forms"]["spend"]["shown"].value()
    assert client.post(url, signed).status_code == 302
    assert sum(Decimal(part) for part in spent(treasury)) == 110
    with pytest.raises(Stale):
        ordered.spend(None, Decimal(1), by=cast.finance, shown="something else")


def test_one_pool_alone_is_named_by_itself(cast: Cast, treasury: Treasury) -> None:
    thing, client = treasury.cost_object(), Client()
    treasury.funded(thing, OPS="10.00")
    client.force_login(cast.finance)
    page = client.get(reverse("funding:cost_object", args=[thing.pk])).content.decode()
    assert "All pools" not in page


def test_a_pool_of_a_year_that_is_over_pays_nothing_of_today(cast: Cast, treasury: Treasury, ordered: CostObject) -> None:
    next_year = FiscalYear.objects.open("2027", date(2027, 1, 1), date(2027, 12, 31), by=cast.finance)
    treasury.pools["CENTRAL"] = treasury.pools[""] = opened(cast, next_year, None, Decimal(50), by=cast.second_finance)
    treasury.funded(ordered, CENTRAL="20.00")
    with clock.at(datetime(2027, 2, 1, tzinfo=UTC)):
        ordered.commit(treasury.pool(""), Decimal(20), by=cast.finance)
        now = ordered.spend(None, Decimal(20), by=cast.finance)
        late = ordered.spend(None, Decimal(20), by=cast.finance, on=date(2026, 12, 30))
    assert Transfer.objects.get(journal=now).source.pool.year == next_year
    assert Transfer.objects.filter(journal=late, source__pool__year=next_year).count() == 0


def test_sharing_takes_at_most_nine_queries(cast: Cast, treasury: Treasury, ordered: CostObject) -> None:
    by = type(cast.finance).objects.get(pk=cast.finance.pk)
    with CaptureQueriesContext(connection) as queries:
        ordered.spend(None, Decimal(10), by=by, key=uuid4())
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 9
