"""The page of coverage: its figures and the lists behind them, past days, sight, and who sees what."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.journey.models import Kind, MapPolicy, OwnedObject, Sight, Stage, StageKind, State, Touchpoint, looked
from initiatives.journey.reports.coverage_page import coverage_page
from initiatives.journey.reports.holdings import holdings
from initiatives.journey.reports.sight import views
from initiatives.journey.reports.split import split
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture(autouse=True)
def nobody_has_looked(settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sight"}}
    cache.clear()


def own(touchpoint: Touchpoint, cast: Cast, code: str = "OPS") -> Touchpoint:
    touchpoint.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
    return touchpoint


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, query: str = "") -> str:
    return client.get(f"/own/coverage/{query}").content.decode()


@pytest.fixture
def company(journey_map: Map, cast: Cast) -> Map:
    """Two owned and one unowned before the sale, one owned and two unowned after it."""
    own(journey_map.touchpoint("Search", reach=60), cast, "OPS")
    own(journey_map.touchpoint("Booking", reach=20, channel=journey_map.desk), cast, "SEC")
    journey_map.touchpoint("Advert", reach=20)
    own(journey_map.touchpoint("Gate", reach=50, stage=journey_map.after), cast, "OPS")
    journey_map.touchpoint("Lounge", reach=40, stage=journey_map.after)
    journey_map.touchpoint("Taxi", reach=10, stage=journey_map.after, channel=journey_map.desk)
    return journey_map


# -- Figures and their records -------------------------------------------------------------------------------------------


def test_the_first_sentence_says_how_much_nobody_owns(company: Map, cast: Cast) -> None:
    html = text(sign_in(cast.ceo))
    assert "<strong>3 of 6 touchpoints</strong> have no owner; <strong>2</strong> of them are post-sale." in html
    assert "CX is de facto an Ops department function." in html


def test_each_figure_opens_the_records_that_it_counts(company: Map, cast: Cast) -> None:
    company.touchpoint("Asked for").owned.become(State.PROPOSED)
    client, report = sign_in(cast.ceo), coverage_page(cast.ceo, None)
    rails, urls = report["rails"], report["urls"]
    counted = {
        urls["all"]: rails.whole.number, urls["gaps"]: rails.whole.gaps, urls["before"]: rails.before.number,
        urls["after"]: rails.after.number, urls["gaps_after"]: rails.after.gaps,
    }  # fmt: skip
    rows = [*report["stages"], *report["channels"]]
    counted |= {row.url: row.part.number for row in rows} | {row.gaps_url: row.part.gaps for row in rows}
    counted |= {row.url: row.number for row in report["owners"] if row.url}
    assert len(counted) > 10
    assert {url: client.get(url).context["total"] for url in counted} == counted


def test_every_link_on_the_page_opens(company: Map, cast: Cast) -> None:
    client = sign_in(cast.contributor("OPS"))
    main = text(client).split('id="main"')[1]
    links = {unescape(link) for link in re.findall(r'href="([^"#]+)"', main)}
    paths = {f"/own/coverage/{link}" if link.startswith("?") else link for link in links}
    assert {path: status for path in paths if (status := client.get(path).status_code) != 200} == {}


def test_an_archived_stage_breaks_no_link(company: Map, cast: Cast) -> None:
    Stage.objects.create(title="Rent", kind=StageKind.POST_SALE, position=9).archive(by=cast.cxo, reason="We sold it.")
    client, urls = sign_in(cast.ceo), coverage_page(cast.ceo, None)["urls"]
    assert {path: status for path in urls.values() if (status := client.get(path).status_code) != 200} == {}


def test_an_empty_company_is_told_what_coverage_is(cast: Cast) -> None:
    assert "Nothing to cover yet" in text(sign_in(cast.ceo))


# -- Past days -----------------------------------------------------------------------------------------------------------


def test_a_past_day_is_told_and_opens_no_list_of_today(company: Map, cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        own(company.touchpoint("Parking", reach=7), cast)
    client = sign_in(cast.ceo)
    html = text(client, f"?as_of={today() - timedelta(days=10)}")
    assert "<strong>0 of 1 touchpoints</strong> have no owner." in html
    assert "/own/touchpoints/?" not in html.split('id="main"')[1]
    assert "Nothing was on the map" in text(client, "?as_of=2026-01-05")


@pytest.mark.parametrize("day", ["2999-01-01", "2026-13-01", "yesterday", "26-1-1", "1066-10-14", "2026-01-01T00:00"])
def test_a_day_that_is_none_is_refused_at_its_field(company: Map, cast: Cast, day: str) -> None:
    answer = sign_in(cast.ceo).get("/own/coverage/", {"as_of": day})
    assert answer.status_code == 422
    assert 'id="as-of-error"' in answer.content.decode()
    assert '<div class="field" data-error><label for="as-of">' in answer.content.decode()
    assert "3 of 6 touchpoints" in answer.content.decode()


# -- Sight ---------------------------------------------------------------------------------------------------------------


def values(cast: Cast, *codes: str) -> list[tuple[object, object, object, bool]]:
    departments = [cast.department(code).pk for code in codes]
    found = {view.department: view for view in views(cast.ceo, holdings(cast.ceo), departments, MapPolicy())}
    return [
        (round(view.value or 0, 2), round(view.unused, 2), round(view.closed, 2), view.blind)
        for view in (found[department] for department in departments)
    ]


def test_a_department_looks_at_a_stage_when_two_of_its_people_do(company: Map, cast: Cast) -> None:
    for person in (cast.head("OPS"), cast.contributor("OPS"), cast.head("SEC")):
        sign_in(person).get(Touchpoint.objects.get(title="Search").get_absolute_url())
    cast.contributor("SEC")
    assert [tuple(map(float, row)) for row in values(cast, "OPS", "SEC")] == [(0.5, 0.5, 0, False), (0, 1, 0, True)]  # type: ignore[arg-type]  # decimals


def test_one_person_who_looks_often_is_still_one(company: Map, cast: Cast) -> None:
    stage = company.before.pk
    for back in (9, 5, 2, 0, 0):
        with clock.at(clock.now() - timedelta(days=back)):
            looked(cast.head("OPS"), stage)
    assert list(Sight.objects.filter(members__gt=0).values_list("day", "members")) == [(today(), 1)]
    assert Sight.objects.looking(MapPolicy()) == set()


def test_two_people_count_on_different_days_and_no_longer_than_the_window(noon: None, company: Map, cast: Cast) -> None:
    stage, ops = company.before.pk, cast.department("OPS").pk
    with clock.at(clock.now() - timedelta(days=29)):
        looked(cast.head("OPS"), stage)
    looked(cast.contributor("OPS"), stage)
    assert Sight.objects.looking(MapPolicy()) == {(ops, stage)}
    assert Sight.objects.looking(MapPolicy(sight_days=29)) == set()


def test_no_table_holds_who_looked(company: Map, cast: Cast) -> None:
    looked(cast.head("OPS"), company.before.pk)
    assert {field.name for field in Sight._meta.get_fields()} == {"id", "department", "stage", "day", "members"}
    assert all(name not in str(cache.get(key)) for name in ("head_ops", "Head Ops") for key in ("sight",))


def test_too_few_members_and_closed_stages_are_told_apart_from_not_looking(company: Map, cast: Cast) -> None:
    cast.head("HR")
    for touchpoint in Touchpoint.objects.filter(stage=company.after):
        touchpoint.owned.restricted = True
        touchpoint.owned.save(update_fields=["restricted"])
        touchpoint.owned.project_grants()
    cast.head("IT"), cast.contributor("IT")
    (_, _, alone, _), (_, unused, closed, blind) = values(cast, "HR", "IT")
    assert (float(alone), float(unused), float(closed), blind) == (1.0, 0.5, 0.5, False)  # type: ignore[arg-type]  # decimals


# -- Cost and secrets ----------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_for_any_number(
    company: Map, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(cast.contributor("OPS"))
    with django_assert_num_queries(22) as few:
        text(client)
    for number in range(20):
        own(company.touchpoint(f"Contact {number}"), cast, ("OPS", "IT", "HR")[number % 3])
    with django_assert_num_queries(len(few.captured_queries)):
        text(client)


def test_a_restricted_touchpoint_leaves_no_trace_on_the_page(company: Map, cast: Cast) -> None:
    outsider, _ = sign_in(cast.contributor("IT")), cast.contributor("HR")

    def page() -> str:
        return re.sub(r'value="\w{64}"|X-CSRFToken[^}]*}', "", text(outsider))

    before = page()
    secret = own(company.touchpoint("Lost child", reach=900), cast, "HR")
    secret.owned.restricted = True
    secret.owned.save(update_fields=["restricted"])
    secret.owned.project_grants()
    assert page() == before
    assert "Lost child" in sign_in(cast.ceo).get("/own/touchpoints/").content.decode()


# -- Split ---------------------------------------------------------------------------------------------------------------


def facet(touchpoint: Touchpoint, name: str, cast: Cast, code: str) -> None:
    owned = OwnedObject.objects.create(kind=Kind.FACET, reference=f"{touchpoint.reference}.{name}", name=name)
    owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))


def test_a_touchpoint_whose_parts_lie_in_two_departments_is_split(company: Map, cast: Cast) -> None:
    """The published example: of the phone's voice menu, technology lies with IT and content with Marketing."""
    menu, survey = company.touchpoint("Voice menu"), company.touchpoint("Survey")
    facet(menu, "technology", cast, "IT")
    facet(menu, "content", cast, "MKT")
    facet(survey, "technology", cast, "IT")
    facet(survey, "data", cast, "IT")
    (found,) = split(cast.ceo, holdings(cast.ceo))
    assert (found.holding.title, [name for name, _ in found.facets]) == ("Voice menu", ["content", "technology"])
    assert "1 touchpoint is split" in text(sign_in(cast.ceo))
    own(menu, cast, "MKT")
    assert split(cast.ceo, holdings(cast.ceo)) == []


def test_the_page_has_no_fault_at_any_width(
    transactional_db: None, browse: Browse, faults: Callable[..., list[str]], company: Map, cast: Cast
) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        own(company.touchpoint("Parking", reach=7), cast)
    menu = company.touchpoint("Voice menu")
    facet(menu, "technology", cast, "IT")
    facet(menu, "content", cast, "MKT")
    assert faults(browse("/own/coverage/", by=cast.ceo)) == []
    assert faults(browse("/own/coverage/?as_of=nonsense", by=cast.ceo, expect=422), [(360, "light")]) == []


def test_the_board_and_the_page_say_how_much_has_an_owner_and_how_much_of_it_is_attested(company: Map, cast: Cast) -> None:
    OwnedObject.objects.filter(touchpoint__title="Gate").update(lapses=1)
    client = sign_in(cast.ceo)
    board = client.get("/own/").content.decode()
    assert '<a href="/own/coverage/">3 of 6 touchpoints have no owner</a>' in board
    page = text(client)
    assert "1&nbsp;of&nbsp;2" in page
    assert "Attested" not in text(client, f"?as_of={today() - timedelta(days=1)}")
    assert "touchpoints have no owner" not in sign_in(cast.nobody).get("/own/").content.decode()


def test_the_numbers_of_the_map_are_named_with_their_units(cast: Cast) -> None:
    client = sign_in(cast.cxo)
    page = client.get("/own/policy/").content.decode()
    assert "<dt>Time to answer</dt><dd>5 working days</dd>" in page
    assert "<dt>Blind below</dt><dd>30\N{NARROW NO-BREAK SPACE}% of the journey’s weight</dd>" in page
    form = client.get("/own/policy/set/").content.decode()
    assert "Largest share of one department" in form
    assert "Most share" not in form
