"""The decision log: what was decided, why, what else was weighed, who disagreed, and when it is looked at again."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.decisions.models import Outcome, Paper
from initiatives.decisions.models.log import LOG, REVIEW, VERBS, decisions, is_seen
from initiatives.duties.models import Obligation
from initiatives.funding.models import FiscalYear, FundingRequest, RequestLine
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.pools import opened

LOG_PAGE = "/ranking/log/"


@pytest.fixture
def decision(cast: Cast) -> Event:
    """The CXO has cancelled an initiative of OPS."""
    return cancelled(cast)


def cancelled(cast: Cast, title: str = "Faster lanes", confidential: bool = False) -> Event:
    ops = cast.department("OPS")
    initiative = Initiative.objects.draft(by=cast.contributor("OPS"), title=title, lead_department=ops, problem="Queues.")
    if confidential:
        initiative.make_confidential(by=cast.head("OPS"))
    initiative.cancel(by=cast.cxo, reason="Too dear.")
    return decisions(cast.cxo).latest("pk")


def test_every_act_of_the_log_is_recorded_by_the_room_that_it_names() -> None:
    for logged in LOG:
        room = Path(settings.BASE_DIR, "initiatives", logged.model._meta.app_label, "models")
        sources = "".join(path.read_text() for path in room.glob("*.py"))
        assert {act for act in logged.acts if f'"{act}"' not in sources} == set(), logged.model


def test_a_decision_is_in_the_log_with_its_reason(decision: Event, cast: Cast) -> None:
    assert list(decisions(cast.contributor("HR"))) == [decision]
    assert list(decisions(cast.nobody)) == []
    assert decision.reason == "Too dear."


def test_who_may_not_see_what_was_decided_does_not_see_that_it_was(cast: Cast) -> None:
    hidden = cancelled(cast, "The merger", confidential=True)
    assert list(decisions(cast.ceo)) == [hidden]
    assert list(decisions(cast.contributor("HR"))) == []


def test_one_decision_and_the_log_agree_on_who_sees_what(decision: Event, cast: Cast) -> None:
    hidden, other = cancelled(cast, "The merger", confidential=True), Event.objects.exclude(verb__in=VERBS).first()
    people = [cast.ceo, cast.finance, cast.auditor, cast.nobody, cast.administrator, cast.head("OPS"), cast.contributor("HR")]
    for person in people:
        for event in filter(None, (decision, hidden, other)):
            assert is_seen(event, person) == decisions(person).filter(pk=event.pk).exists(), (person, event)
    assert len({is_seen(hidden, person) for person in people}) == 2


def test_finance_reads_the_amounts_of_a_hidden_initiative_and_not_why_they_were_refused(cast: Cast) -> None:
    hidden = cancelled(cast, "The merger", confidential=True)
    found = Initiative.objects.get(pk=hidden.subject_id)
    year = FiscalYear.objects.create(name="2026", starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    pool = opened(cast, year, cast.department("OPS"), Decimal(100), by=cast.second_finance)
    request = FundingRequest.objects.create(cost_object=found.cost_object, requester=cast.contributor("OPS"), purpose="Merge")
    RequestLine.objects.create(request=request, pool=pool, amount=Decimal(10))
    request.record("declined", by=cast.head("OPS"), reason="The merger is off.")
    assert FundingRequest.objects.visible_to(cast.finance).filter(pk=request.pk).exists()
    assert not decisions(cast.finance).filter(subject_type="funding.fundingrequest").exists()
    assert decisions(cast.cxo).exclude(subject_type="funding.budgetchange").count() == 2


def test_what_was_weighed_is_written_down_and_what_stood_before_is_kept(decision: Event, cast: Cast) -> None:
    Paper.objects.weigh(decision, rationale="Half the benefit at twice the price.", options="Rent lanes", by=cast.cxo)
    Paper.objects.weigh(decision, rationale="The price doubled.", dissent="Head Ops: queues stay.", by=cast.cxo)
    assert [paper.rationale for paper in Paper.objects.about(decision)] == [
        "The price doubled.",
        "Half the benefit at twice the price.",
    ]
    assert Paper.objects.newest().get().dissent == "Head Ops: queues stay."
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.update(rationale="Nothing.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.all().delete()
    assert Paper.objects.count() == 2


@pytest.mark.parametrize("who", ["head", "ceo", "auditor"])
def test_only_who_decided_and_the_cxo_say_what_was_weighed(decision: Event, cast: Cast, who: str) -> None:
    by = {"head": cast.head("OPS"), "ceo": cast.ceo, "auditor": cast.auditor}[who]
    with pytest.raises(RuleBroken, match="Only Clara Cxo"):
        Paper.objects.weigh(decision, rationale="Because.", by=by)
    assert not Paper.objects.exists()


@pytest.mark.parametrize("wrong", [{"rationale": " "}, {"rationale": "x", "review_on": clock.today()}])
def test_bad_papers_are_refused_and_nothing_is_kept(decision: Event, cast: Cast, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Paper.objects.weigh(decision, by=cast.cxo, **wrong)
    assert not Paper.objects.exists()
    assert not Obligation.objects.filter(kind=REVIEW).exists()


def test_who_decided_is_asked_on_the_day_of_review_and_says_whether_it_stands(decision: Event, cast: Cast) -> None:
    day = cast.cxo.today() + timedelta(days=90)
    first = Paper.objects.weigh(decision, rationale="Too dear.", review_on=day, by=cast.cxo)
    later = Paper.objects.weigh(decision, rationale="Too dear.", review_on=day + timedelta(days=1), by=cast.cxo)
    ask = Obligation.objects.open_now().get(kind=REVIEW)
    assert (ask.person, ask.due_on, ask.subject_id) == (cast.cxo, day + timedelta(days=1), later.pk)
    with pytest.raises(RuleBroken, match="No review"):
        first.review(outcome=Outcome.KEPT, words="Still.", by=cast.cxo)
    later.review(outcome=Outcome.KEPT, words="Still too dear.", by=cast.cxo)
    assert not Obligation.objects.open_now().filter(kind=REVIEW).exists()
    assert Paper.objects.newest().get().outcome == Outcome.KEPT
    with pytest.raises(RuleBroken, match="No review"):
        later.review(outcome=Outcome.CHANGED, words="Again.", by=cast.cxo)


def test_the_log_is_searched_and_narrowed(decision: Event, cast: Cast, client: Client) -> None:
    other = cancelled(cast, "Shorter lanes")
    Paper.objects.weigh(other, rationale="A strike.", dissent="Unions", by=cast.cxo)
    client.force_login(cast.contributor("HR"))

    def shown(query: str) -> list[Event]:
        return [entry.event for entry in client.get(f"{LOG_PAGE}?{query}").context["entries"]]

    assert shown("") == [other, decision]
    assert (shown("q=unions"), shown("q=dear+clara"), shown("papers=missing")) == ([other], [other, decision], [decision])
    assert (shown("kind=Money"), shown("kind=Portfolio&papers=there")) == ([], [other])
    assert "Nothing matches" in client.get(f"{LOG_PAGE}?kind=Money").content.decode()
    assert client.get(f"{LOG_PAGE}?kind=Weather").status_code == 400


def test_a_decision_is_weighed_and_reviewed_over_http(decision: Event, cast: Cast, client: Client) -> None:
    client.force_login(cast.cxo)
    path = reverse("decisions:decision", args=[decision.pk])
    day = (cast.cxo.today() + timedelta(days=9)).isoformat()
    wrong = client.post(f"{path}weigh/", {"rationale": "The price doubled.", "review_on": "soon"})
    assert (wrong.status_code, Paper.objects.exists()) == (422, False)
    assert "The price doubled." in wrong.content.decode()
    assert client.post(f"{path}weigh/", {"rationale": "The price doubled.", "review_on": day}).status_code == 302
    assert "Review it" in client.get(path).content.decode()
    assert client.post(f"{path}review/", {"outcome": "", "words": "Still."}).status_code == 422
    assert client.post(f"{path}review/", {"outcome": "changed", "words": "Prices fell."}).status_code == 302
    assert "It is decided anew" in client.get(path).content.decode()
    assert client.post(f"{path}review/", {"outcome": "kept", "words": "No."}).status_code == 409


def test_the_log_costs_the_same_for_any_number(
    decision: Event, cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.auditor)
    client.get(LOG_PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(LOG_PAGE)
    for number in range(4):
        Paper.objects.weigh(cancelled(cast, f"Lane {number}"), rationale="Too dear.", by=cast.cxo)
    with django_assert_num_queries(len(few)):
        assert "Lane 3" in client.get(LOG_PAGE).content.decode()
