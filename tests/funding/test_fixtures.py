"""Mistakes that other products' trackers know: money that was lost, shared or shown where it should not be."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connections
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding.models import CostObject, Transfer
from initiatives.funding.reports import money_panel
from tests.cast import Cast
from tests.funding.conftest import Treasury


def test_actuals_and_commitments_both_take_from_what_is_available(cast: Cast, treasury: Treasury) -> None:
    """erpnext#36610, #47611: 20 million, 11 paid, 5 ordered: 4 million are left, and not a unit more."""
    pool, thing = treasury.pool("OPS", "20000000.00"), treasury.cost_object()
    treasury.funded(thing, OPS="20000000.00")
    thing.commit(pool, Decimal(11_000_000), by=cast.finance)
    thing.spend(pool, Decimal(11_000_000), by=cast.finance)
    thing.commit(pool, Decimal(5_000_000), by=cast.finance)
    thing.refresh_from_db()
    assert thing.uncommitted == 4_000_000
    with pytest.raises(RuleBroken, match="is more"):
        thing.commit(pool, Decimal(4_000_001), by=cast.finance)
    thing.commit(pool, Decimal(4_000_000), by=cast.finance)


def test_what_was_not_budgeted_is_not_spent(cast: Cast, treasury: Treasury) -> None:
    """erpnext#6556: money of a pool that gave nothing, for something that another pool pays."""
    thing, other = treasury.cost_object(), treasury.pool("HR")
    treasury.funded(thing, OPS="100.00")
    thing.commit(treasury.pool("OPS"), Decimal(50), by=cast.finance)
    for act in ("commit", "spend", "release"):
        with pytest.raises(RuleBroken, match=r"0\.00 EUR from Hr department"):
            getattr(thing, act)(other, Decimal(1), by=cast.finance)
    assert other.spent == other.allocated == 0


def test_two_cost_objects_of_the_same_pools_never_share_an_actual(cast: Cast, treasury: Treasury) -> None:
    """erpnext#9667."""
    things = [treasury.cost_object(), treasury.cost_object(owner=cast.contributor("HR"))]
    for thing in things:
        treasury.funded(thing, OPS="100.00", HR="100.00")
        for code in ("OPS", "HR"):
            thing.commit(treasury.pool(code), Decimal(60), by=cast.finance)
    things[0].spend(None, Decimal("70.01"), by=cast.finance)
    assert [CostObject.objects.get(pk=thing.pk).spent for thing in things] == [Decimal("70.01"), 0]
    whose = Transfer.objects.filter(journal__act="spent").values_list("source__cost_object", "target__cost_object")
    assert set(whose) == {(things[0].pk, things[0].pk)}


@pytest.mark.django_db(transaction=True)
def test_children_never_take_more_than_their_parent_has_at_once(cast: Cast, treasury: Treasury) -> None:
    """TruBudget#534: two approvals at the same instant, together more than the pool has."""
    requests = [treasury.submitted(treasury.cost_object(owner=cast.contributor(code)), OPS="600.00") for code in ("OPS", "HR")]
    for request in requests:
        request.approve(by=cast.head("OPS"))
    said, together = [], Barrier(2)

    def give(request: object, by: object) -> None:
        together.wait()
        try:
            request.approve(by=by)
            said.append("allocated")
        except (RuleBroken, IntegrityError) as refused:  # by the act, or by the database where the act read the pool too early
            said.append(str(refused))
        connections.close_all()

    threads = [Thread(target=give, args=pair) for pair in zip(requests, (cast.finance, cast.second_finance), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted("allocated" in one for one in said) == [False, True], said
    assert treasury.pool("OPS").allocated == 600


def test_who_may_not_see_the_money_reads_withheld_and_never_zero(cast: Cast, treasury: Treasury) -> None:
    """openproject#20966: an amount that is not told is neither nothing nor none."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    assert "withheld" in Template("{{ amount|money:'EUR' }}").render(Context({"amount": None}))
    stranger = Client()
    stranger.force_login(cast.contributor("MKT"))
    assert stranger.get(reverse("funding:cost_object", args=[thing.pk])).status_code == 404
    panel = money_panel(cast.contributor("MKT"), thing)
    shown = Template("{% include 'funding/cost_object.html' %}").render(Context({"panel": panel}))
    assert "withheld" in shown
    assert "600" not in shown
    assert "0.00" not in shown
