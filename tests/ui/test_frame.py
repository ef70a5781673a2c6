"""The frame shows the way to pages that exist and are open to the reader, and where the reader is."""

from django.test import Client, RequestFactory
from django.urls import resolve

from cxgov.frame import ACTS, ADMIN, CREATE, HOME, MENU, SEARCH, Frame, Place, open_to
from initiatives.core.policy import RULES
from initiatives.organization.models import User
from tests.cast import Cast


def frame_at(path: str, user: User) -> Frame:
    request = RequestFactory().get(path)
    request.user = user
    request.resolver_match = resolve(request.path)
    return Frame(request)


def test_only_those_who_manage_people_see_admin(cast: Cast) -> None:
    assert open_to(cast.administrator, Place("Components", "ui"))
    assert not open_to(cast.cxo, Place("Components", "ui"))


def test_a_place_without_a_page_is_not_shown(cast: Cast) -> None:
    assert not open_to(cast.administrator, Place("Nowhere", "nowhere"))


def test_every_entry_names_a_url_that_has_a_rule() -> None:
    places = [*ACTS, ADMIN, *MENU, CREATE, HOME, SEARCH]
    places += [tab for act in places for tab in act.tabs]
    assert [place for place in places if (place.url, "GET") not in RULES] == []


def test_every_entry_leads_to_a_page_that_opens(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    frame = frame_at("/ui/", cast.administrator)
    for entry in [*frame.acts, *frame.menu, *frame.tabs]:
        assert client.get(entry.url).status_code == 200, entry


def test_a_page_knows_in_which_act_it_stands(cast: Cast) -> None:
    frame = frame_at("/ui/", cast.administrator)
    assert frame.act is ADMIN
    assert [tab.words for tab in frame.tabs if tab.current] == ["Components"]


def test_the_acts_pages_are_tabs_on_these_pages_only(cast: Cast) -> None:
    assert [tab.words for tab in frame_at("/money/", cast.cxo).tabs] == [
        "Ranking",
        "Scenarios",
        "Rounds",
        "Log",
        "Money",
        "Requests",
        "Actuals",
        "Journal",
        "Transfers",
        "Authority",
    ]
    frame = frame_at("/money/authority/", cast.cxo)
    assert [tab.words for tab in frame.more_tabs] == ["Actuals", "Journal", "Transfers"]  # the page that is open stands in sight
    assert [tab.words for tab in frame.first_tabs if tab.current] == ["Authority"]
    assert frame_at("/prove/", cast.cxo).more_tabs == []
    views = frame_at("/initiatives/?status=active&page=2", cast.cxo).tabs
    assert [tab.url for tab in views] == [
        "/initiatives/?status=active",
        "/initiatives/board/?status=active",
        "/initiatives/import/",
    ]
    deeper = frame_at("/initiatives/new/", cast.cxo)
    assert deeper.act is not None
    assert deeper.act.words == "Deliver"
    assert deeper.tabs == []


def test_a_title_is_written_once_and_shown_twice(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    page = client.get("/ui/").content.decode()
    assert "<title>Components – cxgov</title>" in page
    assert "<h1>Components</h1>" in page
