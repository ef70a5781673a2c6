"""The rest of an order is given up: it is allocated again, for a reason, and then committed anew or released."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.funding import books, news
from initiatives.funding.above import Name
from initiatives.funding.models import Account, CostObject, FiscalYear, Journal, Period
from initiatives.funding.models.crediting import credit
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import spent
from tests.pools import kept
from tests.refusals import refusal, refused
from tests.tampering import held

REASON = "PO 17: invoiced for 90"


@pytest.fixture
def thing(cast: Cast, treasury: Treasury) -> CostObject:
    """120 of OPS: 100 ordered, 90 invoiced and paid, 20 never ordered."""
    thing, pool = treasury.cost_object(), treasury.pool("OPS")
    treasury.funded(thing, OPS="120.00")
    thing.commit(pool, Decimal(100), by=cast.finance, memo="PO 17")
    thing.spend(pool, Decimal(90), by=cast.finance)
    return thing


def test_the_rest_of_an_order_goes_back_and_the_year_closes(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    pool, key = treasury.pool("OPS"), uuid4()
    with clock.at(datetime(2027, 1, 5, 9, tzinfo=UTC)):
        last = Period.objects.with_people().get(number=12)
        assert "decommit and release the rest first" in refusal(lambda: last.propose(by=cast.finance))  # the control
        rest = thing.decommit(pool, Decimal(10), by=thing.owner, memo=REASON, key=key)
        assert (rest.act, rest.memo, rest.get_act_display()) == ("decommitted", REASON, "Decommitted")
        assert thing.decommit(pool, Decimal(10), by=thing.owner, memo=REASON, key=key) == rest
        assert (spent(thing), thing.uncommitted) == (("0.00", "90.00"), 30)
        assert [treasury.pool("OPS").committed, treasury.pool("OPS").uncommitted] == [0, 30]
        thing.release(pool, Decimal(30), by=thing.owner)
        thing.refresh_from_db()
        assert (thing.allocated, treasury.pool("OPS").free) == (90, 910)  # nothing is left: the initiative can end
        last = Period.objects.with_people().get(number=12)
        last.propose(by=cast.finance)
        last.close(by=cast.second_finance)
        assert FiscalYear.objects.get().is_closed
    event = Event.objects.about(thing).get(verb="funding.costobject.decommitted")
    assert (event.actor, event.reason) == (thing.owner, REASON)
    assert not [row for row in news.changes(rest.on) if row.journal_id == rest.pk]  # as little as of a commitment
    assert books.verify().right


def test_who_and_how_much_and_why(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    pool = treasury.pool("OPS")

    def decommit(by: Any = cast.finance, amount: str = "10.00", memo: str = REASON) -> Journal:
        return thing.decommit(pool, Decimal(amount), by=by, memo=memo)

    for person in (cast.cxo, cast.head("OPS"), cast.contributor("MKT"), cast.administrator):
        assert refusal(lambda person=person: decommit(person)) == "Only the owner or finance decommits this money."
    assert refusal(lambda: decommit(memo="  ")) == "Say why this money is not spent after all."
    assert refusal(lambda: decommit(amount="10.01")) == (
        "Committed and not spent are 10.00 EUR from Ops department 2026; 10.01 is more."
    )
    assert spent(thing) == ("10.00", "90.00")


def test_in_a_closed_period_nothing_is_decommitted(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    third = Period.objects.with_people().get(number=3)
    third.propose(by=cast.finance)
    third.close(by=cast.second_finance)
    march, pool = date(2026, 3, 10), treasury.pool("OPS")
    assert "only reversals" in refusal(lambda: thing.decommit(pool, Decimal(1), by=cast.finance, memo=REASON, on=march))
    assert told("committed", "allocated", cast.finance.pk, on=march) == "closed_periods_take_reversals"
    assert thing.decommit(pool, Decimal(1), by=cast.finance, memo=REASON).on > march


def test_another_person_reverses_it_unless_it_is_used_or_held(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    pool = treasury.pool("OPS")
    rest = thing.decommit(pool, Decimal(10), by=cast.finance, memo=REASON)
    assert "does not reverse it" in refusal(lambda: rest.reverse(by=cast.finance, reason="Another invoice comes"))
    order = thing.commit(pool, Decimal(25), by=cast.finance)
    assert "has moved on since" in refusal(lambda: rest.reverse(by=cast.second_finance, reason="Another invoice comes"))
    order.reverse(by=cast.second_finance, reason="Never ordered")
    thing.refresh_from_db()
    held(thing, Decimal(25))
    assert refusal(lambda: rest.reverse(by=cast.second_finance, reason="Another invoice comes")) == (
        "EUR 5.00 is open; 25.00 is held until a gate lets it go."
    )
    held(thing, Decimal(20))
    rest.reverse(by=cast.second_finance, reason="Another invoice comes")
    held(thing, Decimal(0))
    assert spent(thing) == ("10.00", "90.00")
    assert books.verify().right


def test_a_credit_note_is_given_up_as_well_and_no_limit_refuses_it(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    pool = treasury.pool("OPS")
    credit(thing, Decimal(15), by=cast.finance, memo="Returned")
    kept(cast, pool, post_control="stop", post_limit=1, post_tolerance=0)
    assert "beyond the limit" in refusal(lambda: thing.commit(pool, Decimal(1), by=cast.finance))  # the control
    rest = thing.decommit(pool, Decimal(25), by=cast.finance, memo=REASON)
    assert (rest.over_limit, spent(thing)) == (False, ("0.00", "75.00"))


POST = """
    WITH book AS (
        INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content)
        VALUES ('decommitted', now(), %s, %s, %s, gen_random_uuid(), '') RETURNING id)
    INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
    SELECT book.id, source.id, target.id, %s FROM book, funding_account source, funding_account target
    WHERE source.kind = %s AND source.balance > 0 AND target.kind = %s
"""


def told(source: str, target: str, by: int, amount: int = 1, memo: str = REASON, on: date = date(2026, 11, 22)) -> str | None:
    """The constraint by which the database refuses it by SQL, if it does."""
    return refused(POST, on, by, memo, amount, source, target)


def test_the_database_says_the_same(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    by = cast.finance.pk
    for source, target in (
        ("spent", "allocated"),
        ("committed", "available"),
        ("committed", "spent"),
        ("allocated", "committed"),
    ):
        assert told(source, target, by) == "only_legal_moves"
    assert told("committed", "allocated", by, amount=11) == "account_not_negative"
    assert told("committed", "allocated", by, memo="") == "decommitted_for_a_reason"
    assert told("committed", "allocated", by) is None
    assert books.verify().right


def test_the_page_asks_for_the_reason_and_shows_the_entry(
    cast: Cast, treasury: Treasury, thing: CostObject, named: dict[int, Name]
) -> None:
    named[thing.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    client, act, page = Client(), reverse("funding:decommit", args=[thing.pk]), thing.get_absolute_url()
    client.force_login(cast.cxo)
    assert "Lower or give up a commitment" not in client.get(page).content.decode()
    client.force_login(cast.finance)
    assert "Lower or give up a commitment" in client.get(page).content.decode()
    form = {"pool": treasury.pool("OPS").pk, "amount": "10.00", "memo": "", "key": str(uuid4())}
    refused = client.post(act, form)
    assert (refused.status_code, refused.context["forms"]["decommit"].errors.keys()) == (422, {"memo"})
    for _ in range(2):
        assert client.post(act, {**form, "memo": REASON}).status_code == 302
    assert Account.objects.get(cost_object=thing, kind="committed").balance == 0
    shown = client.get(page).content.decode()
    assert "Decommitted" in shown
    assert "Lower or give up a commitment" not in shown  # nothing of it is left
    assert REASON in shown
