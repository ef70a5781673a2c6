"""The handshake in a real browser: a head answers on a phone without JavaScript, and every page is readable by everybody."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from initiatives.journey.models import Answer, OwnedObject, Ownership, State
from initiatives.journey.models.facets import facet_of
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map

Faults = Callable[..., list[str]]
PHONE = {"width": 360, "scripts": False}


@pytest.fixture
def asked(journey_map: Map, cast: Cast) -> Ownership:
    """OPS, with head, deputy and contributor, is asked to own a touchpoint."""
    cast.head("OPS")
    cast.contributor("OPS")
    return journey_map.touchpoint("Security queue").owned.propose(
        cast.department("OPS"), by=cast.cxo, why="They run the lanes every day."
    )


def fits(page: Page) -> bool:
    """Nothing is wider than the phone. JavaScript of the page is off, the browser's own is not."""
    return all(box["x"] + box["width"] <= 361 for box in (page.locator("main").bounding_box(),) if box)


def test_a_head_accepts_from_home_on_a_phone(cast: Cast, asked: Ownership, browse: Browse) -> None:
    page = browse("/", by=cast.head("OPS"), **PHONE)
    assert "They run the lanes every day." in page.locator("main").inner_text()
    page.get_by_role("button", name="Own it myself").click()
    assert f"Ops department owns {asked.owned.reference} now." in page.locator("body").inner_text()
    assert fits(page)
    found = OwnedObject.objects.get(pk=asked.owned_id)
    assert (found.state, found.person) == (State.OWNED, cast.head("OPS"))
    assert page.get_by_role("button", name="Own it myself").count() == 0


def test_a_head_declines_from_home_on_a_phone(cast: Cast, asked: Ownership, browse: Browse) -> None:
    page = browse("/", by=cast.head("OPS"), **PHONE)
    page.get_by_role("link", name="Decline").click()
    page.get_by_label("Why").select_option("no_capacity")
    page.get_by_label("Reason").fill("The team is three people short.")
    page.get_by_role("button", name="Decline").click()
    assert "declined to own" in page.locator("body").inner_text()
    asked.refresh_from_db()
    assert (asked.answer, asked.code, asked.reason) == (Answer.DECLINED, "no_capacity", "The team is three people short.")


def test_a_head_names_a_colleague_on_the_page_of_the_ask(cast: Cast, asked: Ownership, browse: Browse) -> None:
    page = browse("/", by=cast.head("OPS"), **PHONE)
    page.get_by_role("link", name="Name somebody else").click()
    assert fits(page)
    page.get_by_label("Person").select_option(label=str(cast.contributor("OPS")))
    page.get_by_role("button", name="Accept").click()
    assert OwnedObject.objects.get(pk=asked.owned_id).person == cast.contributor("OPS")


def test_a_head_declines_on_the_page_of_the_ask_and_a_missing_reason_changes_nothing(
    cast: Cast, asked: Ownership, browse: Browse
) -> None:
    page = browse(asked.get_absolute_url(), by=cast.head("OPS"), **PHONE)
    page.get_by_role("button", name="Decline").click()
    assert "Why: " in page.locator("main").inner_text()
    asked.refresh_from_db()
    assert asked.answer == Answer.PROPOSED
    page.goto(asked.get_absolute_url())
    page.get_by_label("Why").select_option("not_ours")
    page.get_by_label("Reason").fill("Security belongs to the police.")
    page.get_by_role("button", name="Decline").click()
    asked.refresh_from_db()
    assert asked.answer == Answer.DECLINED


def test_a_head_contests_from_the_page_of_the_ask_on_a_phone(cast: Cast, asked: Ownership, browse: Browse) -> None:
    cast.head("IT")
    page = browse("/", by=cast.head("OPS"), **PHONE)
    page.get_by_role("link", name="Name somebody else").click()
    page.get_by_role("link", name="Contest who owns it").click()
    assert fits(page)
    page.get_by_label("Whose it is").select_option(label=str(cast.department("IT")))
    page.get_by_label("Why").fill("The lanes are steered by their software.")
    page.get_by_role("button", name="Contest").click()
    assert OwnedObject.objects.get(pk=asked.owned_id).state == State.CONTESTED


def test_the_pages_of_the_handshake_have_no_fault(cast: Cast, asked: Ownership, browse: Browse, faults: Faults) -> None:
    head = cast.head("OPS")
    paths = [asked.get_absolute_url(), reverse("journey:propose", args=[asked.owned.reference]), "/"]
    assert [fault for path in paths for fault in faults(browse(path, by=head))] == []


def test_the_pages_of_what_is_owned_have_no_fault(
    cast: Cast, asked: Ownership, journey_map: Map, browse: Browse, faults: Faults
) -> None:
    head = cast.head("OPS")
    asked.accept(by=head, person=cast.contributor("OPS"))
    split = journey_map.touchpoint("Voice menu")
    for kind, code in (("channel", "IT"), ("content", "MKT")):
        cast.head(code)
        facet_of(split, kind, by=cast.cxo).owned.propose(cast.department(code), by=cast.head(code))
    paths = [asked.get_absolute_url(), reverse("journey:hand_over", args=[asked.pk]), reverse("journey:attest")]
    paths += [asked.owned.get_absolute_url()]
    assert [fault for path in paths for fault in faults(browse(path, by=head))] == []
    paths = [reverse("journey:facets", args=[split.reference]), reverse("journey:split"), split.get_absolute_url()]
    assert [fault for path in paths for fault in faults(browse(path, by=cast.cxo))] == []


def test_the_pages_that_reorganise_have_no_fault(cast: Cast, asked: Ownership, browse: Browse, faults: Faults) -> None:
    ops = cast.department("OPS")
    paths = [reverse(f"organization:{act}_department", args=[ops.pk]) for act in ("merge", "split")]
    assert [fault for path in paths for fault in faults(browse(path, by=cast.administrator))] == []
