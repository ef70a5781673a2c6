"""Scenarios of a year: compared side by side; one is approved from what was read, and is the plan."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models import Scenario
from initiatives.decisions.models.log import decisions
from initiatives.decisions.reports.scenarios import Difference, comparison
from initiatives.funding.models import FiscalYear
from initiatives.journey.models import Channel, Stage, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.decisions.conftest import Candidate
from tests.funding.test_race import at_once
from tests.pools import opened
from tests.refusals import refused


class Desk:
    """A year with two pools of 1,000, and scenarios by name."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.year = FiscalYear.objects.create(name="2026", starts=date(2026, 1, 1), ends=date(2026, 12, 31))
        self.pools = {
            code: opened(cast, self.year, cast.department(code), Decimal(1000), by=cast.finance) for code in ("OPS", "HR")
        }

    def write(self, name: str, *lines: tuple[Initiative, str, int]) -> Scenario:
        scenario = Scenario.objects.write(self.year, name, by=self.cast.cxo)
        for initiative, code, amount in lines:
            self.plan(scenario, initiative, code, amount)
        return scenario

    def plan(self, scenario: Scenario, initiative: Initiative, code: str, amount: int, **more: Any) -> None:
        said = {"version": scenario.version, "by": self.cast.cxo, **more}
        scenario.set_amount(initiative, self.pools[code], Decimal(amount), **said)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def told(rows: tuple[Difference, ...]) -> list[tuple[str, Decimal, Decimal, str]]:
    return [(row.label.split(" ", 1)[-1], row.left, row.right, row.mark) for row in rows]


def test_two_stand_side_by_side(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks, lanes, signs = candidate("Kiosks"), candidate("Lanes", code="HR"), candidate("Signs")
    stages = [Stage.objects.create(title=title, kind="pre_sale", position=n) for n, title in enumerate(("Buy", "Fly"), 1)]
    channel = Channel.objects.create(name="Hall", position=1)
    for stage in stages:
        kiosks.improve(Touchpoint.objects.create(title=stage.title, stage=stage, channel=channel, reach=9), by=cast.cxo)
    cautious = desk.write("Cautious", (kiosks, "OPS", 101), (lanes, "HR", 50), (lanes, "OPS", 7))
    bold = desk.write("Bold", (kiosks, "OPS", 300), (signs, "OPS", 20))
    found = comparison(cast.cxo, QueryDict(f"a={cautious.pk}&b={bold.pk}"))
    assert told(found.initiatives) == [
        ("Kiosks", 101, 300, "more"), ("Lanes", 57, 0, "removes"), ("Signs", 0, 20, "adds"),
    ]  # fmt: skip
    assert [(row.label, row.left, row.right) for row in found.departments] == [
        ("Ops department", 101, 320), ("Hr department", 57, 0),
    ]  # fmt: skip
    assert {row.label: (row.left, row.right) for row in found.stages} == {
        "Buy": (Decimal("50.50"), 150), "Fly": (Decimal("50.50"), 150), "no stage named": (57, 20),
    }  # fmt: skip
    assert (found.total.left, found.total.right, found.changed) == (158, 320, 3)


def test_a_scenario_begins_with_the_lines_of_another(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    first = desk.write("First", (kiosks, "OPS", 100))
    second = Scenario.objects.write(desk.year, "Second", by=cast.cxo, like=first)
    desk.plan(second, kiosks, "OPS", 0)
    desk.plan(second, kiosks, "HR", 40)
    assert [(line.pool, line.amount) for line in second.lines.all()] == [(desk.pools["HR"], 40)]
    assert first.lines.get().amount == 100


def test_one_is_approved_with_a_note_and_the_rest_is_archived(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    former, other = desk.write("Former", (kiosks, "OPS", 100)), desk.write("Other", (kiosks, "HR", 100))
    former.approve(version=former.version, note="Enough for now", by=cast.ceo)
    assert Scenario.objects.get(pk=other.pk).state == "archived"
    new = Scenario.objects.write(desk.year, "New", by=cast.cxo, like=other)
    with pytest.raises(BadInput, match="reason"):
        new.approve(version=new.version, note=" ", by=cast.cxo)
    new.approve(version=new.version, note="HR pays", by=cast.cxo)
    assert dict(Scenario.objects.values_list("name", "state")) == {"Former": "archived", "Other": "archived", "New": "approved"}
    logged = decisions(cast.auditor).latest("pk")
    assert (logged.verb, logged.reason, logged.subject_id) == ("decisions.scenario.approved", "HR pays", new.pk)
    assert not decisions(cast.head("OPS")).filter(subject_type="decisions.scenario").exists()
    with pytest.raises(RuleBroken, match="archived"):
        desk.plan(other, kiosks, "OPS", 1, version=other.version)
    assert refused("DELETE FROM decisions_scenarioline WHERE scenario_id = %s", new.pk) == "scenarios_stay"


def test_who_may_and_what_stands_in_the_way(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    for who in (cast.finance, cast.ceo, cast.head("OPS"), cast.administrator):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            Scenario.objects.write(desk.year, "Mine", by=who)
    scenario = desk.write("Greedy")
    with pytest.raises(RuleBroken, match="funds nothing"):
        scenario.approve(version=1, note="So", by=cast.cxo)
    desk.plan(scenario, kiosks, "OPS", 1001)
    for who, why in ((cast.cxo, "more than its budget"), (cast.finance, "Only the CXO and the CEO")):
        with pytest.raises(RuleBroken, match=why):
            scenario.approve(version=scenario.version, note="So", by=who)
    next_year = FiscalYear.objects.create(name="2027", starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    elsewhere = opened(cast, next_year, None, Decimal(9), by=cast.finance)
    with pytest.raises(RuleBroken, match="not a pool of 2026"):
        scenario.set_amount(kiosks, elsewhere, Decimal(1), version=scenario.version, by=cast.cxo)
    line = "INSERT INTO decisions_scenarioline (scenario_id, initiative_id, pool_id, amount) VALUES (%s, %s, %s, 1)"
    assert refused(line, scenario.pk, kiosks.pk, elsewhere.pk) == "planned_from_its_year"
    assert Scenario.objects.get().state == "draft"


def test_nobody_approves_what_was_not_read(cast: Cast, desk: Desk, candidate: Candidate) -> None:
    kiosks = candidate("Kiosks")
    scenario = desk.write("Plan", (kiosks, "OPS", 100))
    read = scenario.version
    desk.plan(scenario, kiosks, "OPS", 900)
    with pytest.raises(Stale):
        scenario.approve(version=read, note="A hundred is fine", by=cast.ceo)
    with pytest.raises(Stale):
        desk.plan(scenario, kiosks, "OPS", 5, version=read)
    assert Scenario.objects.get().state == "draft"


@pytest.fixture
def without_the_index() -> Iterator[Callable[[], None]]:
    """Lets the database forget that there is one plan a year; remembered again at the end."""

    def forget() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_plan_a_year")

    yield forget
    with connection.cursor() as cursor:
        cursor.execute("UPDATE decisions_scenario SET state = 'archived' WHERE state = 'approved'")
        cursor.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS one_plan_a_year ON decisions_scenario (year_id) WHERE state = 'approved'"
        )


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_approve_one_plan(
    cast: Cast, desk: Desk, candidate: Candidate, without_the_index: Callable[[], None]
) -> None:
    kiosks, people = candidate("Kiosks"), (cast.cxo, cast.ceo)
    both = [desk.write(name, (kiosks, "OPS", 100)) for name in ("One", "Two")]

    def approve(scenario: Scenario, by: User) -> Callable[[], None]:
        return lambda: Scenario.objects.get(pk=scenario.pk).approve(version=scenario.version, note="Mine", by=by)

    def naive(scenario: Scenario) -> Callable[[], None]:
        def act() -> None:
            if not Scenario.objects.filter(state="approved").exists():
                time.sleep(0.2)
                Scenario.objects.filter(pk=scenario.pk).update(state="approved", note="Mine", decided_by=cast.ceo)

        return act

    results = at_once([approve(scenario, by) for scenario, by in zip(both, people, strict=True)])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "RuleBroken"]
    assert sorted(Scenario.objects.values_list("state", flat=True)) == ["approved", "archived"]
    assert Event.objects.filter(verb="decisions.scenario.approved").count() == 1
    Scenario.objects.get(state="approved")._become("archived")  # type: ignore[arg-type]  # wrong on purpose
    without_the_index()
    again = [desk.write(name, (kiosks, "OPS", 100)) for name in ("Three", "Four")]
    at_once([naive(scenario) for scenario in again])  # the negative control: looked at without a lock, both become the plan
    assert Scenario.objects.filter(state="approved").count() == 2


def test_the_pages_of_scenarios(cast: Cast, desk: Desk, candidate: Candidate, django_assert_max_num_queries: Any) -> None:
    kiosks, client, ceo = candidate("Kiosks"), Client(), Client()
    client.force_login(cast.cxo)
    ceo.force_login(cast.ceo)
    new = reverse("decisions:scenario_write")
    assert client.get(new).status_code == 200
    for name in ("Cautious", "Bold"):
        assert client.post(new, {"name": name, "year": desk.year.pk}).status_code == 302
    bold = Scenario.objects.get(name="Bold")
    line = {"initiative": kiosks.pk, "pool": desk.pools["OPS"].pk, "amount": "120.00", "version": "1"}
    plan = reverse("decisions:scenario_plan", args=[bold.pk])
    assert client.post(plan, {**line, "amount": "a lot"}).status_code == 422
    assert client.post(plan, line).status_code == 302
    assert client.post(plan, line).status_code == 409  # read before the first one
    with django_assert_max_num_queries(16):
        page = ceo.get(reverse("decisions:scenarios")).content.decode()
    assert "✓ added" in page
    approve = reverse("decisions:scenario_approve", args=[bold.pk])
    assert "120.00" in ceo.get(approve).content.decode()
    assert ceo.post(approve, {"note": "Good", "version": "1"}).status_code == 409
    assert ceo.post(approve, {"note": "Good", "version": "2"}).status_code == 302
    assert Scenario.objects.get(pk=bold.pk).state == "approved"
    assert "Good" in client.get(bold.get_absolute_url()).content.decode()
