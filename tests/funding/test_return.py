"""A request returns with a question and comes back with the answer, its clock standing still; what nobody decides expires."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.books import verify
from initiatives.funding.models import ANSWER, ASK, FundingRequest, Question, State
from initiatives.funding.models.deciding import DAYS_TO_EXPIRE
from initiatives.funding.tasks import expire
from initiatives.organization.calendars import working_days_after, working_days_between
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept

MORNING = datetime.fromisoformat("2026-09-07T09:00:00+00:00")  # a Monday


def returned(cast: Cast, treasury: Treasury, **amounts: str) -> FundingRequest:
    request = treasury.submitted(treasury.cost_object(), **(amounts or {"OPS": "100.00"}))
    request.return_with("Why so many?", by=cast.head("OPS"))
    return request


def open_asks(request: FundingRequest) -> dict[str, list[str]]:
    asks: dict[str, list[str]] = {}
    for ask in Obligation.objects.about(request).open_now().order_by("pk"):
        asks.setdefault(ask.kind, []).append(str(ask.person))
    return asks


def test_the_question_goes_to_who_asked_and_the_answer_back(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    request = returned(cast, treasury)
    assert (request.state, open_asks(request)) == (State.RETURNED, {ANSWER: [str(request.requester)]})
    for act in (lambda: request.approve(by=head), lambda: request.decline(by=head, reason="No")):
        with pytest.raises(RuleBroken, match="it is returned with a question"):
            act()
    request.answer("One for each gate.", by=request.requester)
    assert (request.state, open_asks(request)) == (State.SUBMITTED, {ASK: [str(head)]})
    request.approve(by=head)
    request.approve(by=cast.finance)
    assert request.state == State.ALLOCATED
    assert [event.act for event in Event.objects.about(request).order_by("id")][2:4] == ["returned", "answered"]


def test_only_who_decides_asks_and_only_who_asked_for_the_money_answers(cast: Cast, treasury: Treasury) -> None:
    _ = cast.head("OPS"), cast.head("MKT")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    for person in (cast.head("MKT"), cast.finance, cast.cxo, cast.ceo, request.requester, cast.administrator):
        with pytest.raises(RuleBroken):
            request.return_with("Why?", by=person)
    with pytest.raises(BadInput):
        request.return_with(" ", by=cast.head("OPS"))
    assert not Question.objects.exists()
    request.return_with("Why?", by=cast.head("OPS"))
    for person in (cast.head("OPS"), cast.finance, cast.cxo):
        with pytest.raises(RuleBroken, match="Only who asked"):
            request.answer("Because.", by=person)
    with pytest.raises(BadInput):
        request.answer(" ", by=request.requester)
    assert Question.objects.get().answered_at is None


def test_the_clock_stands_still_until_it_is_answered(cast: Cast, treasury: Treasury) -> None:
    _ = cast.head("OPS")
    with clock.at(MORNING):
        request = treasury.submitted(treasury.cost_object(), OPS="1.00")
        untouched = treasury.submitted(treasury.cost_object(), OPS="1.00")
        assert request.expires_on == working_days_after(MORNING.date(), DAYS_TO_EXPIRE)
    with clock.at(MORNING + timedelta(days=2)):
        request.return_with("Why?", by=cast.head("OPS"))
    with clock.at(MORNING + timedelta(days=14)):
        request.answer("Because.", by=request.requester)
        today = clock.today()
        assert request.expires_on == working_days_after(today, DAYS_TO_EXPIRE - 2)
        assert Obligation.objects.about(request).open_now().get().due_on == working_days_after(today, 3)
        left = Obligation.objects.about(untouched).open_now().get().due_on
        assert working_days_between(today, left) == 0  # without a question the five days are over


def test_approvals_that_were_given_stay_through_a_question(cast: Cast, treasury: Treasury) -> None:
    _ = cast.head("OPS"), cast.head("MKT")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00")
    request.approve(by=cast.head("MKT"))
    request.return_with("Why?", by=cast.head("OPS"))
    request.answer("Because.", by=request.requester)
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.finance)
    assert request.state == State.ALLOCATED


def test_an_answer_is_not_counted_twice_by_a_pool_that_stops(cast: Cast, treasury: Treasury) -> None:
    kept(cast, treasury.pool("OPS"), control="stop")
    request = returned(cast, treasury, OPS="600.00")
    request.answer("Because.", by=request.requester)
    assert (request.state, treasury.pool("OPS").asked) == (State.SUBMITTED, 600)


def test_what_is_returned_is_still_asked_for_and_can_be_withdrawn(cast: Cast, treasury: Treasury) -> None:
    request = returned(cast, treasury)
    assert (treasury.pool("OPS").asked, verify().faults) == (100, [])
    request.withdraw(by=request.requester)
    assert (treasury.pool("OPS").asked, open_asks(request), verify().faults) == (0, {}, [])


@pytest.mark.parametrize("what", ["submitted", "approved by the pool", "returned"])
def test_what_nobody_decides_expires_and_asks_for_nothing(cast: Cast, treasury: Treasury, what: str) -> None:
    head = cast.head("OPS")
    with clock.at(MORNING):
        request = treasury.submitted(treasury.cost_object(), OPS="100.00")
        if what == "returned":
            request.return_with("Why?", by=head)
        if what == "approved by the pool":
            request.approve(by=head)
    assert request.expires_on is not None
    last = datetime.combine(request.expires_on, MORNING.timetz())
    with clock.at(last):
        expire()
        request.refresh_from_db()
        assert (request.state, treasury.pool("OPS").asked) == ("returned" if what == "returned" else "submitted", 100)
    for _ in range(2):
        with clock.at(last + timedelta(days=1)):
            expire()
    request.refresh_from_db()
    assert (request.state, treasury.pool("OPS").asked, open_asks(request)) == (State.EXPIRED, 0, {})
    for act in (lambda: request.approve(by=head), lambda: request.withdraw(by=request.requester)):
        with pytest.raises(RuleBroken):
            act()
    assert verify().faults == []


def test_the_database_takes_only_legal_steps(cast: Cast, treasury: Treasury) -> None:
    back, waiting = returned(cast, treasury), treasury.submitted(treasury.cost_object(), OPS="1.00")

    def step(request: FundingRequest, state: str) -> str:
        try:
            with transaction.atomic():
                FundingRequest.objects.filter(pk=request.pk).update(state=state)
                transaction.set_rollback(True)
        except IntegrityError as error:
            return str(error.__cause__.diag.constraint_name)
        return "taken"

    assert [step(back, state) for state in ("submitted", "allocated", "declined", "draft")] == [
        "returned_with_a_question", "only_legal_steps", "only_legal_steps", "only_legal_steps",
    ]  # fmt: skip
    assert (step(back, "withdrawn"), step(back, "expired"), step(waiting, "expired")) == ("taken", "taken", "taken")
    assert step(waiting, "returned") == "returned_with_a_question"
    waiting.withdraw(by=waiting.requester)
    assert {step(waiting, state) for state in ("submitted", "returned", "expired", "allocated")} == {"only_legal_steps"}


def test_the_database_keeps_questions_and_answers(cast: Cast, treasury: Treasury) -> None:
    request = returned(cast, treasury)
    rows = Question.objects.filter(request=request)
    for change in ({"text": "Something else"}, {"by": cast.cxo}, {"days_to_expire": 100}, {"answer": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    request.answer("Because.", by=request.requester)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(answer="Something else")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(request=returned(cast, treasury), by=cast.cxo, text="x", days_to_decide=1, days_to_expire=1)
    assert rows.get().answer == "Because."


def test_the_page_asks_and_answers(cast: Cast, treasury: Treasury, client: Any) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="100.00")
    key = {"key": "6d1c1c3a-5b3e-4f0e-9a38-5f0f6f6b7a01"}
    client.force_login(cast.head("OPS"))
    assert "Return with the question" in client.get(request.get_absolute_url()).text
    assert client.post(reverse("funding:request_return", args=[request.pk]), {**key, "question": " "}).status_code == 422
    client.post(reverse("funding:request_return", args=[request.pk]), {**key, "question": "How many gates?"})
    client.force_login(request.requester)
    page = client.get(request.get_absolute_url()).text
    assert "How many gates?" in page
    assert "Your answer" in page
    client.post(reverse("funding:request_answer", args=[request.pk]), {**key, "answer": "Twelve."})
    assert "Twelve." in client.get(request.get_absolute_url()).text
    client.force_login(cast.finance)
    assert "Twelve." not in client.get(request.get_absolute_url()).text  # who may not open what the money is for
