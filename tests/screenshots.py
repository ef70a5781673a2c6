"""Pictures of every page: `python -m tests.screenshots [ADDRESS] [FOLDER] [PAGE …]`, or `make screenshots`.

ADDRESS  a running cxgov with the demo world (http://localhost:8000)
FOLDER   where the pictures go (var/screenshots); FOLDER/<page>-<width>-<scheme>.png
PAGE     names from the table below, to picture only these
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cxgov.local.browser import chromium

WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Picture:
    """A page as one of the demo's people sees it; `role` is a role of demo_logins, empty for nobody.

    With `follow`, a selector of links, it is the page behind the first of them on `path`; with `then`, behind one on that page.
    """

    name: str
    path: str
    role: str = "CXO"
    follow: str = ""
    then: str = ""

    def found(self, page: Page) -> str:
        """Its path; `page` has opened it, and it is there."""
        path = self.path
        answer = page.goto(path)
        for selector in filter(None, (self.follow, self.then)):
            path = page.locator(selector).first.get_attribute("href") or path
            answer = page.goto(path)
        assert answer is not None
        assert answer.ok or self.name == "not-found", f"{self.name}: {path} answered {answer.status}"
        return path


PICTURES = (
    Picture("login", "/account/login/", ""),
    Picture("not-found", "/no-such-page/", ""),
    Picture("home-contributor", "/", "Contributor"),
    Picture("home-finance", "/", "Finance"),
    Picture("home-head", "/", "Department head"),
    Picture("own", "/own/", "CEO"),
    Picture("own-contributor", "/own/", "Contributor"),
    Picture("actuals", "/money/actuals/", "Finance"),
    Picture("actual", "/money/actuals/", "Finance", "main tbody th a"),
    Picture("actuals-import", "/money/actuals/import/", "Finance"),
    Picture("own-money", "/own/money/?figure=allocated", "CEO"),
    Picture("touchpoints", "/own/touchpoints/", "Department head"),
    Picture("touchpoint", "/own/touchpoints/", "Department head", "main tbody th a"),
    Picture("attest", "/own/attest/", "Department head"),
    Picture("split", "/own/split/"),
    Picture("touchpoint-split", "/own/touchpoints/?q=shuttle&moment=1", "CXO", "main tbody th a"),
    Picture("touchpoint-new", "/own/touchpoints/new/", "Contributor"),
    Picture("stages", "/own/stages/"),
    Picture("stage", "/own/stages/", "CXO", "main tbody th a"),
    Picture("customer-journeys", "/own/journeys/"),
    Picture("customer-journey", "/own/journeys/", "CXO", "main tbody th a"),
    Picture("customer-journey-edit", "/own/journeys/", "CXO", "main tbody th a", "main a[href$='/edit/']"),
    Picture("changes", "/own/changes/"),
    Picture("change", "/own/changes/", "CXO", "main tbody th a"),
    Picture("policy", "/own/policy/"),
    Picture("own-waiting", "/own/waiting/", "CEO"),
    Picture("map", "/own/map/", "CEO"),
    Picture("map-names", "/own/map/?view=names", "CEO"),
    Picture("map-table", "/own/map/?view=table", "CEO"),
    Picture("coverage", "/own/coverage/", "CEO"),
    Picture("consistency", "/own/consistency/"),
    Picture("readings", "/own/readings/"),
    Picture("enter-reading", "/own/touchpoints/?q=How+was", follow="main tbody th a", then="#readings a.button"),
    Picture("handoffs", "/own/handoffs/"),
    Picture("systems", "/own/systems/"),
    Picture("system", "/own/systems/", "CXO", "main tbody th a"),
    Picture("system-map", "/own/systems/map/", "CEO"),
    Picture("entities", "/own/entities/"),
    Picture("entity", "/own/entities/", "CXO", "main tbody th a"),
    Picture("single-view", "/own/single-view/", "CEO"),
    Picture("charter", "/own/charter/"),
    Picture("charter-vote", "/own/charter/", "Department head", "main a[href*='/vote/']"),
    Picture("contests", "/own/contests/", "CEO"),
    Picture("contest", "/own/contests/", "CEO", "main tbody th a"),
    Picture("calls", "/own/calls/", "CEO"),
    Picture("call", "/own/calls/", "CEO", "main a[href*='/calls/']"),
    Picture("handoff", "/own/handoffs/", "CXO", "main a[href*='/handoffs/HOF']"),
    Picture("signals", "/own/signals/"),
    Picture("signal-new", "/own/signals/new/", "Contributor"),
    Picture("signal", "/own/signals/?state=open", "CXO", "main tbody th a"),
    Picture("problems", "/own/problems/"),
    Picture("problem", "/own/problems/", "CXO", "main tbody th a"),
    Picture("problem-new", "/own/problems/new/"),
    Picture("sweeps", "/own/sweeps/"),
    Picture("ranking", "/ranking/"),
    Picture("ranking-next", "/ranking/draft/"),
    Picture("ranking-history", "/ranking/history/"),
    Picture("money", "/money/", "Finance"),
    Picture("pool", "/money/", "Finance", "main tbody th a"),
    Picture("department-year", "/money/", "Finance", "main tr:nth-child(2) th a", "main a[href*='/money/departments/']"),
    Picture("journal", "/money/journal/", "Finance"),
    Picture("journal-head", "/money/journal/?act=spent", "Department head"),
    Picture("transfers", "/money/transfers/", "Finance"),
    Picture("market", "/money/transfers/market/", "Finance"),
    Picture("market-head", "/money/transfers/market/", "Department head"),
    Picture("transfer", "/money/transfers/", "Finance", "main tbody th a"),
    Picture("transfer-new", "/money/transfers/new/", "Department head"),
    Picture("requests", "/money/requests/", "Finance"),
    Picture("request", "/money/requests/", "Finance", "main tbody th a"),
    Picture("request-seed", "/money/requests/?state=allocated", "Finance", "main tr:has(.badge:text-is('Seed')) a"),
    Picture("request-new", "/initiatives/?q=signs+that+speak", "CXO", "main [data-open]", "main a[href$='/request/']"),
    Picture("pool-budget", "/money/", "CXO", "main tbody tr:nth-child(4) th a", "main a[href$='/budget/']"),
    Picture("pool-control", "/money/", "Finance", "main tr:nth-child(2) th a", "main a[href$='/control/']"),
    Picture("initiatives", "/initiatives/"),
    Picture("initiatives-grouped", "/initiatives/?group=department"),
    Picture("board", "/initiatives/board/"),
    Picture("authority", "/money/authority/"),
    Picture("limit-propose", "/money/authority/limits/new/", "Administrator"),
    Picture("delegate-name", "/money/authority/delegates/new/", "Department head"),
    Picture("flags", "/money/authority/flags/", "Auditor"),
    Picture("periods", "/money/", "Finance", "main a[href$='/periods/']"),
    Picture("period", "/money/", "Finance", "main a[href$='/periods/']", "main tbody th a"),
    Picture("rates", "/money/rates/", "Finance"),
    Picture("rate-enter", "/money/rates/new/", "Finance"),
    Picture("guardrails", "/money/", "Finance", "main a[href$='/guardrails/']"),
    Picture("guardrail-propose", "/money/", "Finance", "main a[href$='/guardrails/']", "main a[href$='/guardrails/new/']"),
    Picture("scenarios", "/ranking/scenarios/"),
    Picture("scenario", "/ranking/scenarios/", "CXO", "main tbody th a"),
    Picture("scenario-plan", "/ranking/scenarios/", "CXO", "main tbody th a", "main a[href$='/plan/']"),
    Picture("scenario-new", "/ranking/scenarios/new/"),
    Picture("round-open", "/ranking/rounds/open/"),
    Picture("rounds", "/ranking/rounds/", "Department head"),
    Picture("round", "/ranking/rounds/", "Department head", "main tbody th a"),
    Picture("log", "/ranking/log/", "CEO"),
    Picture("decision", "/ranking/log/?papers=review", "CXO", "#rows th a"),
    Picture("actuals-file", "/money/actuals/import/", "Finance", "main tbody th a"),
    Picture("gate", "/initiatives/?q=queue+time", "CXO", "main [data-open]", "#milestones a[href$='/gate/']"),
    Picture("case", "/initiatives/?q=queue+time", "CXO", "main [data-open]", "main a[href$='/case/']"),
    Picture("baseline", "/initiatives/?q=queue+time", "CXO", "main [data-open]", "main a[href$='/baseline/']"),
    Picture("experiments", "/initiatives/?q=signs+that+speak", "CXO", "main [data-open]", "main a[href$='/experiments/']"),
    Picture("gate-set", "/initiatives/?q=queue+time", "CXO", "main [data-open]", "#milestones a[href$='/gate/set/']"),
    Picture("initiative", "/initiatives/?status=active", "CXO", "main [data-open]"),
    Picture("initiative-new", "/initiatives/new/", "Department head"),
    Picture("import", "/initiatives/import/"),
    Picture("prove", "/prove/", "CEO"),
    Picture("prove-untested", "/prove/untested/", "CEO"),
    Picture("people", "/people/", "Administrator"),
    Picture("person", "/people/", "Administrator", "main tbody th a"),
    Picture("departments", "/people/departments/", "Administrator"),
    Picture("department", "/people/departments/", "Administrator", "main tbody th a"),
    Picture("department-merge", "/people/departments/", "Administrator", "main tbody th a", "main a[href$='/merge/']"),
    Picture("exports", "/people/exports/", "Auditor"),
    Picture("calendar", "/people/calendar/", "Administrator"),
    Picture("undelivered", "/mail/undelivered/", "Administrator"),
    Picture("profile", "/people/profile/", "Contributor"),
    Picture("password", "/account/password/change/", "Contributor"),
    Picture("sessions", "/account/sessions/", "Contributor"),
    Picture("mail", "/mail/", "Contributor"),
    Picture("components", "/ui/", "Administrator"),
)


def logins() -> dict[str, tuple[str, str]]:
    """E-mail and password of the first demo person of each role."""
    command = [sys.executable, "manage.py", "demo_logins", "--json"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={"DEMO": "1", **os.environ})
    people = json.loads(answer.stdout)
    found: dict[str, tuple[str, str]] = {}
    for person in people:
        found.setdefault(person["role"], (person["email"], person["password"]))
    return found


class Camera:
    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.browser, self.address, self.folder = browser, address, folder
        self.people = logins()
        self.contexts: dict[str, BrowserContext] = {}

    def context(self, role: str) -> BrowserContext:
        """A browser in which the role's demo person is signed in, once."""
        if role not in self.contexts:
            context = self.browser.new_context(base_url=self.address, reduced_motion="reduce")
            self.contexts[role] = context
            if role:
                page = context.new_page()
                page.goto("/account/login/")
                email, password = self.people[role]
                page.locator("[name=login]").fill(email)
                page.locator("[name=password]").fill(password)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(lambda url: "/account/login" not in url)
                page.close()
        return self.contexts[role]

    def take(self, picture: Picture) -> Iterator[str]:
        """Take all pictures of a page; yields what is wrong with them."""
        page = self.context(picture.role).new_page()
        path = picture.found(page)
        for width, scheme in product(WIDTHS, SCHEMES):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 780 if width < 600 else 1000})
            answer = page.goto(path)
            # The window is made as tall as the page, so that the bar of a phone lies at the picture's bottom.
            page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
            page.screenshot(path=self.folder / f"{picture.name}-{width}-{scheme}.png")
            if answer and answer.status >= 400 and picture.name != "not-found":
                yield f"{picture.name} ({path}) answered {answer.status}"
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                yield f"{picture.name} ({path}) is wider than {width}"
            if page.evaluate("[...document.querySelectorAll('h1')].some(title => title.offsetHeight > 2 * title.offsetWidth)"):
                yield f"{picture.name} ({path}) has no room for its title at {width}"
        page.close()


def main(address: str = "http://localhost:8000", folder: str = "var/screenshots", *names: str) -> int:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--disable-gpu"])
        camera = Camera(browser, address, Path(folder))
        wrong = sorted({fault for picture in PICTURES if not names or picture.name in names for fault in camera.take(picture)})
        browser.close()
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong) + f"The pictures are in {folder}.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
