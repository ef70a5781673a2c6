"""The CXO and finance have delegates too: within their right, for some days, kept apart on both names."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding.models import Approval, ApprovalLimit, Delegation, FundingRequest, State, Virement
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

DAY = timedelta(days=1)


def named(cast: Cast, kind: str, by: User, **terms: Any) -> User:
    """Dina decides for `by`."""
    dina = cast.person("dina_delegate", "contributor", "HR")
    terms = {"starts": today(), "ends": today() + 7 * DAY, **terms}
    return Delegation.objects.appoint(None, dina, kind=kind, by=by, reason="On leave", **terms).delegate


def test_finance_has_a_delegate(cast: Cast, treasury: Treasury) -> None:
    dina = named(cast, "finance", cast.finance)
    request = treasury.submitted(treasury.cost_object(), OPS="10.00")
    assert list(FundingRequest.objects.visible_to(dina)) == [request]
    with pytest.raises(RuleBroken, match="not yours"):
        request.approve(by=dina)  # the pool comes first, and finance decides nothing there
    request.approve(by=cast.head("OPS"))
    assert request.due()[0].people == [cast.finance, cast.second_finance, dina]
    request.approve(by=dina)
    given = request.given().get(step="finance")
    assert (request.state, given.on_behalf_of) == (State.ALLOCATED, cast.finance)


def test_the_cxo_has_one_for_pools_steps_and_transfers(cast: Cast, treasury: Treasury) -> None:
    dina = named(cast, "cxo", cast.cxo)
    request = treasury.submitted(treasury.cost_object(), CENTRAL="10.00")
    request.approve(by=dina)
    assert request.given().get().on_behalf_of == cast.cxo
    moved = Virement.objects.propose(treasury.pool(""), treasury.pool("OPS"), Decimal(5), reason="Peak", by=cast.head("OPS"))
    assert list(Virement.objects.visible_to(dina)) == [moved]
    moved.agree(by=dina)
    assert moved.state == "made"
    assert cast.cxo not in request.due()[0].people


def test_neither_may_have_asked_own_or_have_approved(cast: Cast, treasury: Treasury) -> None:
    _, dina = cast.head("OPS"), named(cast, "cxo", cast.cxo)
    owned = treasury.submitted(treasury.cost_object(owner=cast.cxo), CENTRAL="10.00")
    mine = treasury.submitted(treasury.cost_object(owner=dina), CENTRAL="10.00")
    for request in (owned, mine):
        with pytest.raises(RuleBroken):
            request.approve(by=dina)
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(
                request=request, step="budget", pool=treasury.pool(), by=dina, on_behalf_of=cast.cxo, shown=request.shown()
            )
    assert not Approval.objects.exists()


def test_within_the_right_of_whom_they_stand_for_and_a_cap(cast: Cast, treasury: Treasury) -> None:
    limit = ApprovalLimit.objects.propose(
        kind="finance", person=cast.finance, amount=Decimal(100), reason="x", by=cast.administrator
    )
    limit.confirm(by=cast.cxo)
    dina = named(cast, "finance", cast.finance)
    other = cast.person("dora_delegate", "contributor", "HR")
    days = {"starts": today(), "ends": today() + DAY, "cap": Decimal(50)}
    Delegation.objects.appoint(None, other, kind="finance", by=cast.second_finance, reason="x", **days)
    above, within = (treasury.submitted(treasury.cost_object(), OPS=amount) for amount in ("101.00", "50.00"))
    for request in (above, within):
        request.approve(by=cast.head("OPS"))
    assert above.due()[0].people == [cast.second_finance]
    assert within.due()[0].people == [cast.finance, cast.second_finance, dina, other]
    for person, principal in ((dina, cast.finance), (other, cast.second_finance), (dina, cast.cxo)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(request=above, step="finance", by=person, on_behalf_of=principal, shown=above.shown())
    Role.objects.filter(person=cast.finance).update(ends=today())
    assert dina not in within.due()[0].people, "nobody stands for a role that ended"


def test_only_who_holds_the_role_names_somebody_of_the_company(cast: Cast, treasury: Treasury) -> None:
    with pytest.raises(RuleBroken, match="Only who holds the role CXO"):
        named(cast, "cxo", cast.finance)
    for person in (cast.auditor, cast.administrator, cast.nobody):
        with pytest.raises(RuleBroken, match="holds no role, audits, or administers"):
            Delegation.objects.appoint(None, person, kind="cxo", by=cast.cxo, reason="x", starts=today(), ends=today() + DAY)
    named(cast, "cxo", cast.cxo)
    with pytest.raises(RuleBroken, match="is the delegate in that time"):
        named(cast, "cxo", cast.cxo)
    facts = {"delegate": cast.person("dina_delegate"), "starts": today(), "ends": today() + DAY, "reason": "x"}
    for wrong in ({"kind": "finance", "head": cast.cxo}, {"kind": "head", "head": cast.cxo}, {"kind": "cxo", "head": cast.cxo}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(**facts, **wrong)


def test_finance_names_one_in_the_browser(cast: Cast, client: Client) -> None:
    dina = cast.person("dina_delegate", "contributor", "HR")
    client.force_login(cast.finance)
    asks = {"delegate": dina.pk, "starts": str(today()), "ends": str(today() + DAY), "reason": "On leave"}
    assert client.post(reverse("funding:delegate_name"), asks).status_code == 302
    assert Delegation.objects.get().kind == "finance"
    assert "Dina Delegate" in client.get(reverse("funding:authority")).text
