"""A plan that was approved drafts its requests: once, what is not given yet, and nothing is submitted."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.decisions.models import PlanDraft, Scenario
from initiatives.decisions.models.plan_drafts import ALL_ASKED
from initiatives.decisions.reports.scenarios import comparison, scenario_page
from initiatives.funding.models import ExchangeRate, FundingRequest
from initiatives.portfolio.models import Initiative, Status
from tests.boards.conftest import bring_to
from tests.cast import Cast
from tests.decisions.conftest import Candidate
from tests.decisions.test_scenarios import Desk
from tests.pools import no_case_needed, opened


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """With a third pool, kept in dollars."""
    _ = cast.head("OPS"), cast.second_finance
    desk = Desk(cast)
    desk.pools["USD"] = opened(cast, desk.year, cast.department("AIR"), Decimal(1000), by=cast.finance, currency="USD")
    return desk


def approved(desk: Desk, *lines: tuple[Initiative, str, int]) -> Scenario:
    plan = desk.write("Cautious", *lines)
    plan.approve(version=plan.version, note="Enough", by=desk.cast.ceo)
    return plan


def drafted(cast: Cast, plan: Scenario) -> tuple[int, list[str]]:
    requests, refused = PlanDraft.objects.draft_all(plan, by=cast.cxo)
    return len(requests), refused


def asked() -> list[tuple[str, str, str, str]]:
    rows = FundingRequest.objects.values_list("state", "currency", "lines__pool__department__code", "lines__amount")
    return sorted((state, currency, code, str(amount)) for state, currency, code, amount in rows)


def test_each_line_is_asked_for_once_by_initiative_and_currency(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks, lanes = candidate("Kiosks"), candidate("Lanes")
    plan = approved(desk, (kiosks, "OPS", 100), (kiosks, "HR", 20), (kiosks, "USD", 30), (lanes, "OPS", 50))
    assert drafted(cast, plan) == (3, [])
    assert asked() == [
        ("draft", "EUR", "HR", "20.00"),
        ("draft", "EUR", "OPS", "100.00"),
        ("draft", "EUR", "OPS", "50.00"),
        ("draft", "USD", "AIR", "30.00"),
    ]
    first = FundingRequest.objects.order_by("pk").first()
    assert first is not None
    assert (first.requester, "Cautious" in first.purpose) == (cast.cxo, True)
    with pytest.raises(RuleBroken, match=ALL_ASKED):
        drafted(cast, plan)
    first.withdraw(by=cast.cxo)  # who took it back asks anew by hand
    with pytest.raises(RuleBroken, match=ALL_ASKED):
        drafted(cast, plan)
    assert (FundingRequest.objects.count(), PlanDraft.objects.count()) == (3, 3)
    assert Event.objects.filter(verb="decisions.scenario.requested").count() == 1
    with pytest.raises(IntegrityError, match="drafted_once"), transaction.atomic():
        PlanDraft.objects.create(
            scenario=plan, initiative=lanes, currency="EUR", request=FundingRequest.objects.draft(
                lanes.cost_object, lines=[(desk.pools["OPS"], Decimal(1))], purpose="Again", by=cast.cxo
            ),
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanDraft.objects.all().delete()


def test_what_is_asked_for_is_not_doubled_and_what_is_given_not_asked_again(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    no_case_needed(cast)
    kiosks, lanes = candidate("Kiosks"), candidate("Lanes")
    bring_to(lanes, "funded")
    lines = [(desk.pools["OPS"], Decimal(40))]
    theirs = FundingRequest.objects.draft(kiosks.cost_object, lines=lines, purpose="Signs", by=cast.cxo)
    given = FundingRequest.objects.draft(lanes.cost_object, lines=lines, purpose="Lanes", by=cast.cxo)
    given.submit(by=cast.cxo)
    given.approve(by=cast.head("OPS"))
    given.approve(by=cast.finance)
    plan = approved(desk, (kiosks, "OPS", 100), (lanes, "OPS", 50))
    told = {str(one.initiative.title): (one.amount, one.request) for one in scenario_page(cast.cxo, plan).wishes}
    assert told == {"Kiosks": (Decimal(100), theirs), "Lanes": (Decimal(10), None)}
    assert drafted(cast, plan) == (1, [])
    new = FundingRequest.objects.latest("pk")
    assert (new.cost_object, new.total) == (lanes.cost_object, Decimal("10.00"))


def test_what_may_not_be_asked_is_said_and_the_rest_is_drafted(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks, lanes = candidate("Kiosks"), candidate("Lanes")
    plan = approved(desk, (kiosks, "OPS", 100), (lanes, "OPS", 50))
    Initiative.objects.filter(pk=kiosks.pk).update(status=Status.DECLINED)
    count, refused = drafted(cast, plan)
    assert (count, len(refused), kiosks.reference in refused[0]) == (1, 1, True)
    with pytest.raises(RuleBroken, match=kiosks.reference):
        drafted(cast, plan)
    assert FundingRequest.objects.count() == 1


def test_only_the_cxo_drafts_and_only_of_the_plan(cast: Cast, desk: Desk, candidate: Candidate, client: Client) -> None:
    kiosks = candidate("Kiosks")
    draft = desk.write("Bold", (kiosks, "OPS", 10))
    for by, words in ((cast.cxo, "approve it first"), (cast.ceo, "Only the CXO")):
        with pytest.raises(RuleBroken, match=words):
            PlanDraft.objects.draft_all(draft, by=by)
    draft.approve(version=draft.version, note="Enough", by=cast.ceo)
    url = reverse("decisions:scenario_request", args=[draft.pk])
    for by, status in ((cast.ceo, 403), (cast.head("OPS"), 404)):
        client.force_login(by)
        assert client.post(url).status_code == status
    assert not FundingRequest.objects.exists()
    client.force_login(cast.cxo)
    assert f'action="{url}"' in client.get(draft.get_absolute_url()).content.decode()
    page = client.post(url, follow=True).content.decode()
    assert "1 request is drafted." in page
    assert FundingRequest.objects.get().get_absolute_url() in page
    again = client.post(url)
    assert (again.status_code, ALL_ASKED in again.content.decode(), FundingRequest.objects.count()) == (409, True, 1)


# -- other currencies ----------------------------------------------------------------------------------------------------------


def test_pools_in_other_currencies_count_at_the_rate_of_the_day(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    plan, other = desk.write("Cautious", (kiosks, "OPS", 100), (kiosks, "USD", 30)), desk.write("Bold", (kiosks, "OPS", 120))
    report = scenario_page(cast.cxo, plan)
    assert (report.total, report.counted.unpriced) == (Decimal(100), ["USD 30.00"])
    ExchangeRate.objects.enter("USD", date(2026, 1, 1), Decimal("0.9"), by=cast.finance)
    report = scenario_page(cast.cxo, plan)
    assert (report.total, report.counted.unpriced) == (Decimal(127), [])
    assert [(row.amount, row.left) for row in report.pools] == [(Decimal(100), Decimal(900)), (Decimal(30), Decimal(970))]
    found = comparison(cast.cxo, QueryDict(f"a={other.pk}&b={plan.pk}"))
    assert (found.total.left, found.total.right) == (Decimal(120), Decimal(127))
    plan.approve(version=plan.version, note="Enough", by=cast.ceo)
    since = scenario_page(cast.ceo, plan).so_far
    assert since is not None
    assert since.rows[0].planned == Decimal(127)


def test_a_pool_in_another_currency_does_not_pay_more_than_it_has(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    plan = desk.write("Bold", (candidate("Kiosks"), "USD", 1001))
    with pytest.raises(RuleBroken, match="more than its budget"):
        plan.approve(version=plan.version, note="Enough", by=cast.ceo)
    plan.refresh_from_db()
    assert plan.state == "draft"
