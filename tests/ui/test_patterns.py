"""Every component, in every state, at three widths, in light and dark: nothing axe can find, nothing that overflows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import EVERY_LOOK, Browse
from tests.cast import Cast

Faults = Callable[..., list[str]]


def test_the_pattern_page_has_no_fault(browse: Browse, faults: Faults, cast: Cast) -> None:
    assert faults(browse("/ui/?open=CX-001", by=cast.administrator), EVERY_LOOK) == []


def test_a_fault_is_found_in_the_look_that_has_it(browse: Browse, faults: Faults) -> None:
    """The control of all tests that find none."""
    page = browse("/account/login/")
    page.evaluate("""document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="data:,"><p>pale</p>')""")
    page.evaluate("""() => {
        const faulty = new CSSStyleSheet();
        faulty.replaceSync(`@media (prefers-color-scheme: light) { main > p:last-child { color: #eee; } }
            @media (width < 500px) { main > p:last-child { min-width: 600px; } }`);
        document.adoptedStyleSheets.push(faulty);
    }""")
    found = {(look, fault.partition(": ")[0]) for look, _, fault in (one.partition(": ") for one in faults(page, EVERY_LOOK))}
    light, dark = {f"{width} light" for width in (360, 768, 1440)}, {f"{width} dark" for width in (360, 768, 1440)}
    assert found == {
        *((look, "image-alt") for look in light | dark),
        *((look, "color-contrast") for look in light),
        *((look, "the page is wider than the window") for look in ("360 light", "360 dark")),
    }


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/account/signup/", "/nowhere/"])
def test_pages_without_a_reader_have_no_fault(browse: Browse, faults: Faults, path: str) -> None:
    assert faults(browse(path, expect=404 if path == "/nowhere/" else 200)) == []


@pytest.mark.parametrize("path", ["/account/password/change/", "/account/sessions/"])
def test_a_readers_own_pages_have_no_fault(browse: Browse, faults: Faults, cast: Cast, path: str) -> None:
    assert faults(browse(path, by=cast.nobody)) == []


def test_a_readers_own_theme_outweighs_the_device(browse: Browse, cast: Cast) -> None:
    cast.administrator.theme = "dark"
    cast.administrator.save()
    page = browse("/ui/", by=cast.administrator, scheme="light")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 18, 23)"


def test_the_keyboard_map_opens_and_slash_goes_to_the_search(browse: Browse, cast: Cast) -> None:
    page = browse("/ui/", by=cast.administrator)
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_a_row_opens_beside_its_list_and_back_closes_it(browse: Browse, cast: Cast) -> None:
    page = browse("/ui/", by=cast.administrator)
    page.get_by_role("link", name="Lost bags found by their owners").click()
    panel = page.get_by_role("complementary", name="Detail")
    expect(panel.get_by_role("heading", name="CX-007")).to_be_focused()
    assert page.url.endswith("?open=CX-007")
    page.go_back()
    expect(panel).to_be_hidden()
    page.go_forward()
    expect(panel.get_by_role("heading", name="CX-007")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="Lost bags found by their owners")).to_be_focused()


def order(page: Page) -> list[str]:
    found: list[str] = page.locator("cx-rank input[name=order]").evaluate_all("fields => fields.map(field => field.value)")
    return found


def test_a_ranking_is_moved_by_buttons_by_keys_and_by_dragging(browse: Browse, cast: Cast) -> None:
    page = browse("/ui/", by=cast.administrator)
    page.get_by_role("button", name="Move CX-007 up").click()
    assert order(page) == ["2", "1", "3", "4", "5"]
    handle = page.get_by_role("button", name="Move CX-012: arrow keys, or drag")
    handle.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert order(page) == ["2", "1", "4", "5", "3"]
    expect(handle).to_be_focused()
    handle.scroll_into_view_if_needed()
    start = handle.bounding_box()
    goal = page.get_by_role("button", name="Move CX-007: arrow keys, or drag").bounding_box()
    assert start
    assert goal
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(goal["x"] + 5, goal["y"] + 5, steps=20)
    page.mouse.up()
    assert order(page) == ["3", "2", "1", "4", "5"]


def test_without_scripts_the_same_page_still_offers_everything(browse: Browse, cast: Cast) -> None:
    page = browse("/ui/", by=cast.administrator, scripts=False)
    expect(page.get_by_role("button", name="Move CX-007 up")).to_be_visible()
    page.get_by_text("Decline…").click()
    expect(page.get_by_role("textbox", name="Reason", exact=True).first).to_be_visible()
    page.goto("/ui/?open=CX-001")
    expect(page.get_by_role("complementary", name="Detail").get_by_role("heading", name="CX-001")).to_be_visible()
