"""What was asked and given since stands beside the plan of its year, on its page and at each request; it stops nothing."""

from decimal import Decimal

import pytest
from django.test import Client

from initiatives.decisions.models import Scenario
from initiatives.decisions.reports.scenarios import scenario_page
from initiatives.funding.models import FundingRequest
from initiatives.funding.reports.requests import request_page
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative
from tests.boards.conftest import bring_to
from tests.cast import Cast
from tests.decisions.conftest import Candidate
from tests.decisions.test_scenarios import Desk
from tests.pools import no_case_needed
from tests.pools import opened as open_pool


@pytest.fixture
def desk(cast: Cast) -> Desk:
    _ = cast.head("OPS"), cast.second_finance
    no_case_needed(cast)
    return Desk(cast)


def draft(cast: Cast, desk: Desk, initiative: Initiative, amount: int, code: str = "OPS") -> FundingRequest:
    lines = [(desk.pools[code], Decimal(amount))]
    return FundingRequest.objects.draft(initiative.cost_object, lines=lines, purpose="Kiosks", by=cast.cxo)


def asked(cast: Cast, desk: Desk, initiative: Initiative, amount: int, code: str = "OPS") -> FundingRequest:
    request = draft(cast, desk, initiative, amount, code)
    request.submit(by=cast.cxo)
    return request


def planned(desk: Desk, *lines: tuple[Initiative, str, int]) -> Scenario:
    plan = desk.write("Plan", *lines)
    plan.approve(version=plan.version, note="Enough", by=desk.cast.ceo)
    return plan


def beside(user: User, request: FundingRequest) -> list[tuple[str, str, str]]:
    return [(str(one.planned), str(one.so_far), str(one.over)) for one in request_page(user, request).plans]


def opened(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return " ".join(client.get(url).content.decode().split())


def test_what_was_asked_and_given_stands_beside_the_plan(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks, lanes, signs = candidate("Kiosks"), candidate("Lanes"), candidate("Signs")
    bring_to(kiosks, "funded")
    plan = planned(desk, (kiosks, "OPS", 100), (kiosks, "HR", 20), (lanes, "OPS", 50))
    first = asked(cast, desk, kiosks, 90)
    first.approve(by=cast.head("OPS"))
    first.approve(by=cast.finance)
    asked(cast, desk, kiosks, 60, "HR")
    asked(cast, desk, signs, 7)
    asked(cast, desk, lanes, 500).withdraw(by=cast.cxo)
    report = scenario_page(cast.ceo, plan).so_far
    assert report is not None
    figures = [(row.planned, row.given, row.asked, row.over) for row in report.rows]
    names = [row.name.label.split(" ", 1)[1] for row in report.rows]
    assert {name: tuple(map(str, row)) for name, row in zip(names, figures, strict=True)} == {
        "Kiosks": ("120.00", "90.00", "60.00", "30.00"),
        "Signs": ("0.00", "0.00", "7.00", "7.00"),
        "Lanes": ("50.00", "0.00", "0.00", "-50.00"),
    }
    assert report.above == 2
    page = opened(cast.ceo, plan.get_absolute_url())
    assert "2 initiatives are above the plan" in page
    assert "not in it" in page


def test_a_draft_promises_nothing(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    scenario, request = desk.write("Bold", (kiosks, "OPS", 10)), asked(cast, desk, kiosks, 90)
    assert scenario_page(cast.cxo, scenario).so_far is None
    assert beside(cast.cxo, request) == []


def test_a_request_says_how_far_above_the_plan_it_leads(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    bring_to(kiosks, "funded")
    planned(desk, (kiosks, "OPS", 120))
    first, second = asked(cast, desk, kiosks, 100), draft(cast, desk, kiosks, 50)
    assert beside(cast.cxo, first) == [("120.00", "100.00", "0.00")]
    assert beside(cast.cxo, second) == [("120.00", "150.00", "30.00")]  # a draft counts itself
    second.submit(by=cast.cxo)
    assert beside(cast.cxo, second) == [("120.00", "150.00", "30.00")]
    page = opened(cast.cxo, second.get_absolute_url())
    assert "above the plan" in page
    assert "30.00</span> above the plan" in page
    second.approve(by=cast.head("OPS"))  # a note, no block
    second.approve(by=cast.finance)
    assert second.state == "allocated"
    assert beside(cast.auditor, second) == [("120.00", "150.00", "30.00")]


@pytest.mark.parametrize("who", ["finance", "head"])
def test_who_may_not_read_plans_reads_nothing_of_one(cast: Cast, desk: Desk, candidate: Candidate, who: str) -> None:
    kiosks = candidate("Kiosks")
    planned(desk, (kiosks, "OPS", 10))
    request = asked(cast, desk, kiosks, 90)
    person = cast.finance if who == "finance" else cast.head("OPS")
    assert beside(person, request) == []
    assert "plan of" not in opened(person, request.get_absolute_url())


def test_what_has_no_rate_is_said(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    plan = planned(desk, (kiosks, "OPS", 10))
    desk.pools["USA"] = open_pool(cast, desk.year, cast.department("USA"), Decimal(90), by=cast.finance, currency="USD")
    request = asked(cast, desk, kiosks, 40, "USA")
    (note,) = request_page(cast.cxo, request).plans
    assert (note.so_far, note.unpriced) == (0, ["USD 40.00"])
    assert "USD 40.00 has no exchange rate" in opened(cast.cxo, request.get_absolute_url())
    assert "Not counted: USD 40.00" in opened(cast.cxo, plan.get_absolute_url())
