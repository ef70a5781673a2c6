"""The market of transfers: what pools have free or lack, what their holders publish, and who sees how much of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput
from initiatives.funding.models import Listing
from initiatives.funding.models.listings import Want
from initiatives.funding.reports import market
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refusal, refused

FRIDAY, UNTIL = datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 12, 15)


@pytest.fixture(autouse=True)
def friday():
    with clock.at(FRIDAY):
        yield


@pytest.fixture
def pools(cast: Cast, treasury: Treasury) -> Treasury:
    """OPS has all of its 1,000 free; IT is asked for 700 more than its 500."""
    treasury.pool("OPS"), treasury.pool("IT", "500.00")
    cast.head("OPS"), cast.head("IT")
    with clock.at(datetime(2026, 11, 17, 9, tzinfo=UTC)):
        treasury.submitted(treasury.cost_object(), IT="1200.00")
    return treasury


def offer(treasury: Treasury, amount: str = "300.00", *, by: User | None = None, want: Want = Want.OFFER) -> Listing:
    head = by or treasury.cast.head("OPS")
    return Listing.objects.publish(treasury.pool("OPS"), want, Decimal(amount), UNTIL, by=head, reason="Fewer flights.")


def test_the_books_say_what_pools_have_and_lack(cast: Cast, pools: Treasury) -> None:
    seen = market(cast.finance)
    assert [(place.pool.department.code, place.amount, place.idle) for place in seen.offers] == [("OPS", 1000, 0)]
    assert [(place.pool.department.code, place.amount, place.days) for place in seen.needs] == [("IT", 700, 3)]
    ((words, url),) = seen.needs[0].partners
    assert (words, "amount=700.00" in url) == ("Ops department", True)
    client = Client()
    client.force_login(cast.finance)
    form = client.get(url).context["form"]
    assert (form["giver"].value(), form["taker"].value()) == (str(pools.pool("OPS").pk), str(pools.pool("IT").pk))


def test_what_is_published_is_for_all_heads_and_nothing_else_is(cast: Cast, pools: Treasury) -> None:
    assert market(cast.head("IT")).offers == []
    offer(pools)
    (seen,) = market(cast.head("IT")).offers
    assert (seen.told, seen.amount, seen.idle, seen.may_withdraw) == (Decimal("300.00"), None, None, False)
    assert [words for words, _ in seen.partners] == ["It department"]
    (own,) = market(cast.head("OPS")).offers
    assert (own.amount, own.may_withdraw) == (1000, True)
    assert market(cast.head("OPS")).needs == []
    client = Client()
    client.force_login(cast.head("IT"))
    page = client.get(reverse("funding:market")).content.decode()
    assert "withheld" in page
    assert "1,000.00" not in page
    assert Listing.objects.visible_to(cast.contributor("IT")).count() == 0


def test_only_who_leads_the_department_publishes_and_withdraws(cast: Cast, pools: Treasury) -> None:
    for by in (cast.head("IT"), cast.cxo, cast.finance, cast.contributor("OPS")):
        assert "Only who leads" in refusal(lambda by=by: offer(pools, by=by))
    assert "free" in refusal(lambda: offer(pools, "1000.01"))
    with pytest.raises(BadInput, match="from today on"):
        Listing.objects.publish(pools.pool("OPS"), Want.NEED, Decimal(1), date(2026, 11, 19), by=cast.head("OPS"), reason="x")
    with pytest.raises(BadInput, match="reason"):
        Listing.objects.publish(pools.pool("OPS"), Want.NEED, Decimal(1), UNTIL, by=cast.head("OPS"), reason=" ")
    assert Listing.objects.count() == 0
    listing = offer(pools)
    assert "withdraw it first" in refusal(lambda: offer(pools, "1.00"))
    offer(pools, "9999.00", want=Want.NEED)
    assert "Only who leads" in refusal(lambda: listing.withdraw(by=cast.cxo, reason="No"))
    listing.withdraw(by=cast.deputy("OPS"), reason="Needed here")
    assert Event.objects.about(listing).latest("pk").reason == "Needed here"
    assert refusal(lambda: listing.withdraw(by=cast.head("OPS"), reason="Again")) == "It is withdrawn already."
    offer(pools, "1.00")
    with clock.at(datetime(2026, 12, 16, 9, tzinfo=UTC)):
        assert Listing.objects.standing().count() == 0
        assert not market(cast.head("IT")).offers


def test_the_database_keeps_what_is_published(cast: Cast, pools: Treasury) -> None:
    listing = offer(pools)
    add = (
        "INSERT INTO funding_listing (pool_id, want, amount, until, reason, by_id, at)"
        " SELECT pool_id, want, %s, until, %s, %s, at FROM funding_listing WHERE id = %s"
    )
    for by in (cast.head("IT"), cast.cxo, cast.finance):
        assert refused(add, 1, "x", by.pk, listing.pk) == "published_by_its_holder"
    assert refused(add, 0, "x", listing.by_id, listing.pk) == "listed_amounts_are_positive"
    assert refused(add, 1, "", listing.by_id, listing.pk) == "listed_for_a_reason"
    assert refused(add, 1, "x", cast.deputy("OPS").pk, listing.pk) is None  # the control
    for change in ("amount = 1", "until = until + 1", "reason = 'y'", "want = 'need'"):
        assert refused(f"UPDATE funding_listing SET {change}") == "what_is_published_stays"
    assert "Cannot delete" in str(refused("DELETE FROM funding_listing"))


def test_the_page_publishes_withdraws_and_asks_no_more_for_more_pools(
    cast: Cast, pools: Treasury, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.head("OPS"))
    form = {"want": "offer", "amount": "300", "until": "2026-12-15", "reason": "Fewer flights."}
    publish = reverse("funding:listing_publish", args=[pools.pool("OPS").pk])
    assert client.post(publish, {**form, "amount": "1001"}).status_code == 409
    assert client.post(publish, {**form, "want": "wish"}).status_code == 422
    assert Listing.objects.count() == 0
    assert client.post(publish, form).status_code == 302
    assert "Fewer flights." in client.get(reverse("funding:market")).content.decode()
    for code in ("HR", "MKT", "SEC"):
        pools.pool(code)
    client.force_login(cast.finance)
    client.get(reverse("funding:market"))
    with django_assert_max_num_queries(16):
        assert len(client.get(reverse("funding:market")).context["report"].offers) == 4
    client.force_login(cast.head("OPS"))
    url = reverse("funding:listing_withdraw", args=[Listing.objects.get().pk])
    assert client.post(url, {"reason": "Needed here"}).status_code == 302
    assert not Listing.objects.standing().exists()


def test_nothing_on_the_market(cast: Cast, treasury: Treasury, client: Client) -> None:
    client.force_login(cast.head("OPS"))
    assert "Nothing is offered or needed" in client.get(reverse("funding:market")).content.decode()
