"""The ownership map: what spans a passage, where the line breaks, who sees what on it, and what it costs."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.core.rules import BadInput
from initiatives.journey.models import Channel, Stage, State, Touchpoint
from initiatives.journey.reports.holdings import Holding
from initiatives.journey.reports.looking_at_map import Look
from initiatives.journey.reports.map import map_page
from initiatives.journey.reports.spans import BROKEN, JOINED, NOTHING, PASSES, Ends, Facts, span, span_of_stages, tracks
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map


def at(reference: str, department: int | None = None, stage: int = 1) -> Holding:
    state, value = (State.OWNED, Decimal(1)) if department else (State.UNOWNED, Decimal(0))
    return Holding(reference, reference, stage, "pre_sale", 1, False, state, department, 0, Decimal(1), value)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def look(text: str = "") -> QueryDict:
    return QueryDict(text)


def own(touchpoint: Touchpoint, cast: Cast, code: str = "OPS") -> Touchpoint:
    touchpoint.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
    return touchpoint


# -- What spans a passage ------------------------------------------------------------------------------------------------


def test_an_owner_on_both_sides_spans_a_passage() -> None:
    assert span([at("A", 1), at("B", 2)], [at("C", 2)], Facts()).departments == {2}
    assert span([at("A", 1)], [at("C", 2)], Facts()).broken


def test_nobody_on_both_sides_spans_nothing() -> None:
    assert span([at("A")], [at("B")], Facts()).broken
    assert span([], [], Facts()).broken


def test_a_handoff_spans_a_passage_in_its_direction_only() -> None:
    facts = Facts(handoffs={("A", "B"): "HOF-001"})
    assert span([at("A")], [at("B")], facts).handoffs == ("HOF-001",)
    assert span([at("B")], [at("A")], facts).broken


def test_a_system_spans_the_stages_that_it_serves() -> None:
    facts = Facts(systems_of_stages={1: {1, 2}}, systems_of_touchpoints={2: {"A", "B"}})
    assert span_of_stages([at("A")], [at("B")], (1, 2), facts).systems == (2, 1)
    assert span_of_stages([at("C")], [at("D")], (2, 3), facts).broken


def test_a_track_runs_from_its_first_station_to_its_last_and_shows_each_break() -> None:
    cells = [[], [at("A", 1)], [at("B", 1)], [], [at("C", 2)], []]
    assert tracks(cells, Facts()) == [
        Ends(), Ends(NOTHING, JOINED), Ends(JOINED, BROKEN), Ends(PASSES, PASSES), Ends(BROKEN, NOTHING), Ends(),
    ]  # fmt: skip


# -- The page ------------------------------------------------------------------------------------------------------------


def test_the_break_at_the_sale_is_named(journey_map: Map, cast: Cast) -> None:
    own(journey_map.touchpoint("Search"), cast, "OPS")
    own(journey_map.touchpoint("Gate", stage=journey_map.after), cast, "SEC")
    line = map_page(cast.ceo, look())["line"]
    assert [(one.before, one.after, one.sale) for one in line.breaks] == [("Plan", "Fly", True)]
    assert [column.stage.title if column.stage else "sale" for column in line.columns] == ["Plan", "sale", "Fly", "Work here"]
    html = signed_in(cast.ceo).get("/own/map/").content.decode()
    assert "between Plan and Fly the line <strong>is broken</strong>" in html
    assert "nothing spans it" in html


def test_a_department_on_both_sides_of_the_sale_closes_the_gap(journey_map: Map, cast: Cast) -> None:
    own(journey_map.touchpoint("Search"), cast)
    own(journey_map.touchpoint("Gate", stage=journey_map.after), cast)
    assert map_page(cast.ceo, look())["line"].breaks == []
    assert "nothing spans it" not in signed_in(cast.ceo).get("/own/map/").content.decode()


def test_filters_choose_stations_and_leave_the_line_as_it_is(journey_map: Map, cast: Cast) -> None:
    own(journey_map.touchpoint("Search", reach=50), cast)
    journey_map.touchpoint("Advert", reach=10)
    own(journey_map.touchpoint("Gate", stage=journey_map.after), cast, "SEC")
    shown = {
        query: [one.title for one in sorted(map_page(cast.ceo, look(query))["chosen"], key=lambda one: one.title)]
        for query in ("", "department=OPS", "department=none", "state=unowned", "weight=50", "state=owned&weight=60")
    }
    assert shown == {
        "": ["Advert", "Gate", "Search"], "department=OPS": ["Search"], "department=none": ["Advert"],
        "state=unowned": ["Advert"], "weight=50": ["Gate", "Search"], "state=owned&weight=60": ["Gate"],
    }  # fmt: skip
    whole, narrowed = (map_page(cast.ceo, look(query)) for query in ("", "department=OPS"))
    assert narrowed["line"].breaks == whole["line"].breaks
    assert narrowed["rails"] == whole["rails"]


@pytest.mark.parametrize("query", ["view=pie", "department=NIL", "state=lost", "weight=-1", "weight=1e9", "weight=" + "9" * 13])
def test_what_the_grammar_does_not_have_is_refused(journey_map: Map, cast: Cast, query: str) -> None:
    with pytest.raises(BadInput):
        Look.of(look(query), {"OPS"})
    assert signed_in(cast.ceo).get(f"/own/map/?{query}").status_code == 400


def test_the_table_holds_every_station_of_the_map(journey_map: Map, cast: Cast) -> None:
    made = [own(journey_map.touchpoint(f"Contact {number}"), cast) for number in range(4)]
    made.append(journey_map.touchpoint("Nobody's", stage=journey_map.within))
    client = signed_in(cast.contributor("IT"))
    for view in ("", "?view=names", "?view=table"):
        html = client.get(f"/own/map/{view}").content.decode()
        assert all(f'href="/own/touchpoints/{one.reference}/"' in html for one in made), view


def test_a_restricted_touchpoint_leaves_no_trace_on_the_map(journey_map: Map, cast: Cast) -> None:
    own(journey_map.touchpoint("Search"), cast)
    journey_map.touchpoint("Gate", stage=journey_map.after)
    cast.contributor("HR")
    outsider = signed_in(cast.contributor("IT"))

    def pages() -> list[str]:
        answers = [outsider.get(f"/own/map/{view}").content.decode() for view in ("", "?view=table")]
        return [re.sub(r'value="\w{64}"|X-CSRFToken[^}]*}', "", html) for html in answers]

    before = pages()
    secret = own(journey_map.touchpoint("Lost child", stage=journey_map.after, reach=900), cast, "HR")
    own(journey_map.touchpoint("Lost parent", reach=900), cast, "HR")
    for one in Touchpoint.objects.filter(title__startswith="Lost"):
        one.owned.restricted = True
        one.owned.save(update_fields=["restricted"])
        one.owned.project_grants()
    assert pages() == before
    assert secret.reference in signed_in(cast.contributor("HR")).get("/own/map/").content.decode()


def test_an_empty_map_says_what_it_is_for(cast: Cast) -> None:
    assert "Nothing is on the map yet" in signed_in(cast.ceo).get("/own/map/").content.decode()


@pytest.fixture
def big(cast: Cast) -> Callable[[int], None]:
    """A map of 12 stages and 10 channels; called, it adds touchpoints."""
    kinds = ["pre_sale"] * 4 + ["post_sale"] * 6 + ["employee"] * 2
    stages = [Stage.objects.create(title=f"Stage {n}", kind=kind, position=n) for n, kind in enumerate(kinds, 1)]
    channels = [Channel.objects.create(name=f"Channel {n}", position=n) for n in range(1, 11)]

    def add(count: int) -> None:
        for number in range(count):
            place: dict[str, Any] = {"stage": stages[number % 12], "channel": channels[number * 7 % 10]}
            made = Touchpoint.objects.create(title=f"Contact {number}", reach=number + 1, **place)
            made.weigh()
            if number % 3:
                own(made, cast, ("OPS", "SEC", "IT", "HR")[number % 4])

    return add


def test_the_map_costs_the_same_for_any_number(
    big: Callable[[int], None], cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.contributor("OPS"))
    big(12)
    with django_assert_max_num_queries(15) as few:
        client.get("/own/map/")
    big(48)
    with django_assert_max_num_queries(15) as many:
        client.get("/own/map/")
    assert len(few.captured_queries) == len(many.captured_queries)


def test_the_map_has_no_fault_at_any_width(
    transactional_db: None, browse: Browse, faults: Callable[..., list[str]], journey_map: Map, cast: Cast
) -> None:
    for number, code in enumerate(("OPS", "SEC", "IT")):
        own(journey_map.touchpoint(f"Contact {number}", moment_of_truth=bool(number)), cast, code)
    states = ((State.PROPOSED, "OPS"), (State.CONTESTED, "SEC"), (State.VACANT, "IT"))
    for state, code in states:
        touchpoint = journey_map.touchpoint(f"A {state} one", stage=journey_map.after, channel=journey_map.desk)
        touchpoint.owned.become(state, department=cast.department(code))
    journey_map.touchpoint("Nobody's", stage=journey_map.within)
    for view in ("", "?view=names", "?view=table"):
        assert faults(browse(f"/own/map/{view}", by=cast.ceo)) == [], view


def test_each_station_is_reached_by_keyboard_and_says_what_it_is(
    transactional_db: None, browse: Browse, journey_map: Map, cast: Cast
) -> None:
    made = own(journey_map.touchpoint("Search"), cast)
    page = browse("/own/map/", by=cast.ceo, scripts=False)
    station = page.get_by_role("link", name="Search").first
    station.focus()
    assert page.locator(".station-about").first.evaluate("one => getComputedStyle(one).clipPath") == "none"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/own/touchpoints/{made.reference}/")


# -- The gap beside the map ----------------------------------------------------------------------------------------------


def test_a_gap_is_asked_about_from_the_map(journey_map: Map, cast: Cast) -> None:
    gap = journey_map.touchpoint("Lounge")
    head, asker = cast.head("OPS"), signed_in(cast.cxo)
    html = asker.get(f"/own/map/?state=unowned&open={gap.reference}").content.decode()
    assert f'action="/own/ask/{gap.reference}/"' in html
    assert 'name="next" value="/own/map/?state=unowned"' in html
    form = {"department": cast.department("OPS").pk, "why": "It is yours.", "next": "/own/map/?state=unowned"}
    answer = asker.post(f"/own/ask/{gap.reference}/", form)
    assert answer.headers["Location"] == "/own/map/?state=unowned"
    gap.owned.refresh_from_db()
    assert gap.owned.state == State.PROPOSED
    assert gap.reference in signed_in(head).get("/").content.decode()


def test_htmx_gets_the_panel_alone(journey_map: Map, cast: Cast) -> None:
    gap = journey_map.touchpoint("Lounge")
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    html = signed_in(cast.cxo).get(f"/own/map/?open={gap.reference}", headers=headers).content.decode()
    assert "Lounge" in html
    assert "<html" not in html


def test_what_may_not_be_seen_and_what_is_not_there_open_the_same(journey_map: Map, cast: Cast) -> None:
    secret = own(journey_map.touchpoint("Lost child"), cast, "HR")
    secret.owned.restricted = True
    secret.owned.save(update_fields=["restricted"])
    client = signed_in(cast.head("IT"))
    pages = [client.get(f"/own/map/?open={ref}").content.decode().split('id="panel"')[1] for ref in (secret.reference, "TP-999")]
    assert pages[0].replace(secret.reference, "") == pages[1].replace("TP-999", "")
    assert "you may not see it" in pages[0]


def test_who_owns_a_stage_in_person_asks_for_what_stands_in_it_and_in_no_other(journey_map: Map, cast: Cast) -> None:
    journey_map.before.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    mine, other = journey_map.touchpoint("Mine"), journey_map.touchpoint("Other", stage=journey_map.after)
    html = signed_in(cast.contributor("OPS")).get("/own/map/").content.decode()
    assert f'data-open="{mine.reference}"' in html
    assert f'data-open="{other.reference}"' not in html


# -- Past days -----------------------------------------------------------------------------------------------------------


def test_the_map_of_a_past_day_shows_who_owned_what_then(journey_map: Map, cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        search = own(journey_map.touchpoint("Search"), cast)
        journey_map.touchpoint("Gate", stage=journey_map.after)
    search.owned.become(State.UNOWNED, department=None, person=None)
    own(journey_map.touchpoint("Advert"), cast, "SEC")
    past, client = today() - timedelta(days=10), signed_in(cast.ceo)
    there = map_page(cast.ceo, look(), past)
    assert {one.title: one.shown for one in there["chosen"]} == {"Search": "owned", "Gate": "unowned"}
    assert there["line"].breaks == []  # what spanned the passages then is not kept
    assert map_page(cast.ceo, look())["line"].breaks != []
    html = client.get(f"/own/map/?as_of={past}&state=unowned").content.decode()
    assert "1 of 2 touchpoints" in html
    assert "nothing spans it" not in html
    assert f"as_of={past}" in html.split("segmented")[1].split("</nav>")[0]  # the other views stay with the day
    assert "open=TP-" not in html  # nobody is asked for an earlier day


def test_a_stage_that_is_archived_today_stands_on_the_map_of_its_days(journey_map: Map, cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        kiosk = own(journey_map.touchpoint("Kiosk", stage=journey_map.within), cast)
    kiosk.archive(by=cast.cxo, reason="Gone.")
    journey_map.within.archive(by=cast.cxo, reason="Gone.")
    titles = [one.stage.title for one in map_page(cast.ceo, look(), today() - timedelta(days=10))["line"].columns if one.stage]
    assert "Work here" in titles
    assert "Work here" not in [one.stage.title for one in map_page(cast.ceo, look())["line"].columns if one.stage]


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday"])
def test_a_day_that_is_none_is_refused_at_its_field(journey_map: Map, cast: Cast, day: str) -> None:
    journey_map.touchpoint("Search")
    answer = signed_in(cast.ceo).get("/own/map/", {"as_of": day})
    assert answer.status_code == 422
    assert 'id="as-of-error"' in answer.content.decode()
    assert "Nothing was on the map" in signed_in(cast.ceo).get("/own/map/?as_of=2026-01-05").content.decode()
