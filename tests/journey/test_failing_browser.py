"""A contributor raises a signal on her phone and hears back, in a real browser, with a real worker and mail server; and axe."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from initiatives.core import clock
from initiatives.duties.models import Letter
from initiatives.duties.tasks import ring
from initiatives.journey.models import Signal, State, Sweep
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map, Posed, Raise
from tests.live import Inbox, Worker

Faults = Callable[..., list[str]]


def test_a_contributor_raises_a_signal_on_her_phone_and_hears_back(
    journey_map: Map, cast: Cast, browse: Browse, worker: Worker, smtp: Inbox
) -> None:
    touchpoint = journey_map.touchpoint("Terminal signs")
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    her, owner = cast.contributor("HR"), cast.contributor("OPS")

    phone = browse("/", by=her, width=360, scripts=False)
    phone.get_by_role("link", name="Raise a signal").click()
    phone.get_by_label("Where", exact=True).select_option(label="Terminal signs · Web")
    phone.get_by_label("What fails").fill("Signs point both ways")
    phone.get_by_role("button", name="Raise it").click()
    expect(phone.locator("main")).to_contain_text("You will hear what becomes of it")
    expect(phone.locator(".answer")).to_contain_text(owner.name)
    signal = Signal.objects.get()

    desk = browse("/", by=owner)
    desk.get_by_role("link", name=f"Decide about {signal.reference}").click()
    desk.locator("#triage summary", has_text="Answer").click()
    desk.locator("#triage").get_by_label("Reason").first.fill("The signs were changed on Monday.")
    desk.locator("#triage").get_by_role("button", name="Answer", exact=True).click()
    expect(desk.locator(".answer")).to_contain_text("The signs were changed on Monday.")

    Letter.objects.filter(template="outcomes").update(next_try_at=clock.now())  # the night passes
    ring.delay()
    [letter] = smtp.wait_for(her.email)
    text = letter.get_body(("plain",))
    assert text is not None
    assert "Answered: The signs were changed on Monday." in text.get_content()
    assert signal.get_absolute_url() in text.get_content()
    phone.reload()
    expect(phone.locator(".answer")).to_contain_text("The signs were changed on Monday.")


def test_the_pages_of_what_fails_have_no_fault(
    raised: Raise, posed: Posed, journey_map: Map, cast: Cast, browse: Browse, faults: Faults
) -> None:
    signal, problem = raised(text="Two arrows, one gate."), posed()
    raised("Signs point in both ways")
    stages = [journey_map.before, journey_map.after]
    Sweep.objects.open_sweep(by=cast.cxo, due_on=clock.today() + timedelta(days=9), stages=stages)
    page = browse("/own/signals/", by=cast.cxo)
    paths = ["signals/new/", "problems/", "problems/new/", "sweeps/", "sweeps/open/"]
    urls = [signal.get_absolute_url(), problem.get_absolute_url(), signal.touchpoint.get_absolute_url()]
    found = faults(page)
    for path in [*(f"/own/{path}" for path in paths), *urls]:
        page.goto(path)
        found += [f"{path} {fault}" for fault in faults(page, ((1440, "light"), (768, "dark"), (360, "light")))]
    page.goto("/own/signals/new/")
    page.get_by_label("Where", exact=True).select_option(index=1)
    page.get_by_label("What fails").fill("Signs point both ways!")
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it one of these?")
    assert found + faults(page) == []
