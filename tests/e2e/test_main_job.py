"""The main job, walked in a real browser, with a real Celery worker and a real SMTP server.

Propose, accept, rank, request, approve, allocate, launch, be reminded, check in; and the CEO's dashboard says so.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from initiatives.duties.tasks import ring
from initiatives.funding.models import FiscalYear
from initiatives.organization.models import User, WorkingWeek
from initiatives.portfolio.models import Initiative
from tests.browser import Browse
from tests.cast import Cast
from tests.live import Inbox, Worker, until
from tests.pools import opened
from tests.portfolio.planning import whole

TITLE = "One queue time from kerb to gate"


def move_to_where_it_is_morning(user: User) -> None:
    """Letters are written in the morning of their reader's working days; the test waits for neither."""
    WorkingWeek.objects.edit_week(range(1, 8), by=None)
    hours = 11 - datetime.now(UTC).hour
    user.time_zone = f"Etc/GMT{'-' if hours >= 0 else '+'}{abs(hours)}"  # POSIX signs: Etc/GMT-3 is three hours ahead
    user.save(update_fields=["time_zone"])


def open_pools(cast: Cast) -> None:
    today = cast.finance.today()
    year = FiscalYear.objects.create(name="This year", starts=today - timedelta(days=30), ends=today + timedelta(days=300))
    for code in ("OPS", "ITS"):
        opened(cast, year, cast.department(code), Decimal(100_000), by=cast.finance)


def draft_and_propose(page: Page) -> None:
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Problem statement").fill("Passengers see four waiting times, and none agrees with another.")
    page.get_by_label("Hypothesis").fill("One measured time halves the missed flights.")
    page.get_by_label("Lead department").select_option(label="Ops department")
    page.get_by_label("Days between check-ins").fill("1")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    for department, part in (("Ops department", "Accountable"), ("Its department", "Responsible")):
        page.get_by_role("link", name=re.compile("Ask a department")).first.click()
        page.get_by_label("Department", exact=True).select_option(label=department)
        page.get_by_label("Part", exact=True).select_option(label=part)
        page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("#status")).to_contain_text("Proposed")


def rank_it_first(page: Page) -> None:
    page.get_by_label("Value").fill("9")
    page.get_by_label("Effort").fill("3")
    page.get_by_label("Why", exact=True).fill("Every passenger meets it.")
    page.get_by_role("button", name=re.compile("^Assess")).click()
    page.get_by_label("Why this order").fill("What every passenger meets comes first.")
    page.get_by_role("button", name="Publish ranking").click()
    expect(page.get_by_text(TITLE).first).to_be_visible()


def ask_for_money(page: Page) -> None:
    page.get_by_label("What the money is for").fill("Sensors and one feed.")
    page.get_by_label(re.compile("^Ops department [^:]+$")).fill("30000")
    page.get_by_label(re.compile("^Its department [^:]+$")).fill("12000.50")
    page.get_by_role("button", name="Draft the request").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".answer")).to_contain_text("Waiting")


def approve_from_home(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_an_initiative_is_proposed_ranked_funded_chased_and_reported(
    browse: Browse, worker: Worker, smtp: Inbox, cast: Cast
) -> None:
    owner, head, other_head = cast.contributor("OPS"), cast.head("OPS"), cast.head("ITS")
    finance = cast.second_finance
    open_pools(cast)
    move_to_where_it_is_morning(owner)

    draft_and_propose(browse("/initiatives/new/", by=owner))
    initiative = Initiative.objects.get(title=TITLE)

    heads_page = browse("/", by=head)
    heads_page.get_by_role("link", name=re.compile("Accept for somebody else")).click()
    heads_page.get_by_label("Person").select_option(label=owner.name)
    heads_page.get_by_role("button", name="Accept", exact=True).click()
    others_page = browse("/", by=other_head)
    others_page.get_by_role("button", name="Accept myself").click()

    cxos_page = browse("/ranking/draft/", by=cast.cxo)
    rank_it_first(cxos_page)

    whole(initiative, cast)
    owners_page = browse(f"/money/cost-objects/{initiative.cost_object_id}/request/", by=owner)
    ask_for_money(owners_page)
    approve_from_home(heads_page)
    approve_from_home(others_page)
    finances_page = browse("/", by=finance)
    approve_from_home(finances_page)
    initiative.refresh_from_db()
    assert initiative.status == "funded"
    assert initiative.cost_object.allocated == Decimal("42000.50")

    heads_page.goto(initiative.get_absolute_url())
    heads_page.get_by_role("button", name="Launch").click()
    expect(heads_page.locator("#status")).to_contain_text("Active")

    ceos_page = browse("/own/", by=cast.ceo)
    expect(ceos_page.locator("main")).not_to_contain_text("1 is at risk or off track")

    ring.delay()
    [letter] = smtp.wait_for(owner.email)
    text = letter.get_body(("plain",))
    assert text is not None
    link = re.search(r"http://\S+/check-in/", text.get_content())
    assert link is not None
    assert f"Report on {initiative.reference}" in text.get_content()

    owners_page.goto(link.group())
    owners_page.get_by_label("At risk").check()
    owners_page.get_by_label("Percent complete").fill("20")
    owners_page.get_by_label("What was done").fill("Sensors of two lanes are calibrated.")
    owners_page.get_by_role("button", name="Report", exact=True).click()
    expect(owners_page.locator("main")).to_contain_text("20 %")

    ceos_page.reload()
    row = ceos_page.get_by_role("row", name=re.compile("Ops department")).first
    expect(row).to_contain_text("42")
    until(lambda: "at risk" in ceos_page.locator(".answer").inner_text())
