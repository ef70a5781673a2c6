"""A limit of the CXO is passed: one problem is opened by itself, its owner is asked, and people close it."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from initiatives.core.models import Event
from initiatives.duties.models import Obligation
from initiatives.journey.models import Breach, MapPolicy, Problem, State, Touchpoint, watch
from initiatives.journey.models.triaging import BREACH
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_readings import count, rate


def capped(cast: Cast, cap: str | None = "4", floor: str | None = "0.6") -> None:
    limits = {"contact_cap": cap and Decimal(cap), "moment_floor": floor and Decimal(floor)}
    MapPolicy.objects.set(limits, by=cast.cxo, reason="Customers complain.")


@pytest.fixture
def mailed(journey_map: Map, cast: Cast) -> Touchpoint:
    """A newsletter that OPS owns; MKT sends six to each of a thousand customers in thirty days."""
    touchpoint = journey_map.touchpoint("Newsletter")
    cast.head("OPS")
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    count(touchpoint, 6_000, 1_000, by=cast.cxo, department=cast.department("MKT"))
    return touchpoint


def test_without_a_cap_nothing_is_a_breach(mailed: Touchpoint) -> None:
    assert watch() == 0
    assert not Problem.objects.exists()


def test_a_stage_above_the_cap_has_one_problem_however_often_the_clock_rings(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast)
    assert [watch(), watch(), watch()] == [1, 0, 0]
    problem, breach = Problem.objects.get(), Breach.objects.get()
    assert (problem.touchpoint, problem.severity, problem.frequency) == (mailed, 2, Decimal("0.3333"))
    assert (breach.stage, breach.value, breach.allowed) == (mailed.stage, 6, 4)
    assert list(breach.departments.all()) == [cast.department("MKT")]  # who sent it, not who owns the touchpoint
    assert "6.00 contacts per customer in 30 days, where 4.00 are allowed" in problem.statement
    assert Event.objects.about(problem).get().actor is None
    count(mailed, 6_500, 1_000, by=cast.cxo, ago=2, department=cast.department("MKT"))
    assert watch() == 0  # it is open


def test_the_evidence_names_the_sources_and_not_the_newest_only(mailed: Touchpoint, journey_map: Map, cast: Cast) -> None:
    for place, source in enumerate(("Mail server", "Shop", "App", "App", "Desk")):
        more = {"by": cast.cxo, "department": cast.department("MKT"), "source": source}
        count(journey_map.touchpoint(f"Place {place}"), 5_000 - 100 * place, 1_000, **more)
    capped(cast)
    watch()
    words = Problem.objects.get().evidence.get().words
    assert words.endswith("(Mailings, Mail server, Shop and 2 more)"), words


def test_exactly_the_cap_is_no_breach(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast, cap="6")
    assert watch() == 0


def test_what_people_closed_opens_again_only_for_a_newer_reading(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast)
    watch()
    Problem.objects.get().dismiss(by=cast.contributor("OPS"), reason="The strike: everybody was told daily.")
    assert watch() == 0
    count(mailed, 5_000, 1_000, by=cast.cxo, ago=2, department=cast.department("MKT"))
    assert watch() == 1
    assert Problem.objects.open_now().count() == 1


def test_who_answers_for_the_touchpoint_is_asked_until_somebody_works_on_it(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast)
    watch()
    problem, ask = Problem.objects.get(), Obligation.objects.open_now().get(kind=BREACH)
    assert (ask.person, list(ask.stand_ins.all())) == (cast.contributor("OPS"), [cast.head("OPS")])
    mailed.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.head("OPS"))
    assert Obligation.objects.open_now().get(kind=BREACH).person == cast.head("OPS")
    facts = {"title": "Too many letters", "statement": "Six a month.", "severity": 3, "frequency": Decimal("0.3")}
    problem.edit(facts, version=problem.version, by=cast.head("OPS"))
    assert not Obligation.objects.open_now().filter(kind=BREACH).exists()


def test_a_moment_of_truth_below_its_floor_has_a_problem(journey_map: Map, cast: Cast) -> None:
    capped(cast)
    moment, other = journey_map.touchpoint("At the gate", moment_of_truth=True), journey_map.touchpoint("Signs")
    rate(moment, "3.39", 100, by=cast.cxo)
    rate(other, "1", 100, by=cast.cxo)
    assert [watch(), watch()] == [1, 0]
    problem = Problem.objects.get()
    assert (problem.touchpoint, problem.severity, problem.frequency) == (moment, 5, Decimal("0.4025"))
    assert "Rated 3.39 of 5 by 100, where 3.40 is the floor" in problem.statement
    assert problem.evidence.get().customers == 100


@pytest.mark.parametrize(("mean", "n"), [("3.4", 100), ("1", 29)])
def test_a_moment_at_its_floor_or_rated_by_too_few_has_none(journey_map: Map, cast: Cast, mean: str, n: int) -> None:
    capped(cast)
    rate(journey_map.touchpoint("At the gate", moment_of_truth=True), mean, n, by=cast.cxo)
    assert watch() == 0


def test_a_breach_at_what_is_restricted_is_known_to_its_insiders_only(mailed: Touchpoint, cast: Cast) -> None:
    mailed.restrict(by=cast.cxo, departments=[cast.department("OPS")])
    capped(cast)
    watch()
    assert Breach.objects.visible_to(cast.contributor("OPS")).count() == 1
    assert not Breach.objects.visible_to(cast.contributor("HR")).exists()


def test_the_cxo_is_asked_for_who_may_not_know_all_its_touchpoints(mailed: Touchpoint, journey_map: Map, cast: Cast) -> None:
    secret = journey_map.touchpoint("Letters to guests of the state")
    count(secret, 900, 100, by=cast.cxo, department=cast.department("HR"))
    secret.restrict(by=cast.cxo, departments=[cast.department("HR")])
    capped(cast)
    watch()
    assert Problem.objects.get().touchpoint == mailed
    assert Obligation.objects.open_now().get(kind=BREACH).person == cast.cxo


def test_the_database_keeps_one_breach_for_a_reading(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast)
    watch()
    breach = Breach.objects.get()
    same = {name: getattr(breach, name) for name in ("limit", "stage", "reading", "problem", "value", "allowed")}
    with pytest.raises(IntegrityError, match="one_problem_per_breach"), transaction.atomic():
        Breach.objects.create(**same)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_ring_at_once_open_one_problem(mailed: Touchpoint, cast: Cast) -> None:
    capped(cast)
    start, opened = Barrier(2), list[int]()

    def ring() -> None:
        start.wait(5)
        opened.append(watch())
        connection.close()

    clocks = [Thread(target=ring), Thread(target=ring)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(10)
    assert sorted(opened) == [0, 1]
    assert Problem.objects.count() == 1
