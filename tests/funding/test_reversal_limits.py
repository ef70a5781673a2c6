"""A reversal is judged by the limit of who reverses, and, where it promises or pays again, by those of the pools."""

from decimal import Decimal
from uuid import uuid4

import pytest

from initiatives.core.models import Event
from initiatives.funding import books
from initiatives.funding.models import CostObject, Journal
from initiatives.funding.models.crediting import credit
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.test_limits import limit
from tests.pools import kept
from tests.refusals import refusal, refused

WHY = "The wrong order"
BACK = """
    INSERT INTO funding_journal (act, at, "on", by_id, memo, key, content, over_limit, because, reverses_id)
    VALUES ('reversed', now(), current_date, %(by)s, 'x', %(key)s, '', false, '', %(entry)s)"""


@pytest.fixture
def thing(cast: Cast, treasury: Treasury) -> CostObject:
    """What has 900 of the 1,000 of OPS, 300 of it committed."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="900.00")
    thing.commit(treasury.pool("OPS"), Decimal(300), by=cast.finance, memo="PO 17")
    return thing


def test_nobody_reverses_more_than_their_limit_reaches(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    order = Journal.objects.latest("pk")
    limit(cast, "finance", "299.99", person=cast.second_finance)
    assert refusal(lambda: order.reverse(by=cast.second_finance, reason=WHY)) == (
        "300.00 EUR is beyond the limit of Felix Finance; somebody in finance whose limit reaches it can reverse this."
    )
    for by in (cast.second_finance, cast.cxo):
        assert refused(BACK, by=by.pk, key=uuid4(), entry=order.pk) == "reversed_within_authority"
    thing.refresh_from_db()
    assert (thing.committed, Journal.objects.filter(act="reversed").count()) == (300, 0)
    limit(cast, "finance", "300.00", person=cast.second_finance)
    order.reverse(by=cast.second_finance, reason=WHY)
    thing.refresh_from_db()
    assert (thing.committed, books.verify().right) == (0, True)


def test_a_reversal_that_promises_again_is_judged_by_the_pools_limit(cast: Cast, treasury: Treasury, thing: CostObject) -> None:
    pool = treasury.pool("OPS")
    given_up = thing.decommit(pool, Decimal(100), by=cast.finance, memo=WHY)
    kept(cast, pool, post_control="stop", post_limit=25, post_tolerance=0)
    back = given_up.reverse(by=cast.second_finance, reason="It was the right one")
    assert (back.over_limit, back.because) == (True, "It was the right one")
    assert Event.objects.about(thing).get(verb="funding.costobject.let_pass").changes["journal"] == back.pk
    again = thing.decommit(pool, Decimal(100), by=cast.finance, memo=WHY)
    CostObject.objects.filter(pk=thing.pk).update(owner=cast.second_finance)
    assert "does not post beyond" in refusal(lambda: again.reverse(by=cast.second_finance, reason="Mine"))
    thing.refresh_from_db()
    assert thing.committed == 200


def test_within_the_pools_limit_nothing_is_marked_and_what_frees_money_is_not_judged(
    cast: Cast, treasury: Treasury, thing: CostObject
) -> None:
    pool = treasury.pool("OPS")
    spent = thing.spend(pool, Decimal(100), by=cast.finance)
    returned = credit(thing, Decimal(100), by=cast.finance)
    kept(cast, pool, post_control="stop", post_limit=10, post_tolerance=0)
    assert returned.reverse(by=cast.second_finance, reason=WHY).over_limit is False  # 100 spent are 10 % of 1,000
    kept(cast, pool, post_limit=9)
    assert spent.reverse(by=cast.second_finance, reason=WHY).over_limit is False
