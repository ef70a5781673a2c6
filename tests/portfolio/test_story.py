"""The main job through HTTP, as a contributor and two heads live it: draft, ask, propose, accept, run, report, complete."""

from django.test import Client

from initiatives.duties.models import Obligation
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, Milestone
from tests.cast import Cast


def test_a_contributor_drafts_and_two_heads_carry_an_initiative_to_its_end(cast: Cast) -> None:
    people = {"contributor": cast.contributor("OPS"), "lead": cast.head("OPS"), "owner": cast.head("SEC")}
    browser = {name: Client() for name in people}
    for name, person in people.items():
        browser[name].force_login(person)

    def sends(who: str, path: str, **data: object) -> None:
        answer = browser[who].post(path, data)
        assert answer.status_code == 302, answer.content.decode()[:3000]

    # The contributor drafts, asks Security to answer for it, and proposes.
    sends(
        "contributor",
        "/initiatives/new/",
        title="Faster security lanes",
        problem="Passengers queue for 40 minutes.",
        lead_department=cast.department("OPS").pk,
        cadence_days=14,
    )
    initiative = Initiative.objects.get()
    page = initiative.get_absolute_url()
    sends("contributor", f"{page}parts/new/", department=cast.department("SEC").pk, letter="A")
    sends("contributor", f"{page}propose/")

    # Security's head finds the ask, and accepts in her own name.
    ask = Obligation.objects.waiting_for(people["owner"]).get()
    assert browser["owner"].get(ask.url).status_code == 200
    part = Involvement.objects.get()
    sends("owner", f"{page}parts/{part.pk}/accept/")
    assert not Obligation.objects.waiting_for(people["owner"]).exists()

    # The CXO ranks, money is given, the lead's head launches and plans.
    initiative.refresh_from_db()
    initiative.assess(by=cast.cxo)
    initiative.prioritise(1, by=cast.cxo, reason="Most complaints.")
    initiative.fund(by=cast.finance)
    sends("lead", f"{page}launch/")
    sends("lead", f"{page}milestones/new/", title="Lanes rebuilt", due_on="2026-12-24")

    # The owner reports, later with one key, and the next report is waited for each time.
    sends("owner", f"{page}check-in/", health="amber", percent="30", done="Two lanes.", blockers="Steel is late.")
    sends("owner", f"{page}no-change/")
    assert list(CheckIn.objects.order_by("id").values_list("health", "no_change")) == [("amber", False), ("amber", True)]
    assert Obligation.objects.waiting_for(people["owner"]).count() == 1

    # Completing needs the milestone; then nothing is waited for any more.
    assert browser["lead"].post(f"{page}complete/").status_code == 409
    sends("lead", f"{page}milestones/{Milestone.objects.get().pk}/meet/")
    sends("lead", f"{page}complete/")
    assert not Obligation.objects.open_now().exists()
    shown = browser["contributor"].get(page).content.decode()
    for words in ("Completed", "Two lanes.", "Lanes rebuilt", "Head Sec", "No material change."):
        assert words in shown
