"""What a reversal brings back in a closed year goes back to its pool, by finance and with a reason, and is used no more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.funding import books
from initiatives.funding.models import Account, CostObject, FiscalYear, Journal, Period, Pool, Virement
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import spent
from tests.refusals import refusal, refused

REASON = "The kiosks were never delivered"
LAST = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def next_january() -> Iterator[None]:
    with clock.at(datetime(2027, 1, 20, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def thing(cast: Cast, treasury: Treasury) -> CostObject:
    """600 of OPS: 400 ordered and paid in two invoices, 200 given back; the year closed."""
    thing, pool, _ = treasury.cost_object(), treasury.pool("OPS"), treasury.pool("IT")
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal(400), by=cast.finance)
    for amount in (300, 100):
        thing.spend(pool, Decimal(amount), by=cast.finance)
    thing.release(pool, Decimal(200), by=cast.finance)  # the control: open it needs no reason
    last = Period.objects.with_people().get(number=12)
    last.propose(by=cast.finance)
    last.close(by=cast.second_finance)
    assert FiscalYear.objects.get().is_closed
    return thing


def came_back(cast: Cast, amount: int) -> None:
    entry = Journal.objects.get(act="spent", transfers__amount=amount)
    entry.reverse(by=cast.second_finance, reason="Never delivered")


POST = """
    WITH book AS (
        INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content)
        VALUES ('released', now(), %s, %s, %s, gen_random_uuid(), '') RETURNING id)
    INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
    SELECT book.id, source.id, target.id, 1 FROM book, funding_account source, funding_account target
    WHERE source.kind = %s AND source.balance > 0 AND target.kind = 'available' AND target.pool_id = source.pool_id
"""


def test_finance_gives_back_what_a_reversal_brought_back(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    came_back(cast, 100)
    pool, key = treasury.pool("OPS"), uuid4()
    assert spent(thing) == ("100.00", "300.00")
    back = thing.release(pool, Decimal(100), by=cast.finance, memo=REASON, key=key)
    assert (back.act, back.on, back.memo) == ("released", LAST, REASON)
    assert (spent(thing), thing.allocated) == (("0.00", "300.00"), 300)  # nothing is left: the initiative can end
    assert [treasury.pool("OPS").free, treasury.pool("OPS").committed] == [700, 0]
    assert thing.release(pool, Decimal(100), by=cast.finance, memo=REASON, key=key) == back
    assert books.verify().right


def test_what_is_allocated_goes_back_before_what_is_committed(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    for amount in (300, 100):
        came_back(cast, amount)
    Journal.objects.get(act="committed").reverse(by=cast.second_finance, reason="Never ordered")
    assert thing.accounts.get(kind="allocated").balance == 400
    thing.release(treasury.pool("OPS"), Decimal(400), by=cast.finance, memo=REASON)
    assert (treasury.pool("OPS").free, treasury.pool("OPS").allocated) == (1000, 0)
    assert books.verify().right


def test_who_and_how_much_and_why(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    came_back(cast, 100)
    pool = treasury.pool("OPS")

    def release(by: Any = cast.finance, amount: str = "100.00", memo: str = REASON, **more: Any) -> Journal:
        return thing.release(pool, Decimal(amount), by=by, memo=memo, **more)

    for person in (thing.owner, cast.cxo):
        assert refusal(lambda person=person: release(person)) == (
            "2026 is closed; only finance gives back what came of it by a reversal."
        )
    assert refusal(lambda: release(cast.head("IT"))) == "Only the owner, the CXO or finance gives money back."
    assert refusal(lambda: release(memo=" ")) == "2026 is closed. Say why its money is given back."
    assert refusal(lambda: release(amount="100.01")) == (
        "Given and not spent are 100.00 EUR from Ops department 2026; 100.01 is more."
    )
    assert "outside the fiscal year" in refusal(lambda: release(on=date(2027, 1, 20)))
    assert treasury.pool("OPS").free == 600


def test_it_is_never_used_again(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    came_back(cast, 100)
    pool = treasury.pool("OPS")
    only = "2026 is closed through 2026-12-31; only reversals are posted there."
    assert refusal(lambda: thing.spend(pool, Decimal(1), by=cast.finance)) == only
    assert refused(POST, LAST, cast.finance.pk, "", "committed") == "closed_periods_take_reversals"
    assert refused(POST, LAST, cast.finance.pk, REASON, "spent") == "only_legal_moves"
    thing.release(pool, Decimal(100), by=cast.finance, memo=REASON)
    assert pool not in Pool.objects.open_to_requests(thing)
    request = treasury.submitted(thing, OPS="50.00")  # by whoever gets past the form
    request.approve(by=cast.head("OPS"))
    assert refusal(lambda: request.approve(by=cast.second_finance)) == only
    virement = Virement.objects.propose(pool, treasury.pool("IT"), Decimal(50), reason="A network.", by=cast.head("OPS"))
    assert refusal(lambda: virement.agree(by=cast.head("IT"))) == only


def test_in_a_closed_period_of_an_open_year_nothing_is_released(cast: Cast, treasury: Treasury) -> None:
    thing, pool = treasury.cost_object(), treasury.pool("OPS")
    treasury.funded(thing, OPS="600.00")
    thing.commit(pool, Decimal(100), by=cast.finance)
    third = Period.objects.with_people().get(number=3)
    third.propose(by=cast.finance)
    third.close(by=cast.second_finance)
    march = date(2026, 3, 10)
    assert "only reversals" in refusal(lambda: thing.release(pool, Decimal(1), by=cast.finance, memo=REASON, on=march))
    assert refused(POST, march, cast.finance.pk, REASON, "allocated") == "closed_periods_take_reversals"
    assert refused(POST, LAST, cast.finance.pk, REASON, "committed") == "only_legal_moves"
    assert thing.release(pool, Decimal(1), by=cast.finance).on == LAST  # the control: the day is open


def test_the_page_asks_for_the_reason_at_its_field(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    came_back(cast, 100)
    client, page = Client(), reverse("funding:release", args=[thing.pk])
    client.force_login(cast.finance)
    form = {"pool": treasury.pool("OPS").pk, "amount": "100.00", "memo": "", "key": str(uuid4())}
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "2026 is closed. Say why its money is given back." in refused.content.decode()
    assert client.post(page, {**form, "memo": REASON}).status_code == 302
    assert Account.objects.filter(cost_object=thing, kind="committed").get().balance == 0
