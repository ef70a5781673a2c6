"""The map is drawn in a real browser: each act on a phone without JavaScript, then the page itself, readable by everybody."""

from collections.abc import Callable

from initiatives.journey.models import Act, ChangeState, Journey, MapChange, MapPolicy, Noun, Stage, Touchpoint
from tests.browser import Browse, Scheme
from tests.cast import Cast
from tests.journey.conftest import Map

Faults = Callable[..., list[str]]
PHONE = {"width": 360, "scripts": False}
TWO_LOOKS: tuple[tuple[int, Scheme], ...] = ((360, "dark"), (1440, "light"))


def test_a_path_is_moved_row_by_row(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    search, park = journey_map.touchpoint("Search"), journey_map.touchpoint("Park")
    journey = Journey.objects.add(by=cast.cxo, title="Arriving by car", path=[search.pk])
    page = browse(f"/own/journeys/{journey.pk}/edit/", by=cast.cxo, **PHONE)
    page.get_by_label("Add a touchpoint").select_option(str(park.pk))
    page.get_by_role("button", name="Add to the end").click()
    page.get_by_role("button", name="Park: one step earlier").click()
    assert "Not saved yet" in page.locator("main").inner_text()
    assert list(journey.steps.values_list("touchpoint", flat=True)) == [search.pk]
    page.get_by_role("button", name="Save").last.click()
    assert list(journey.steps.values_list("touchpoint", flat=True)) == [park.pk, search.pk]
    assert faults(browse(f"/own/journeys/{journey.pk}/edit/", by=cast.cxo), TWO_LOOKS) == []


def test_a_stage_is_renamed_by_the_cxo(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    address = f"{journey_map.before.get_absolute_url()}edit/"
    page = browse(address, by=cast.cxo, **PHONE)
    page.get_by_label("Title").fill("Dream")
    page.get_by_role("button", name="Save").click()
    assert Stage.objects.get(pk=journey_map.before.pk).title == "Dream"
    assert faults(browse(address, by=cast.cxo), TWO_LOOKS) == []


def test_a_proposed_change_is_accepted_and_another_declined(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    assert cast.cxo
    touchpoint = journey_map.touchpoint(reach=100)
    for_reach = {"by": cast.contributor("HR"), "reason": "The counter says so."}
    first = MapChange.objects.propose(Noun.TOUCHPOINT, Act.EDIT, touchpoint, {"reach": 300}, **for_reach)
    second = MapChange.objects.propose(Noun.TOUCHPOINT, Act.EDIT, touchpoint, {"title": "Lots"}, **for_reach)
    assert faults(browse(first.get_absolute_url(), by=cast.cxo), TWO_LOOKS) == []
    page = browse("/", by=cast.cxo, **PHONE)
    page.get_by_role("link", name="Look and decide…").first.click()
    page.goto(first.get_absolute_url())
    page.get_by_role("button", name="Accept").click()
    assert Touchpoint.objects.get(pk=touchpoint.pk).reach == 300
    page.goto(second.get_absolute_url())
    page.locator("summary", has_text="Decline").click()
    page.get_by_label("Reason").fill("Everybody calls it parking.")
    page.get_by_role("button", name="Decline").last.click()
    second.refresh_from_db()
    assert (second.state, second.answer) == (ChangeState.DECLINED, "Everybody calls it parking.")
    assert Touchpoint.objects.get(pk=touchpoint.pk).title == touchpoint.title


def test_the_numbers_of_the_map_are_changed(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    page = browse("/own/policy/", by=cast.cxo, **PHONE)
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Time to answer").fill("7")
    page.get_by_label("Reason").fill("Holidays.")
    page.get_by_role("button", name="Put in force").click()
    assert "7 working days" in page.locator("main").inner_text()
    assert MapPolicy.objects.current().days_to_answer == 7
    assert faults(browse("/own/policy/", by=cast.cxo), TWO_LOOKS) == []
    assert faults(browse("/own/policy/set/", by=cast.cxo), TWO_LOOKS) == []
