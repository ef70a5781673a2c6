"""A real Chromium for tests and screenshots.

browse   opens a page of the live server as somebody, at a width, in light or dark; fails the test when the page
         reports an error, breaks the content security policy, or asks another origin for anything
faults   what axe finds against accessibility on a page, narrow and dark, wide and light; where it is too wide, at three widths
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from cxgov.local.browser import chromium
from initiatives.organization.models import User

Scheme = Literal["light", "dark"]
WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
EVERY_LOOK = tuple(product(WIDTHS, SCHEMES))  # for the page of all components
LOOKS: tuple[tuple[int, Scheme], ...] = ((360, "dark"), (1440, "light"))  # for one made of them
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def open_chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = open_chromium(playwright)
        yield opened
        opened.close()


@dataclass
class Browse:
    browser: Browser
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __call__(
        self,
        path: str = "",
        *,
        by: User | None = None,
        width: int = 1440,
        scheme: Scheme = "light",
        scripts: bool = True,
        expect: int = 200,
    ) -> Page:
        """A page at `path`, signed in as `by`; each call is a browser of its own, with its own cookies."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if by is not None:
            client = Client()
            client.force_login(by)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])
        page = context.new_page()
        self._listen(page)
        if path:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == expect, f"{path} answered {answer.status}"
        return page

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("request", lambda request: self._ask(page, request.url))

    def _hear(self, page: Page, kind: str, text: str) -> None:
        # A refusal (4xx) that a test provokes is reported by the browser as a resource that did not load.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(f"{page.url}: {text}")

    def _ask(self, page: Page, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"{page.url} asked {url}")


@pytest.fixture
def browse(browser: Browser, live: str) -> Iterator[Browse]:
    opened = Browse(browser, live)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.complaints == []


@pytest.fixture
def faults() -> Callable[..., list[str]]:
    axe = Axe()
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": rules, "resultTypes": ["violations"]}  # to describe what is right as well costs four times as much

    def too_wide(page: Page) -> list[str]:
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return ["the page is wider than the window"] if wide else []

    def at_this_look(page: Page) -> Iterator[str]:
        for fault in page.evaluate("options => axe.run(options).then(answer => answer.violations)", options):
            for node in fault["nodes"][:3]:
                yield f"{fault['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        yield from too_wide(page)

    def found(page: Page, looks: Iterable[tuple[int, Scheme]] = LOOKS) -> list[str]:
        said = []
        page.evaluate(axe.axe_script)
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            said += [f"{width} {scheme}: {fault}" for fault in at_this_look(page)]
        page.set_viewport_size({"width": 768, "height": 900})
        return said + [f"768: {fault}" for fault in too_wide(page)]

    return found
