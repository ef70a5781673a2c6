"""A role decides up to its limit; above it the next in line is asked. Limits hold when the CXO confirmed them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models import Approval, ApprovalLimit, FundingRequest, Journal, LimitState, State
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury


def limit(cast: Cast, kind: str, amount: str | None, **more: Any) -> ApprovalLimit:
    """A limit that the CXO confirmed."""
    proposed = ApprovalLimit.objects.propose(
        kind=kind, amount=None if amount is None else Decimal(amount), reason="The board's rule", by=cast.administrator, **more
    )
    proposed.confirm(by=cast.cxo)
    return proposed


def asked(request: FundingRequest) -> list[User]:
    return [ask.person for ask in Obligation.objects.about(request).open_now().order_by("pk")]


def test_without_limits_everybody_decides_about_any_amount(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="1000.00")
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.finance)
    assert request.state == State.ALLOCATED


def test_above_the_heads_limit_the_next_in_line_decides(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    limit(cast, "head", "100.00")
    within, above = (treasury.submitted(treasury.cost_object(), OPS=amount) for amount in ("100.00", "100.01"))
    assert (asked(within), asked(above)) == ([head], [cast.cxo])
    with pytest.raises(RuleBroken, match=r"Your limit is below 100\.01 EUR\. Budget: Ops department 2026: Clara Cxo\."):
        above.approve(by=head)
    assert above.approvals.count() == 0
    within.approve(by=head)
    above.approve(by=cast.cxo)
    above.approve(by=cast.finance)
    assert above.state == State.ALLOCATED


def test_the_closest_limit_counts(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="500.00")
    limit(cast, "head", "100.00")
    assert request.due()[0].people == [deputy]
    limit(cast, "head", "500.00", department=cast.department("OPS"))
    assert request.due()[0].people == [head, deputy]
    limit(cast, "head", "499.99", person=head)
    assert (request.due()[0].people, request.due()[0].passed) == ([deputy], [head])
    limit(cast, "head", None, person=head)
    assert request.due()[0].people == [head, deputy]


def test_finance_with_a_higher_limit_decides_and_the_whole_request_counts(cast: Cast, treasury: Treasury) -> None:
    limit(cast, "finance", "100.00")
    limit(cast, "finance", "150.00", person=cast.second_finance)
    request = treasury.submitted(treasury.cost_object(), OPS="75.00", MKT="75.00")
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.head("MKT"))
    assert asked(request) == [cast.second_finance]
    with pytest.raises(RuleBroken, match="Your limit is below 150"):
        request.approve(by=cast.finance)
    request.approve(by=cast.second_finance)
    assert request.state == State.ALLOCATED


def test_who_is_limited_in_one_currency_decides_about_no_other_one(cast: Cast, treasury: Treasury) -> None:
    _ = cast.head("OPS")
    limit(cast, "head", "1000.00", currency="USD")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    assert request.due()[0].people == [cast.cxo]


def test_a_limit_that_begins_is_asked_about_anew(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="500.00")
    head = cast.head("OPS")
    request.ask_deciders(by=None)
    assert asked(request) == [head]
    limit(cast, "head", "100.00")
    assert asked(request) == [cast.cxo]
    assert not Obligation.objects.waiting_for(head)


def test_what_was_approved_above_a_limit_of_today_is_not_carried_out(cast: Cast, treasury: Treasury) -> None:
    request, untouched = (treasury.submitted(treasury.cost_object(), OPS="500.00") for _ in range(2))
    for one in (request, untouched):
        one.approve(by=cast.head("OPS"))
    untouched.approve(by=cast.finance)
    limit(cast, "head", "100.00")
    with pytest.raises(RuleBroken, match="may no longer"):
        request.approve(by=cast.finance)
    request.refresh_from_db()
    assert (request.state, request.approvals.count(), Journal.objects.filter(act="allocated").count()) == ("submitted", 1, 1)


# -- the database ------------------------------------------------------------------------------------------------------------


def test_the_database_refuses_who_has_no_role_or_too_low_a_limit(cast: Cast, treasury: Treasury) -> None:
    request, pool = treasury.submitted(treasury.cost_object(), OPS="500.00"), treasury.pool("OPS")

    def give(person: User, **more: Any) -> str:
        try:
            with transaction.atomic():
                Approval.objects.create(
                    **{"request": request, "step": "budget", "pool": pool, "by": person, "shown": "x", **more}
                )
                transaction.set_rollback(True)
        except IntegrityError as error:
            return str(error.__cause__.diag.constraint_name)
        return "taken"

    head = cast.head("OPS")
    outsiders = (cast.head("MKT"), cast.contributor("MKT"), cast.finance, cast.ceo, cast.nobody)
    assert {give(person) for person in outsiders} == {"within_authority"}
    assert (give(head), give(cast.cxo)) == ("taken", "taken")
    limit(cast, "head", "499.99")
    assert (give(head), give(cast.cxo)) == ("within_authority", "taken")
    limit(cast, "head", "500.00", person=head)
    assert give(head) == "taken"
    Role.objects.filter(person=head).update(ends=date(2026, 1, 2))
    assert give(head) == "within_authority"


def test_the_database_moves_no_money_on_authority_that_ended(cast: Cast, treasury: Treasury) -> None:
    ended, held = (treasury.submitted(treasury.cost_object(), OPS="500.00", CENTRAL="1.00") for _ in range(2))
    for request in (ended, held):
        request.approve(by=cast.head("OPS"))
        request.approve(by=cast.cxo)
        Approval.objects.create(request=request, step="finance", by=cast.finance, shown=request.shown())
    move = FundingRequest.objects.filter(state=State.SUBMITTED)
    move.filter(pk=held.pk).update(state=State.ALLOCATED, decided_at=held.submitted_at)
    limit(cast, "head", "499.99")
    with pytest.raises(IntegrityError, match="may no longer"), transaction.atomic():
        move.filter(pk=ended.pk).update(state=State.ALLOCATED, decided_at=ended.submitted_at)
    assert FundingRequest.objects.get(pk=held.pk).state == State.ALLOCATED


def test_the_database_keeps_limits_as_they_were_confirmed(cast: Cast) -> None:
    row = limit(cast, "head", "100.00")
    proposed = ApprovalLimit.objects.propose(kind="cxo", amount=Decimal(5), reason="Audit", by=cast.administrator)
    rows = ApprovalLimit.objects
    refused = [
        (rows.filter(pk=row.pk), {"amount": Decimal(10_000)}),
        (rows.filter(pk=row.pk), {"state": "proposed", "decided_by": None}),
        (rows.filter(pk=proposed.pk), {"state": "confirmed", "decided_by": cast.finance}),
        (rows.filter(pk=proposed.pk), {"state": "confirmed", "decided_by": cast.administrator}),
    ]
    for found, change in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalLimit.objects.create(
            kind="head", amount=Decimal(1), by=cast.administrator, state="confirmed", decided_by=cast.cxo
        )


# -- how a limit comes about -------------------------------------------------------------------------------------------------


def test_an_administrator_proposes_and_the_cxo_confirms(cast: Cast, treasury: Treasury) -> None:
    for person in (cast.cxo, cast.finance, cast.head("OPS"), cast.auditor):
        with pytest.raises(RuleBroken, match="Only an administrator"):
            ApprovalLimit.objects.propose(kind="head", amount=Decimal(1), reason="Audit", by=person)
    with pytest.raises(BadInput, match="Say why"):
        ApprovalLimit.objects.propose(kind="head", amount=Decimal(1), reason=" ", by=cast.administrator)
    proposed = ApprovalLimit.objects.propose(kind="head", amount=Decimal(1), reason="Audit", by=cast.administrator)
    assert [ask.person for ask in Obligation.objects.about(proposed).open_now()] == [cast.cxo]
    with pytest.raises(RuleBroken, match="waits for the CXO already"):
        ApprovalLimit.objects.propose(kind="head", amount=Decimal(2), reason="Audit", by=cast.administrator)
    request = treasury.submitted(treasury.cost_object(), OPS="500.00")
    request.approve(by=cast.head("OPS"))  # nothing holds before it is confirmed
    for person in (cast.administrator, cast.finance, cast.head("OPS")):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            proposed.confirm(by=person)
    proposed.confirm(by=cast.cxo)
    with pytest.raises(RuleBroken, match="already"):
        proposed.confirm(by=cast.cxo)
    assert not Obligation.objects.about(proposed).open_now()


def test_who_proposed_a_limit_does_not_confirm_it_whatever_else_she_is(cast: Cast) -> None:
    Role.objects.create(person=cast.administrator, kind="cxo", starts=date(2026, 1, 1))
    proposed = ApprovalLimit.objects.propose(kind="head", amount=Decimal(1), reason="Audit", by=cast.administrator)
    with pytest.raises(RuleBroken):
        proposed.confirm(by=cast.administrator)
    assert ApprovalLimit.objects.get().state == LimitState.PROPOSED


def test_a_limit_takes_the_place_of_the_one_before_on_its_first_day(cast: Cast, treasury: Treasury) -> None:
    first = limit(cast, "head", "100.00")
    later = limit(cast, "head", "900.00", starts=today() + timedelta(days=7))
    first.refresh_from_db()
    assert (first.ends, later.starts) == (today() + timedelta(days=7), today() + timedelta(days=7))
    assert list(ApprovalLimit.objects.in_force()) == [first]
    between = ApprovalLimit.objects.propose(kind="head", amount=Decimal(5), reason="Audit", by=cast.administrator)
    with pytest.raises(RuleBroken, match="Another limit for them starts"):
        between.confirm(by=cast.cxo)
    between.decline(by=cast.cxo, reason="The next one comes soon")
    assert list(ApprovalLimit.objects.in_force()) == [first]


def test_the_page_proposes_and_confirms(cast: Cast, client: Any) -> None:
    client.force_login(cast.administrator)
    form = {"kind": "head", "amount": "lots", "currency": "EUR", "starts": today().isoformat(), "reason": "Audit"}
    assert client.post(reverse("funding:limit_propose"), form).status_code == 422
    assert ApprovalLimit.objects.count() == 0
    assert client.post(reverse("funding:limit_propose"), {**form, "amount": "500.00"}).status_code == 302
    assert "500.00" in client.get(reverse("funding:authority")).text
    proposed = ApprovalLimit.objects.get()
    client.force_login(cast.cxo)
    assert "Confirm" in client.get(reverse("funding:authority")).text
    client.post(reverse("funding:limit_confirm", args=[proposed.pk]))
    proposed.refresh_from_db()
    assert proposed.state == LimitState.CONFIRMED


def test_the_page_asks_the_same_number_of_questions_however_many_limits(
    cast: Cast, client: Any, django_assert_max_num_queries: Any
) -> None:
    for code in ("OPS", "MKT", "HR", "IT"):
        limit(cast, "head", "100.00", department=cast.department(code))
    client.force_login(cast.cxo)
    client.get(reverse("funding:authority"))
    with django_assert_max_num_queries(12):
        client.get(reverse("funding:authority"))
