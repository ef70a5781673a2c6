"""A department has several pools in a year: the plain one, and others that say by their name what they are for."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding import books, reports
from initiatives.funding.models import ApprovalLimit, BudgetChange, FundingRequest, Journal, Pool, Virement
from initiatives.funding.reports import flags_page
from initiatives.funding.reports.department_year import Look, department_year
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept, opened

RETENTION = "Retention fund"


@pytest.fixture
def fund(cast: Cast, treasury: Treasury) -> Pool:
    """A second pool of OPS, with 400 in it, beside its plain one."""
    treasury.pool("OPS")
    year, ops = treasury.year, cast.department("OPS")
    return opened(cast, year, ops, Decimal(400), by=cast.second_finance, name=RETENTION)


def test_a_second_pool_of_a_department_says_its_name(cast: Cast, treasury: Treasury, fund: Pool) -> None:
    plain = treasury.pool("OPS")
    assert (str(plain), str(fund)) == (f"{plain.department} 2026", f"{fund.department} · Retention fund 2026")
    assert (plain.free, fund.free) == (1000, 400)
    treasury.pool("")
    other = opened(cast, treasury.year, None, Decimal(1), by=cast.second_finance, name="Reserve")
    assert [str(pool) for pool in Pool.objects.in_order()] == ["Central pool 2026", str(other), str(plain), str(fund)]
    assert str(other) == "Central pool · Reserve 2026"


@pytest.mark.parametrize("name", [RETENTION, "  retention   FUND ", ""])
def test_the_same_pool_is_opened_once(cast: Cast, treasury: Treasury, fund: Pool, name: str) -> None:
    before = Pool.objects.count(), BudgetChange.objects.count()
    with pytest.raises(RuleBroken, match="open already; propose to raise"):
        BudgetChange.objects.open_pool(treasury.year, fund.department, Decimal(5), by=cast.cxo, reason="Again", name=name)
    assert (Pool.objects.count(), BudgetChange.objects.count()) == before


def test_the_database_keeps_names_apart_and_as_they_are(treasury: Treasury, fund: Pool) -> None:
    for name in ("RETENTION fund", ""):
        with pytest.raises(IntegrityError, match="one_pool_of_a_name"), transaction.atomic():
            Pool.objects.create(year=fund.year, department=fund.department, name=name)
    with pytest.raises(IntegrityError, match="stands for does not change"), transaction.atomic():
        Pool.objects.filter(pk=fund.pk).update(name="Bonus fund")
    fund.refresh_from_db()
    assert (fund.name, Pool.objects.count()) == (RETENTION, 2)


def test_each_pool_gives_its_own_money(cast: Cast, treasury: Treasury, fund: Pool) -> None:
    """Two pools of one department are two approvals, which one person does not give both."""
    thing, plain = treasury.cost_object(), treasury.pool("OPS")
    lines = [(plain, Decimal(300)), (fund, Decimal(400))]
    request = FundingRequest.objects.draft(thing, lines=lines, purpose="Self-service kiosks", by=thing.owner)
    request.submit(by=thing.owner)
    request.approve(by=cast.head("OPS"), pool=fund)
    with pytest.raises(RuleBroken, match="Nobody approves a request twice"):
        request.approve(by=cast.head("OPS"), pool=plain)
    request.approve(by=cast.cxo)
    request.approve(by=cast.finance)
    thing.commit(fund, Decimal(400), by=cast.finance, memo="PO 17")
    plain.refresh_from_db()
    fund.refresh_from_db()
    assert [(pool.free, pool.allocated, pool.committed) for pool in (plain, fund)] == [(700, 300, 0), (0, 400, 400)]
    assert books.verify().right


def test_money_moves_between_pools_of_one_department_by_two(cast: Cast, treasury: Treasury, fund: Pool) -> None:
    plain, head = treasury.pool("OPS"), cast.head("OPS")
    virement = Virement.objects.propose(plain, fund, Decimal(100), reason="More who stay", by=head)
    with pytest.raises(RuleBroken, match="Nobody agrees for both sides"):
        Virement.objects.with_pools().get(pk=virement.pk).agree(by=head)
    fund.refresh_from_db()
    assert fund.free == 400
    Virement.objects.with_pools().get(pk=virement.pk).agree(by=cast.cxo)
    fund.refresh_from_db()
    assert (fund.free, books.verify().right) == (500, True)


def test_slices_of_two_pools_of_one_department_are_flagged(cast: Cast, treasury: Treasury, fund: Pool) -> None:
    limit = ApprovalLimit.objects.propose(kind="head", amount=Decimal(100), reason="Rule", by=cast.administrator)
    limit.confirm(by=cast.cxo)
    thing = treasury.cost_object()
    asked = []
    for pool in (treasury.pool("OPS"), fund):
        request = FundingRequest.objects.draft(thing, lines=[(pool, Decimal(60))], purpose="Kiosks", by=thing.owner)
        request.submit(by=thing.owner)
        request.approve(by=cast.head("OPS"))
        asked.append(request)
    (flag,) = flags_page(cast.auditor).slices
    assert ([row.thing for row in flag.rows], flag.total) == (asked, 120)


def test_pages_tell_the_pools_of_a_department_apart(cast: Cast, treasury: Treasury, fund: Pool, client: Client) -> None:
    kept(cast, fund, nature="capex")
    head, ops = cast.head("OPS"), cast.department("OPS")
    year = department_year(head, ops, [treasury.year], treasury.year, Look())
    assert ([pool.name for pool in year.pools.rows], year.pools.totals["free"]) == (["", RETENTION], 1400)
    assert reports.pools(head, [treasury.year], treasury.year).totals["free"] == 1400
    client.force_login(head)
    for page in (reverse("funding:pools"), reverse("funding:pool", args=[fund.pk]), reverse("funding:journal")):
        assert f"{ops} · Retention fund" in client.get(page).content.decode(), page


def test_the_cxo_opens_a_second_pool_on_the_page(cast: Cast, treasury: Treasury, fund: Pool, client: Client) -> None:
    client.force_login(cast.cxo)
    page, ops = reverse("funding:pool_open"), fund.department_id
    typed = {"year": treasury.year.pk, "department": ops, "amount": "50", "currency": "EUR", "reason": "The board of May"}
    again = client.post(page, {**typed, "name": "retention fund"})
    assert (again.status_code, Pool.objects.count(), Journal.objects.count()) == (409, 2, 2)
    assert "is open already" in again.content.decode()
    too_long = client.post(page, {**typed, "name": "x" * 61})
    assert (too_long.status_code, Pool.objects.count()) == (422, 2)
    assert client.post(page, {**typed, "name": "Bonus fund"}).status_code == 302
    assert Pool.objects.get(name="Bonus fund").department_id == ops
