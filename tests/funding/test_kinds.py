"""Capital and operating expenditure are kept apart, and a pool gives for some stages only."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding import above, books, reports
from initiatives.funding.above import Aims
from initiatives.funding.models import Account, ControlChange, CostObject, Exemption, FundingRequest, Pool
from initiatives.journey.models import Stage
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept
from tests.refusals import refused


def pays(cast: Cast, pool: Pool, nature: str) -> None:
    kept(cast, pool, control="off", nature=nature)


def drafted(treasury: Treasury, thing: CostObject, pool: Pool, amount: str, nature: str) -> FundingRequest:
    assert thing.owner
    line = (pool, Decimal(amount), nature)
    return FundingRequest.objects.draft(thing, lines=[line], purpose="Kiosks", by=thing.owner)


def given(cast: Cast, treasury: Treasury, thing: CostObject, **amounts: str) -> None:
    """Money of OPS by kind, through all approvals."""
    for nature, amount in amounts.items():
        request = drafted(treasury, thing, treasury.pool("OPS"), amount, nature)
        request.submit(by=request.requester)
        request.approve(by=cast.head("OPS"))
        request.approve(by=cast.second_finance)
    thing.refresh_from_db()


def balances(thing: CostObject) -> dict[str, Decimal]:
    rows = Account.objects.filter(cost_object=thing).exclude(balance=0)
    return {f"{row.nature} {row.kind}": row.balance for row in rows}


def test_what_is_spent_keeps_the_kind_for_which_it_was_given(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    given(cast, treasury, thing, capex="300.00", opex="100.00")
    with pytest.raises(BadInput, match="several kinds"):
        thing.commit(pool, Decimal(50), by=cast.finance)
    with pytest.raises(RuleBroken, match=r"not committed are 100\.00"):  # never out of the other kind
        thing.commit(pool, Decimal(101), by=cast.finance, nature="opex")
    thing.commit(pool, Decimal(200), by=cast.finance, nature="capex")
    thing.spend(pool, Decimal(150), by=cast.finance)  # only capital expenditure is committed
    thing.release(pool, Decimal(40), by=cast.finance, nature="opex")
    assert balances(thing) == {
        "capex allocated": 100, "capex committed": 50, "capex spent": 150, "opex allocated": 60,
    }  # fmt: skip
    assert books.verify().right


def test_an_actual_that_all_share_is_shared_by_kind_too(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    given(cast, treasury, thing, capex="300.00", opex="100.00")
    for nature, amount in (("capex", 300), ("opex", 100)):
        thing.commit(pool, Decimal(amount), by=cast.finance, nature=nature)
    thing.spend(None, Decimal(200), by=cast.finance)
    assert balances(thing) == {"capex committed": 150, "capex spent": 150, "opex committed": 50, "opex spent": 50}
    thing.spend(None, Decimal(10), by=cast.finance, nature="opex")
    assert balances(thing)["opex spent"] == 60


def test_a_pool_of_one_kind_pays_no_other(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    before = drafted(treasury, thing, pool, "20.00", "opex")
    pays(cast, pool, "capex")
    with pytest.raises(RuleBroken, match="pays capital expenditure only"):
        drafted(treasury, thing, pool, "10.00", "opex")
    with pytest.raises(RuleBroken, match="pays capital expenditure only"):
        before.submit(by=before.requester)
    with pytest.raises(RuleBroken, match="not lifted"):
        Exemption.objects.exempt(before, by=cast.finance, reason="Now")
    to_submit = "UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s"
    assert refused(to_submit, before.pk) == "pool_pays_one_kind"
    account = "INSERT INTO funding_account (pool_id, cost_object_id, kind, nature, balance) VALUES (%s, %s, 'spent', 'opex', 0)"
    assert refused(account, pool.pk, thing.pk) == "pool_pays_one_kind"
    request = treasury.funded(thing, OPS="30.00")  # nobody said the kind: it is the pool's
    assert request.lines.get().nature == "capex"
    assert balances(thing) == {"capex allocated": 30}


def test_a_pool_that_gave_one_kind_does_not_become_of_the_other(cast: Cast, treasury: Treasury) -> None:
    given(cast, treasury, treasury.cost_object(), opex="10.00")
    with pytest.raises(RuleBroken, match="another kind already"):
        pays(cast, treasury.pool("OPS"), "capex")
    assert (treasury.pool("OPS").nature, ControlChange.objects.count()) == ("", 0)
    pays(cast, treasury.pool("OPS"), "opex")


def test_what_a_pool_gave_after_the_proposal_is_seen_by_the_database(cast: Cast, treasury: Treasury) -> None:
    change = ControlChange.objects.propose(treasury.pool("OPS"), by=cast.finance, reason="One kind only", nature="capex")
    given(cast, treasury, treasury.cost_object(), opex="10.00")
    with pytest.raises(IntegrityError, match="another kind already"), transaction.atomic():
        change.confirm(by=cast.second_finance)
    assert treasury.pool("OPS").nature == ""


def test_money_never_changes_its_kind_by_sql(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    given(cast, treasury, thing, capex="30.00", opex="30.00")
    account = {(row.kind, row.nature): row.pk for row in thing.accounts.all()}
    journal = thing.commit(pool, Decimal(1), by=cast.finance, nature="capex")
    move = "INSERT INTO funding_transfer (journal_id, source_id, target_id, amount) VALUES (%s, %s, %s, 1)"
    assert refused(move, journal.pk, account["allocated", "opex"], account["committed", "capex"]) == "only_legal_moves"
    assert refused("UPDATE funding_account SET nature = 'opex' WHERE nature = 'capex'") == "money_stays_where_it_was_put"


def test_a_pool_gives_for_its_stages_only(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> None:
    fly, buy = (Stage.objects.create(title=title, kind="post_sale", position=n) for n, title in enumerate(("Fly", "Buy"), 1))
    pool, thing, aims = treasury.pool("OPS"), treasury.cost_object(), dict[int, Aims]()
    monkeypatch.setattr(above, "_aiming", [lambda ids: aims])
    early = treasury.draft(thing, OPS="10.00")
    kept(cast, pool, control="off", for_stages={fly})
    for found in ({}, {thing.pk: Aims()}, {thing.pk: Aims(frozenset({buy.pk}))}):
        aims |= found
        with pytest.raises(RuleBroken, match="gives money only for Fly"):
            treasury.draft(thing, OPS="10.00")
        with pytest.raises(RuleBroken, match="gives money only for Fly"):
            early.submit(by=early.requester)
    aims[thing.pk] = Aims(frozenset({buy.pk, fly.pk}))
    early.submit(by=early.requester)
    early.approve(by=cast.head("OPS"))
    aims[thing.pk] = Aims(frozenset({buy.pk}))
    with pytest.raises(RuleBroken, match="gives money only for Fly"):  # what it is for changed after the first approval
        early.approve(by=cast.finance)
    assert treasury.pool("OPS").allocated == 0
    aims[thing.pk] = Aims(frozenset({fly.pk}))
    early.approve(by=cast.finance)
    assert treasury.pool("OPS").allocated == 10


def test_a_pool_gives_for_its_types_only(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, thing, finance = treasury.pool("OPS"), treasury.cost_object(), Client()
    aims = {thing.pk: Aims()}
    monkeypatch.setattr(above, "_aiming", [lambda ids: aims])
    finance.force_login(cast.finance)
    control = {"control": "off", "tolerance": "0", "alert_levels": "80", "post_control": "off", "post_limit": "100"}
    control |= {"post_tolerance": "0", "for_types": ["it", "people"], "version": str(pool.version), "reason": "For systems"}
    address = reverse("funding:pool_control", args=[pool.pk])
    assert finance.post(address, control | {"for_types": ["it", "magic"]}).status_code == 422
    assert treasury.pool("OPS").for_types == []
    assert finance.post(address, control).status_code == 302
    assert treasury.pool("OPS").for_types == []  # it is proposed
    ControlChange.objects.get().confirm(by=cast.second_finance)
    for kind in ("", "process"):
        aims[thing.pk] = Aims(type=kind)
        with pytest.raises(RuleBroken, match="only for initiatives of the type IT or People"):
            treasury.draft(thing, OPS="10.00")
    assert "initiatives of these types only: IT, People" in finance.get(pool.get_absolute_url()).content.decode()
    aims[thing.pk] = Aims(type="it")
    treasury.funded(thing, OPS="10.00")
    assert treasury.pool("OPS").allocated == 10


def test_the_pages_keep_the_kinds_apart(cast: Cast, treasury: Treasury) -> None:
    pool, thing, finance, owner = treasury.pool("OPS"), treasury.cost_object(), Client(), Client()
    finance.force_login(cast.finance)
    owner.force_login(thing.owner)
    address = reverse("funding:request_draft", args=[thing.pk])
    key = owner.get(address).context["form"].initial.get("key") or "7d9f1d6e-6a93-4d0e-bb8e-5d1f6a1f9b10"
    form = {"key": str(key), "purpose": "Kiosks", f"pool-{pool.pk}": "5.00", "nature": "capex"}
    assert owner.post(address, form).status_code == 302
    assert FundingRequest.objects.get().lines.get().nature == "capex"
    given(cast, treasury, thing, capex="300.00", opex="100.00")
    thing.commit(pool, Decimal(200), by=cast.finance, nature="capex")
    rows = reports.pool_page(cast.finance, pool).natures
    assert [(row.nature, row.allocated, row.committed) for row in rows] == [("opex", 100, 0), ("capex", 300, 200)]
    assert "Capital expenditure" in finance.get(pool.get_absolute_url()).content.decode()
    spend = {"key": "8d9f1d6e-6a93-4d0e-bb8e-5d1f6a1f9b10", "pool": pool.pk, "amount": "50.00", "nature": "opex"}
    page = finance.post(reverse("funding:commit", args=[thing.pk]), spend)
    assert page.status_code == 302
    assert balances(thing)["opex committed"] == 50
    chosen = {"version": "1", "reason": "Savings", "control": "off", "tolerance": "0", "alert_levels": "80", "nature": "opex"}
    chosen |= {"post_control": "off", "post_limit": "100", "post_tolerance": "0"}
    page = finance.post(reverse("funding:pool_control", args=[pool.pk]), chosen)
    assert (page.status_code, treasury.pool("OPS").nature) == (409, "")
    assert "another kind already" in page.content.decode()
