"""The exact instant of a relative time is there on hover and on focus, and costs the keyboard no stop of its own."""

from playwright.sync_api import Page

from tests.browser import Browse
from tests.cast import Cast

EXACT = "getComputedStyle(document.querySelector('main td time[title]'), '::after').content"


def shown(page: Page) -> bool:
    return str(page.evaluate(EXACT)) not in ("none", "normal")


def test_the_exact_instant_is_shown_beside_what_has_the_focus(transactional_db: None, browse: Browse) -> None:
    cast = Cast()
    cast.administrator.edit_profile(name="Ada", time_zone="Europe/Berlin", locale="en-gb", theme="light", by=cast.administrator)
    page = browse("/people/invite/", by=cast.administrator)
    page.get_by_label("E-mail").fill("gina@example.org")
    page.get_by_label("Name").fill("Gina")
    page.get_by_label("Role").select_option("ceo")
    page.get_by_role("button", name="Send the invitation").click()
    page.locator("main td time[title]").wait_for()
    assert not shown(page)
    page.keyboard.press("Tab")  # the pointer was the last; from here on the keyboard is
    page.locator("main tbody summary, main tbody button").first.focus()
    assert shown(page)
    assert page.locator("time[tabindex]").count() == 0


def test_on_a_phone_the_bar_has_admin_for_those_who_may(transactional_db: None, browse: Browse) -> None:
    cast = Cast()
    bar = browse("/", by=cast.administrator, width=360).get_by_role("navigation", name="Main")
    assert bar.get_by_role("link", name="Admin").is_visible()
    other = browse("/", by=cast.ceo, width=360).get_by_role("navigation", name="Main")
    assert other.get_by_role("link", name="Admin").count() == 0
