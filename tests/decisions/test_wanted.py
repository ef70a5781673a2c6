"""Papers that must be written: gates, transfers and overrides always, money above the company's bound of that time."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.decisions import beat
from initiatives.decisions.models import Paper, PaperBound
from initiatives.decisions.models.log import WEIGH
from initiatives.decisions.models.wanted import lacking
from initiatives.duties.models import Obligation
from initiatives.funding.models import FiscalYear, FundingRequest, Pool, RequestLine, Virement
from initiatives.portfolio.models import Initiative, Status
from tests.cast import Cast
from tests.pools import opened

DAY = timedelta(days=1)
LOG_PAGE = "/ranking/log/"


@pytest.fixture
def pools(cast: Cast) -> tuple[Pool, Pool]:
    day = clock.company_day()
    year = FiscalYear.objects.open("Now", day.replace(month=1, day=1), day.replace(month=12, day=31), by=cast.second_finance)
    by = cast.second_finance
    ops, hr = (opened(cast, year, cast.department(code), Decimal(900_000), by=by) for code in ("OPS", "HR"))
    return ops, hr


def given(cast: Cast, pool: Pool, amount: int) -> Event:
    """Money that the head of OPS and finance gave."""
    ops = cast.department("OPS")
    idea = Initiative.objects.draft(by=cast.contributor("OPS"), title="Kiosks", lead_department=ops, problem="Queues.")
    for status in (Status.PROPOSED, Status.ASSESSED, Status.PRIORITISED):
        Initiative.objects.filter(pk=idea.pk).update(status=status)
    request = FundingRequest.objects.create(cost_object=idea.cost_object, requester=cast.contributor("OPS"), purpose="Kiosks")
    RequestLine.objects.create(request=request, pool=pool, amount=Decimal(amount))
    FundingRequest.objects.filter(pk=request.pk).update(state="submitted", submitted_at=clock.now())
    request.refresh_from_db()
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.finance)
    return Event.objects.about(request).get(verb__endswith="allocated")


def moved(cast: Cast, pools: tuple[Pool, Pool]) -> Event:
    """One euro that both heads let pass; the head of HR said the second yes."""
    virement = Virement.objects.propose(*pools, Decimal(1), reason="Peak season.", by=cast.head("OPS"))
    virement.agree(by=cast.head("HR"))
    return Event.objects.about(virement).get(verb__endswith="made")


def wanting() -> list[Event]:
    return list(lacking(Event.objects.order_by("pk")))


def asked(event: Event) -> list[tuple[str, str]]:
    return [(ask.person.email, ask.outcome) for ask in Obligation.objects.about(event).filter(kind=WEIGH)]


def test_money_above_the_bound_and_every_transfer_need_a_paper(cast: Cast, pools: tuple[Pool, Pool]) -> None:
    _, above, transfer = given(cast, pools[0], 50_000), given(cast, pools[0], 50_001), moved(cast, pools)
    assert wanting() == [above, transfer]
    assert (beat.ring()["papers_asked_for"], beat.ring()["papers_asked_for"]) == (2, 0)
    assert (asked(above), asked(transfer)) == ([(cast.finance.email, "")], [(cast.head("HR").email, "")])
    assert [ask.kind for ask in Obligation.objects.waiting_for(cast.head("HR"))] == [WEIGH]


def test_a_paper_is_complete_with_why_and_a_day_of_review(cast: Cast, pools: tuple[Pool, Pool]) -> None:
    event, head = moved(cast, pools), cast.head("HR")
    beat.ring()
    Paper.objects.weigh(event, rationale="OPS has the peak.", by=head)
    assert (wanting(), asked(event)) == ([event], [(head.email, "")]), "no day of review"
    paper = Paper.objects.weigh(event, rationale="OPS has the peak.", review_on=head.today() + 30 * DAY, by=head)
    assert (wanting(), asked(event)) == ([], [(head.email, "met")])
    paper.review(outcome="kept", words="It was right.", by=head)
    assert wanting() == [], "reviewed, and nothing more is wanted"


def test_a_decision_stays_under_the_bound_of_its_time(cast: Cast, pools: tuple[Pool, Pool]) -> None:
    given(cast, pools[0], 100)
    PaperBound.objects.put(Decimal(99), reason="Everything counts.", by=cast.cxo)
    after = given(cast, pools[0], 100)
    PaperBound.objects.put(Decimal(500_000), reason="Too much paper.", by=cast.cxo)
    given(cast, pools[0], 400_000)
    assert wanting() == [after]
    with clock.at(PaperBound.objects.earliest("at").at - timedelta(hours=1)):
        moved(cast, pools)
    assert wanting() == [after], "the transfer was before the first bound"


def test_the_cxo_is_asked_for_who_left(cast: Cast, pools: tuple[Pool, Pool]) -> None:
    event = moved(cast, pools)
    type(cast.cxo).objects.filter(pk=cast.head("HR").pk).update(is_active=False)
    _ = cast.cxo
    beat.ring()
    assert asked(event) == [(cast.cxo.email, "")]


def test_only_the_cxo_moves_the_bound_with_a_reason(cast: Cast, client: Client) -> None:
    with pytest.raises(RuleBroken):
        PaperBound.objects.put(Decimal(1), reason="Less work.", by=cast.finance)
    with pytest.raises(BadInput):
        PaperBound.objects.put(Decimal(1), reason=" ", by=cast.cxo)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperBound.objects.update(amount=1)
    assert [bound.amount for bound in PaperBound.objects.all()] == [50_000]
    client.force_login(cast.cxo)
    assert client.post(f"{LOG_PAGE}bound/", {"amount": "-1", "reason": "x"}).status_code == 422
    assert client.post(f"{LOG_PAGE}bound/", {"amount": "7000", "reason": "The auditor asked."}).status_code == 302
    assert "The auditor asked." in client.get(f"{LOG_PAGE}bound/").text


def test_the_log_shows_what_is_missing(cast: Cast, pools: tuple[Pool, Pool], client: Client) -> None:
    _, event = given(cast, pools[0], 100), moved(cast, pools)
    client.force_login(cast.auditor)
    assert client.get(LOG_PAGE).text.count("paper missing") == 1
    page = client.get(f"{LOG_PAGE}?papers=wanted").text
    assert "<strong>1 decision</strong>" in page
    assert f"/log/{event.pk}/" in page
    assert "The paper of this decision is missing" in client.get(f"{LOG_PAGE}{event.pk}/").text


def test_the_first_bound_is_the_installation_s_and_outlives_tests_that_commit(transactional_db: None) -> None:
    PaperBound.objects.put(Decimal(1), reason="Of a test.", by=Cast().cxo)
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True, reset_sequences=False)
    assert list(PaperBound.objects.values_list("by", flat=True)) == [None]
