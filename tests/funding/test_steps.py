"""Further steps: who signs above an amount, after the pools and before finance, as it was in force on the day of submission."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.books import verify
from initiatives.funding.models import Approval, FundingRequest, LimitState, State, StepRule
from initiatives.funding.models.sequence import would_need
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

DAY = timedelta(days=1)


def step(cast: Cast, signer: str, above: str | None = "100.00", **more: Any) -> StepRule:
    """A step that the CXO confirmed."""
    amount = None if above is None else Decimal(above)
    rule: StepRule = StepRule.objects.propose(
        signer=signer, above=amount, reason="The board's rule", by=cast.administrator, **more
    )
    rule.confirm(by=cast.cxo)
    return rule


def asked(request: FundingRequest) -> list[str]:
    return [f"{due}: {', '.join(map(str, due.people))}" for due in request.sequence()]


def approved(request: FundingRequest, *people: User) -> FundingRequest:
    for person in people:
        request.approve(by=person)
    return request


@pytest.fixture
def tall(cast: Cast) -> User:
    """The head of AIR, to which OPS belongs."""
    ops = cast.department("OPS")
    ops.parent = cast.department("AIR")
    ops.save()
    cast.head("OPS")
    return cast.head("AIR")


def test_a_draft_says_whom_it_will_need(cast: Cast, treasury: Treasury, client: Client) -> None:
    _ = cast.head("OPS"), cast.ceo, cast.finance, step(cast, "cxo"), step(cast, "ceo", "800.00", place=2)
    small = treasury.draft(treasury.cost_object(), OPS="100.00")
    draft = treasury.draft(treasury.cost_object(), OPS="900.00")
    assert [due.step for due in would_need(small)] == ["budget", "finance"]
    foreseen = [f"{due}: {', '.join(map(str, due.people))}" for due in would_need(draft)]
    client.force_login(draft.requester)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "When it is submitted, it needs in this order" in page
    assert page.index("Head Ops") < page.index("Clara Cxo") < page.index("Ernst Ceo") < page.index("Fiona Finance")
    fresh = FundingRequest.objects.get(pk=draft.pk)
    assert (fresh.state, fresh.steps, Approval.objects.exists()) == (State.DRAFT, [], False)  # it was only looked at
    draft.submit(by=draft.requester)
    assert (asked(draft), would_need(draft)) == (foreseen, [])


def test_without_steps_there_are_the_two_of_always(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="900.00")
    assert request.steps == []
    assert asked(request) == [f"Budget: Ops department 2026: {head}", "Finance: Fiona Finance, Felix Finance"]
    assert approved(request, head, cast.finance).state == State.ALLOCATED


def test_above_the_amount_others_sign_in_their_places(cast: Cast, treasury: Treasury, tall: User) -> None:
    step(cast, "cxo", place=2)
    step(cast, "above", place=1)
    step(cast, "ceo", "500.00")
    _ = cast.ceo
    within, above = (treasury.submitted(treasury.cost_object(), OPS=amount) for amount in ("100.00", "100.01"))
    assert within.steps == []
    assert [(one["signer"], one["place"]) for one in above.steps] == [("above", 1), ("cxo", 2)]
    approved(above, cast.head("OPS"))
    assert [ask.person for ask in Obligation.objects.about(above).open_now()] == [tall]
    for early in (cast.cxo, cast.finance):
        with pytest.raises(RuleBroken, match="not yours"):
            above.approve(by=early)
    approved(above, tall, cast.cxo)
    assert above.state == State.SUBMITTED, "finance is last"
    assert approved(above, cast.finance).state == State.ALLOCATED
    assert [given.words for given in above.given()] == ["Budget", "Head of the department above", "CXO", "Finance"]
    assert verify().right


def test_a_department_counts_what_its_own_pools_are_asked_for(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo", department=cast.department("OPS"))
    _ = cast.head("OPS"), cast.head("MKT")
    other = treasury.submitted(treasury.cost_object(), OPS="100.00", MKT="300.00")
    mine = treasury.submitted(treasury.cost_object(), OPS="101.00")
    assert ([one["signer"] for one in other.steps], [one["signer"] for one in mine.steps]) == ([], ["cxo"])


def test_nobody_signs_twice_nor_for_an_own_request(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo")
    second = cast.person("carl_cxo", "cxo")
    own = treasury.submitted(treasury.cost_object(owner=second), by=cast.cxo, OPS="200.00")
    approved(own, cast.head("OPS"))
    assert [due.people for due in own.due()] == [[]], "one CXO asked, the other owns it"
    central = approved(treasury.submitted(treasury.cost_object(), CENTRAL="200.00"), cast.cxo)
    assert [due.people for due in central.due()] == [[second]]
    _ = cast.ceo
    assert [due.people for due in own.due()] == [[cast.ceo]], "who stands above signs"
    approved(own, cast.ceo, cast.finance)
    assert own.state == State.ALLOCATED
    Role.objects.create(person=second, kind="finance", starts=today() - DAY)
    approved(central, second)
    assert second not in central.due()[0].people
    with pytest.raises(RuleBroken, match="Nobody approves a request twice"):
        central.approve(by=second)


def test_a_request_keeps_the_steps_of_its_day(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    before = treasury.submitted(treasury.cost_object(), OPS="200.00")
    rule = step(cast, "cxo")
    during = treasury.submitted(treasury.cost_object(), OPS="200.00")
    step(cast, "cxo", None)
    after = treasury.submitted(treasury.cost_object(), OPS="200.00")
    rule.refresh_from_db()
    assert (rule.holds, [len(one.steps) for one in (before, during, after)]) == (False, [0, 1, 0])
    assert approved(before, head, cast.finance).state == State.ALLOCATED
    assert approved(during, head, cast.cxo, cast.finance).state == State.ALLOCATED


def test_a_step_of_another_day_is_not_asked(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo", starts=today() + DAY)
    assert treasury.submitted(treasury.cost_object(), OPS="200.00").steps == []


def test_another_currency_is_signed_until_it_has_a_step_of_its_own(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo", currency="USD")
    assert len(treasury.submitted(treasury.cost_object(), OPS="1.00").steps) == 1
    step(cast, "cxo")
    assert treasury.submitted(treasury.cost_object(), OPS="1.00").steps == []


def test_what_was_shown_covers_the_steps(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo")
    request = treasury.submitted(treasury.cost_object(), OPS="200.00")
    shown, request.steps = request.shown(), []
    assert request.shown() != shown


def test_the_database_asks_for_every_step(cast: Cast, treasury: Treasury) -> None:
    step(cast, "cxo")
    request = approved(treasury.submitted(treasury.cost_object(), OPS="200.00"), cast.head("OPS"))
    same = {"request": request, "shown": request.shown()}
    for wrong in (
        {"step": "finance", "by": cast.finance},  # before the CXO
        {"step": "further", "further": 1, "by": cast.finance},  # no CXO
        {"step": "further", "further": 2, "by": cast.cxo},  # no such step
        {"step": "further", "further": 1, "by": request.requester},
        {"step": "further", "further": 1, "by": cast.head("OPS")},  # a second time
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(**same, **wrong)
    rows = FundingRequest.objects.filter(pk=request.pk)
    for change in ({"steps": []}, {"submitted_on": today() - DAY}, {"state": "allocated"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    draft = treasury.draft(treasury.cost_object(), OPS="200.00")
    FundingRequest.objects.filter(pk=draft.pk).update(state="submitted", submitted_on=today())  # past all acts
    draft.refresh_from_db()
    assert (len(draft.steps), request.approvals.count()) == (1, 1)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE funding_steprule SET above = 500")
    with pytest.raises(IntegrityError), transaction.atomic():
        StepRule.objects.create(signer="ceo", above=1, state="confirmed", by=cast.cxo, decided_by=cast.cxo, reason="x")


def test_an_administrator_proposes_and_the_cxo_confirms(cast: Cast, client: Client) -> None:
    asks = {"signer": "cxo", "above": "250000", "currency": "eur", "place": 1, "starts": str(today()), "reason": "The board"}
    client.force_login(cast.administrator)
    assert client.post(reverse("funding:step_propose"), asks | {"place": 0}).status_code == 422
    _ = cast.cxo
    client.post(reverse("funding:step_propose"), asks)
    rule = StepRule.objects.get()
    assert (rule.state, rule.currency) == (LimitState.PROPOSED, "EUR")
    assert [ask.person for ask in Obligation.objects.about(rule).open_now()] == [cast.cxo]
    with pytest.raises(RuleBroken, match="Only the CXO confirms steps"):
        rule.confirm(by=cast.administrator)
    with pytest.raises(RuleBroken, match="waits for the CXO already"):
        step(cast, "cxo")
    client.force_login(cast.cxo)
    assert "250,000.00" in client.get(reverse("funding:authority")).text
    client.post(reverse("funding:step_confirm", args=[rule.pk]))
    rule.refresh_from_db()
    assert rule.holds


def test_the_page_shows_each_step_and_who_may_sign(cast: Cast, treasury: Treasury, client: Client) -> None:
    step(cast, "ceo", place=2)
    step(cast, "cxo")
    request = approved(treasury.submitted(treasury.cost_object(), OPS="200.00"), cast.head("OPS"))
    _ = cast.ceo
    client.force_login(cast.ceo)
    page = client.get(request.get_absolute_url()).text
    page = page[page.index('id="who"') :]
    where = [page.index(words) for words in ("Head Ops", "CXO", "later", "Ernst Ceo", "Finance")]
    assert where == sorted(where)
    approved(request, cast.cxo)
    answer = client.post(reverse("funding:request_approve", args=[request.pk]), {"shown": request.shown(), "key": str(uuid4())})
    assert (answer.status_code, request.given().get(by=cast.ceo).words) == (302, "CEO")
