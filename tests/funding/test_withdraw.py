"""Who proposed a change takes it back while nobody has decided it, with a reason; nobody else does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from initiatives.core.models import Event
from initiatives.core.rules import BadInput
from initiatives.duties.models import Obligation, Outcome
from initiatives.funding import books
from initiatives.funding.models import ApprovalLimit, BudgetChange, ControlChange, Guardrail, StepRule, Way
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refusal, refused

Proposing = Callable[[Cast, Treasury], tuple[Any, User, User]]


def control(cast: Cast, treasury: Treasury) -> tuple[Any, User, User]:
    change = ControlChange.objects.propose(treasury.pool("OPS"), by=cast.finance, reason="Savings", control="off")
    return change, cast.finance, cast.second_finance


def budget(cast: Cast, treasury: Treasury) -> tuple[Any, User, User]:
    return (
        BudgetChange.objects.propose(treasury.pool("OPS"), Way.RAISE, Decimal(5), by=cast.cxo, reason="More"),
        cast.cxo,
        cast.finance,
    )


def limit(cast: Cast, treasury: Treasury) -> tuple[Any, User, User]:
    by = cast.administrator
    return ApprovalLimit.objects.propose(kind="head", amount=Decimal(500), reason="Audit", by=by), by, cast.cxo


def step(cast: Cast, treasury: Treasury) -> tuple[Any, User, User]:
    by = cast.administrator
    return StepRule.objects.propose(signer="ceo", above=Decimal(500), reason="Audit", by=by), by, cast.cxo


def guardrail(cast: Cast, treasury: Treasury) -> tuple[Any, User, User]:
    asked = {"year": treasury.year, "share": "pre_sale", "low": 10, "high": 40}
    return Guardrail.objects.propose(by=cast.finance, reason="Balance", **asked), cast.finance, cast.cxo  # type: ignore[arg-type]  # facts by name


@pytest.mark.parametrize("propose", [control, budget, limit, step, guardrail])
def test_who_proposed_it_takes_it_back(cast: Cast, treasury: Treasury, client: Client, propose: Proposing) -> None:
    proposal, by, decides = propose(cast, treasury)
    table = proposal._meta.db_table
    assert Obligation.objects.about(proposal).open_now().exists()
    assert refusal(lambda: proposal.withdraw(by=decides, reason="No")) == "Only who proposed it takes it back."
    with pytest.raises(BadInput, match="reason"):
        proposal.withdraw(by=by, reason=" ")
    sql = f"UPDATE {table} SET state = 'withdrawn', decided_by_id = %s WHERE id = %s"
    assert refused(sql, decides.pk, proposal.pk) == "withdrawn_by_who_proposed"
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    client.force_login(by)
    page = client.get(proposal.get_absolute_url().partition("#")[0]).content.decode()
    assert proposal.withdraw_url in page
    client.force_login(decides)
    assert proposal.withdraw_url not in client.get(proposal.get_absolute_url().partition("#")[0]).content.decode()
    client.force_login(by)
    assert client.post(proposal.withdraw_url, {"reason": "A mistake"}).status_code == 302
    proposal.refresh_from_db()
    told = Event.objects.about(proposal).latest("pk")
    assert (proposal.state, proposal.decided_by, told.act, told.reason) == ("withdrawn", by, "withdrawn", "A mistake")
    assert set(Obligation.objects.about(proposal).values_list("outcome", flat=True)) == {Outcome.EXCUSED}
    assert refusal(lambda: proposal.withdraw(by=by, reason="Again")) == "It is withdrawn already."
    assert "withdrawn already" in refusal(lambda: proposal.confirm(by=decides))
    propose(cast, treasury)  # another one may be proposed at once
    assert books.verify().right


def test_what_is_decided_is_not_taken_back(cast: Cast, treasury: Treasury) -> None:
    change, by, decides = control(cast, treasury)
    change.confirm(by=decides)
    assert refusal(lambda: change.withdraw(by=by, reason="A mistake")) == "It is confirmed already."
    assert treasury.pool("OPS").control == "off"
