"""The import in a real browser and with a real worker: uploaded, mapped, tried, confirmed, watched to its end."""

import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings as project
from playwright.sync_api import Page, expect

from initiatives.core.imports.models import ImportRun
from initiatives.portfolio.models import Initiative
from tests.browser import Browse
from tests.cast import Cast
from tests.live import Worker, until

Faults = Callable[[Page], list[str]]
FILE = Path(project.BASE_DIR, "tests", "data", "gmpp-2022-extract.csv")


def test_a_published_portfolio_is_imported_by_hand(browse: Browse, faults: Faults, worker: Worker, cast: Cast) -> None:
    page = browse("/initiatives/import/", by=cast.cxo)
    assert faults(page) == []
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_label("Mapping").select_option("gmpp-2022")
    page.get_by_role("button", name="Upload and map").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which column means what")
    assert faults(page) == []
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".answer")).to_contain_text("It would create 19")
    assert faults(page) == []
    page.get_by_role("button", name="Import 19 rows").click()
    expect(page.locator(".answer")).to_contain_text("19 were created", timeout=30_000)
    assert faults(page) == []
    assert Initiative.objects.count() == 19


def test_it_goes_on_without_the_page_and_without_scripts(browse: Browse, worker: Worker, cast: Cast) -> None:
    page = browse("/initiatives/import/", by=cast.cxo, scripts=False)
    page.get_by_label("File").set_input_files(FILE)
    page.get_by_label("Mapping").select_option("gmpp-2022")
    page.get_by_role("button", name="Upload and map").click()
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Import 19 rows").click()
    expect(page.locator(".answer")).to_contain_text(re.compile("you may leave this page|were created"))
    page.goto("about:blank")
    until(lambda: ImportRun.objects.get().state == "done", otherwise=worker.said)
    assert Initiative.objects.count() == 19
