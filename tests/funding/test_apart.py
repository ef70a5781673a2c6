"""One request asks one pool for capital and operating expenditure apart: two lines, one approval, one measure of the pool."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding import above, books, reports
from initiatives.funding.above import Trial
from initiatives.funding.models import (
    Account,
    Approval,
    ApprovalLimit,
    CostObject,
    Exemption,
    FundingRequest,
    Journal,
    Pool,
    RequestLine,
    State,
    Transfer,
)
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept, raised

BOTH = (("capex", 300), ("opex", 100))


def drafted(thing: CostObject, pool: Pool, *amounts: tuple[str, int], seed: bool = False) -> FundingRequest:
    assert thing.owner
    lines = [(pool, Decimal(amount), nature) for nature, amount in amounts]
    return FundingRequest.objects.draft(thing, lines=lines, purpose="Kiosks", by=thing.owner, seed=seed)


def submitted(thing: CostObject, pool: Pool, *amounts: tuple[str, int]) -> FundingRequest:
    request = drafted(thing, pool, *amounts)
    request.submit(by=request.requester)
    return request


def test_two_lines_of_one_pool_are_one_approval_and_one_entry(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    request = submitted(thing, treasury.pool("OPS"), *reversed(BOTH))
    assert (treasury.pool("OPS").asked, books.verify().right) == (400, True)
    assert [(due.pool, due.amount) for due in request.due()] == [(treasury.pool("OPS"), 400)]
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.finance)
    pool = treasury.pool("OPS")
    assert (request.state, pool.free, pool.allocated, pool.asked) == (State.ALLOCATED, 600, 400, 0)
    assert dict(Account.objects.filter(cost_object=thing).exclude(balance=0).values_list("nature", "balance")) == dict(BOTH)
    assert (Approval.objects.count(), Transfer.objects.filter(journal__request=request).count()) == (2, 2)
    assert books.verify().right


def test_what_is_asked_and_taken_back_leaves_nothing(treasury: Treasury) -> None:
    request = submitted(treasury.cost_object(), treasury.pool("OPS"), *BOTH)
    request.withdraw(by=request.requester)
    assert (treasury.pool("OPS").asked, books.verify().right) == (0, True)


def test_each_kind_is_asked_once(treasury: Treasury) -> None:
    thing, pool = treasury.cost_object(), treasury.pool("OPS")
    with pytest.raises(BadInput, match="once for each kind"):
        drafted(thing, pool, ("capex", 1), ("opex", 2), ("capex", 3))
    request = drafted(thing, pool, *BOTH)
    with pytest.raises(IntegrityError, match="one_line_per_kind"), transaction.atomic():
        RequestLine.objects.create(request=request, pool=pool, amount=Decimal(1), nature="capex")
    assert (FundingRequest.objects.count(), RequestLine.objects.count()) == (1, 2)


def test_the_sum_is_measured_by_limits(cast: Cast, treasury: Treasury) -> None:
    """A head whose limit reaches each line does not approve both."""
    limit = ApprovalLimit.objects.propose(kind="head", amount=Decimal(300), reason="Rule", by=cast.administrator)
    limit.confirm(by=cast.cxo)
    request = submitted(treasury.cost_object(), treasury.pool("OPS"), *BOTH)
    with pytest.raises(RuleBroken, match=r"Your limit is below 400\.00 EUR"):
        request.approve(by=cast.head("OPS"))
    facts = {"request": request, "step": "budget", "pool": treasury.pool("OPS"), "shown": request.shown()}
    with pytest.raises(IntegrityError, match="limit that reaches"), transaction.atomic():
        Approval.objects.create(by=cast.head("OPS"), limit=Decimal(300), **facts)
    assert Approval.objects.count() == 0
    request.approve(by=cast.cxo)


def test_the_sum_is_measured_by_the_pools_control(cast: Cast, treasury: Treasury) -> None:
    pool, thing = treasury.pool("OPS", "350.00"), treasury.cost_object()
    kept(cast, pool, control="stop")
    request = drafted(thing, pool, *BOTH)
    with pytest.raises(RuleBroken, match="asked for more than it has to give"):
        request.submit(by=request.requester)
    with pytest.raises(IntegrityError, match="control stops the request"), transaction.atomic():
        FundingRequest.objects.filter(pk=request.pk).update(state="submitted")
    assert (treasury.pool("OPS").asked, FundingRequest.objects.get().state) == (0, State.DRAFT)
    Exemption.objects.exempt(request, by=cast.finance, reason="The board agreed")
    assert Exemption.objects.count() == 1
    request.submit(by=request.requester)
    with pytest.raises(RuleBroken, match=r"350\.00 EUR free; 400\.00 is asked"):
        request.approve(by=cast.head("OPS"))
    assert Approval.objects.count() == 0


def test_the_pool_must_have_all_of_it_in_the_end(cast: Cast, treasury: Treasury) -> None:
    request = submitted(treasury.cost_object(), treasury.pool("OPS"), *BOTH)
    request.approve(by=cast.head("OPS"))
    raised(cast, treasury.pool("OPS"), Decimal(700), by=cast.second_finance, way="cut")
    before = Journal.objects.count()
    with pytest.raises(RuleBroken, match=r"300\.00 EUR free; 400\.00 is asked"):
        request.approve(by=cast.finance)
    assert (Journal.objects.count(), treasury.pool("OPS").allocated) == (before, 0)


def test_the_page_measures_a_pool_once(cast: Cast, treasury: Treasury, client: Client) -> None:
    head = cast.head("OPS")
    request = submitted(treasury.cost_object(), treasury.pool("OPS"), *BOTH)
    report = reports.request_page(head, request)
    found = [(line.nature, line.amount, line.rows, line.after, line.others) for line in report.lines]
    assert found == [("Capital expenditure", 300, 2, 600, 0), ("Operating expenditure", 100, 0, 600, 0)]
    client.force_login(head)
    assert 'rowspan="2"' in client.get(request.get_absolute_url()).content.decode()
    home = client.get("/").content.decode()
    assert "400.00</span>; free afterwards" in home
    assert "Operating expenditure: " in home
    listed = client.get(reverse("funding:requests"), {"pool": treasury.pool("OPS").pk}).context
    assert (listed["page"].paginator.count, len(listed["rows"])) == (1, 1)
    assert [row.amount for row in reports.pool_page(head, treasury.pool("OPS")).requests] == [400]


def test_the_form_asks_for_each_kind_apart(cast: Cast, treasury: Treasury, client: Client) -> None:
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    capital = treasury.pool("IT")
    kept(cast, capital, nature="capex")
    client.force_login(thing.owner)
    page = reverse("funding:request_draft", args=[thing.pk])
    name, typed = f"pool-{pool.pk}", {"key": str(uuid4()), "purpose": "Kiosks"}
    form = client.get(page).context["form"]
    assert (f"{name}-opex" in form.fields, f"pool-{capital.pk}-opex" in form.fields) == (True, False)
    for nature in ("capex", ""):
        twice = client.post(page, {**typed, name: "5.00", f"{name}-capex": "3.00", "nature": nature})
        assert (twice.status_code, FundingRequest.objects.count()) == (422, 0)
        assert list(twice.context["form"].errors) == [f"{name}-capex"]
        assert "<details" in twice.content.decode()
    lines = {f"{name}-capex": "3.00", f"{name}-opex": "2.00", f"pool-{capital.pk}": "7.00"}
    assert client.post(page, {**typed, **lines}).status_code == 302
    found = FundingRequest.objects.get().asked_lines().values_list("pool", "nature", "amount")
    assert list(found) == [(pool.pk, "capex", 3), (pool.pk, "opex", 2), (capital.pk, "capex", 7)]


def test_a_seed_of_two_kinds_is_within_the_limit_together(
    cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = Trial("A host at the lane halves the wait.", "/initiatives/CX-001/experiments/", clock.company_day())
    monkeypatch.setattr(above, "_testing", [lambda thing: trial])
    thing = treasury.cost_object()
    kept(cast, treasury.pool("OPS"), seed_limit=Decimal(50))
    with pytest.raises(RuleBroken, match=r"with this they are 60\.00"):
        drafted(thing, treasury.pool("OPS"), ("capex", 30), ("opex", 30), seed=True)
    assert FundingRequest.objects.count() == 0
    request = drafted(thing, treasury.pool("OPS"), ("capex", 30), ("opex", 20), seed=True)
    request.submit(by=thing.owner)
    request.approve(by=cast.head("OPS"))
    assert (request.state, treasury.pool("OPS").allocated, books.verify().right) == (State.ALLOCATED, 50, True)
