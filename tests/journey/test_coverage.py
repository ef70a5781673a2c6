"""Coverage, the gap between the rails and concentration: the fixtures of the formulas, and the same from rows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.journey.models import MapPolicy, OwnedObject, State, Touchpoint
from initiatives.journey.reports.coverage import Concentration, Part, Rails, gaps, history
from initiatives.journey.reports.holdings import holdings
from initiatives.journey.reports.measures import concentration, coverage, owned_value, rail_gap, shares, sight
from initiatives.organization.models import Role
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.journey.conftest import Map

PRE = [(Decimal(3), Decimal(1)), (Decimal(1), Decimal(0))]
POST = [(Decimal(1), Decimal(1)), (Decimal(2), Decimal("0.5"))]


def own(touchpoint: Touchpoint, cast: Cast, code: str = "OPS", lapses: int = 0) -> None:
    touchpoint.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code), lapses=lapses)


# -- The formulas --------------------------------------------------------------------------------------------------------


def test_coverage_and_the_gap_of_the_published_example() -> None:
    assert coverage(PRE) == Decimal("0.75")
    assert round(coverage(POST) or 0, 3) == Decimal("0.667")
    assert round(coverage([*PRE, *POST]) or 0, 3) == Decimal("0.714")
    assert round(rail_gap(coverage(PRE), coverage(POST)) or 0, 3) == Decimal("0.083")


def test_concentration_of_the_published_example() -> None:
    assert concentration(map(Decimal, ("0.6", "0.2", "0.2"))) == Decimal("0.44")
    assert shares({"OPS": Decimal(6), "IT": Decimal(2), "HR": Decimal(2)}) == {
        "OPS": Decimal("0.6"), "IT": Decimal("0.2"), "HR": Decimal("0.2"),
    }  # fmt: skip


def test_of_nothing_there_is_no_coverage_no_gap_and_no_concentration() -> None:
    assert coverage([]) is coverage([(Decimal(0), Decimal(1))]) is concentration([]) is sight({}, [1]) is None
    assert rail_gap(None, Decimal(1)) is None
    assert shares({"OPS": Decimal(0)}) == {}


@pytest.mark.parametrize(
    ("state", "lapses", "active", "value"),
    [
        ("owned", 0, True, "1"), ("owned", 1, True, "0.5"), ("owned", 2, True, "0"), ("owned", 3, True, "0"),
        ("owned", 0, False, "0"), ("unowned", 0, True, "0"), ("proposed", 0, True, "0"), ("contested", 0, True, "0"),
        ("vacant", 0, True, "0"),
    ],
)  # fmt: skip
def test_only_an_accepted_and_attested_owner_who_is_there_counts(state: str, lapses: int, active: bool, value: str) -> None:
    assert owned_value(state, lapses, active=active) == Decimal(value)


weighed = st.lists(st.tuples(st.decimals(0, 10**6, places=2), st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])))


@given(weighed)
def test_coverage_lies_between_nothing_and_everything(pairs: list[tuple[Decimal, Decimal]]) -> None:
    found = coverage(pairs)
    assert found is None or 0 <= found <= 1


# -- The same from rows --------------------------------------------------------------------------------------------------


@pytest.fixture
def example(journey_map: Map, cast: Cast) -> Map:
    """The published example as touchpoints: weights 3 and 1 before the sale, 1 and 2 after it."""
    own(journey_map.touchpoint("Search", reach=1, moment_of_truth=True), cast)
    journey_map.touchpoint("Advert", reach=1)
    own(journey_map.touchpoint("Security", reach=1, stage=journey_map.after), cast, "SEC")
    own(journey_map.touchpoint("Gate", reach=2, stage=journey_map.after), cast, "OPS", lapses=1)
    return journey_map


def test_the_rails_of_the_example(example: Map, cast: Cast) -> None:
    rails = Rails.of(holdings(cast.cxo))
    assert (rails.before.coverage, round(rails.after.coverage or 0, 3)) == (Decimal("0.75"), Decimal("0.667"))
    assert (round(rails.whole.coverage or 0, 3), round(rails.gap or 0, 3)) == (Decimal("0.714"), Decimal("0.083"))
    assert (rails.whole.number, rails.whole.gaps, rails.within) == (4, 1, Part(0, 0, Decimal(0), None))


def test_gaps_are_listed_by_weight(example: Map, cast: Cast) -> None:
    assert [(one.title, one.shown) for one in gaps(holdings(cast.cxo))] == [("Gate", "stale"), ("Advert", "unowned")]


def test_employee_stages_count_in_the_whole(example: Map, cast: Cast) -> None:
    example.touchpoint("Roster", reach=7, stage=example.within)
    rails = Rails.of(holdings(cast.cxo))
    assert (rails.whole.coverage, rails.before.coverage) == (Decimal(5) / 14, Decimal("0.75"))
    assert rails.within == Part(1, 1, Decimal(7), Decimal(0))


def test_splitting_a_touchpoint_adds_no_coverage(example: Map, cast: Cast) -> None:
    before = Rails.of(holdings(cast.cxo)).whole
    gate = Touchpoint.objects.get(title="Advert")
    parts = [example.touchpoint(f"Advert {number}", parent=gate, reach=1) for number in range(3)]
    for part in parts:
        part.owned.refresh_from_db()
    whole = Rails.of(holdings(cast.cxo)).whole
    assert (whole.weight, whole.coverage) == (before.weight, before.coverage)


def test_an_owner_who_lost_the_role_or_whose_department_closed_counts_nothing(example: Map, cast: Cast) -> None:
    Role.objects.filter(person=cast.contributor("SEC")).update(ends=today())
    department = cast.department("OPS")
    department.closed_on = today()
    department.save(update_fields=["closed_on"])
    assert Rails.of(holdings(cast.cxo)).whole.coverage == 0
    assert {one.shown for one in holdings(cast.cxo)} == {"stale", "unowned"}


def test_a_past_day_is_told_as_it_was(example: Map, cast: Cast) -> None:
    days_ago = clock.now() - timedelta(days=40)
    with clock.at(days_ago):
        early = example.touchpoint("Parking", reach=4)
    with clock.at(days_ago + timedelta(days=10)):
        own(early, cast)
    with clock.at(days_ago + timedelta(days=20)):
        early.owned.become(State.VACANT, department=cast.department("OPS"), steward=cast.head("OPS"))
    past = {back: Rails.of(holdings(cast.cxo, today() - timedelta(days=back))).whole for back in (41, 35, 25, 15)}
    assert [(part.number, part.coverage) for part in past.values()] == [(0, None), (1, 0), (1, 1), (1, 0)]


def test_history_says_of_each_day_what_the_day_says_of_itself(example: Map, cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=5)):
        touchpoint = example.touchpoint("Parking", reach=4)
    with clock.at(clock.now() - timedelta(days=3)):
        own(touchpoint, cast)
    with clock.at(clock.now() - timedelta(days=2)):
        touchpoint.owned.archived_on = today() - timedelta(days=1)
        touchpoint.owned.save(update_fields=["archived_on"])
        touchpoint.owned.remember()
    days = history(cast.cxo, days=8)
    assert [one.day for one in days] == [today() - timedelta(days=back) for back in range(7, -1, -1)]
    for one in days:
        rails = Rails.of(holdings(cast.cxo, one.day))
        assert (one.before, one.after, one.whole) == (rails.before.coverage, rails.after.coverage, rails.whole.coverage)


def test_a_department_that_owns_most_is_named(example: Map, cast: Cast) -> None:
    found = Concentration.of(holdings(cast.cxo), MapPolicy())
    ops, sec = cast.department("OPS"), cast.department("SEC")
    assert found.shares == {ops.pk: Decimal(5) / 6, sec.pk: Decimal(1) / 6}
    assert found.sentence({ops.pk: ops, sec.pk: sec}) == "CX is de facto an Ops department function."
    lenient = MapPolicy(most_share=Decimal("0.9"), most_concentration=Decimal("0.9"))
    assert Concentration.of(holdings(cast.cxo), lenient).sentence({}) == ""


def test_what_is_restricted_is_in_nobody_elses_figures(example: Map, cast: Cast) -> None:
    cast.contributor("HR")
    before = (Rails.of(holdings(cast.contributor("IT"))), history(cast.contributor("IT"), days=3))
    secret = example.touchpoint("Lost child", reach=100)
    own(secret, cast, "HR")
    OwnedObject.objects.filter(pk=secret.owned.pk).update(restricted=True)
    secret.owned.refresh_from_db()
    secret.owned.project_grants()
    assert (Rails.of(holdings(cast.contributor("IT"))), history(cast.contributor("IT"), days=3)) == before
    assert Rails.of(holdings(cast.contributor("HR"))).whole.number == 5
    assert Rails.of(holdings(cast.cxo)).whole.number == 5


def test_a_day_costs_two_queries_and_a_quarter_too(
    example: Map, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cxo = cast.cxo
    assert cxo.standing
    with django_assert_num_queries(2):
        holdings(cxo)
    with django_assert_num_queries(2):
        history(cxo)
