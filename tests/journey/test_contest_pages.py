"""Contests through HTTP: the case file, forms that work without scripts, refusals that change nothing."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.journey.models import Contest, OwnedObject, Ruling
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.contests import Court, court

__all__ = ["court"]

Faults = Callable[..., list[str]]


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())).replace("\xa0", " ")


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_case_says_who_decides_who_does_not_and_why(court: Court, cast: Cast) -> None:
    Role.objects.create(person=cast.cxo, kind="contributor", department=cast.department("MKT"), starts=today())
    contest = court.contest()
    said = text(as_(cast.contributor("OPS")).get(contest.get_absolute_url()))
    assert "Mkt department and Ops department differ. It waits for evidence; the clock runs out" in said
    assert "Contributor, Mkt department: the department has a stake in it." in said
    assert "We run the page." in said
    assert 'name="words"' not in as_(cast.contributor("OPS")).get(contest.get_absolute_url()).content.decode()


def test_no_two_fields_of_a_case_share_an_id(court: Court, cast: Cast) -> None:
    page = as_(cast.head("OPS")).get(court.contest().get_absolute_url())
    assert page.context["claim_form"]
    assert page.context["evidence_form"]
    ids = re.findall(r' id="([^"]+)"', page.content.decode())
    assert sorted(ids) == sorted(set(ids))


def test_pages_cost_the_same_however_much_is_in_them(court: Court, cast: Cast) -> None:
    contest, reader = court.contest(), as_(cast.auditor)
    before = queries(reader, reverse("journey:contests")), queries(reader, contest.get_absolute_url())
    court.contest(court.owned("Another"))
    for number in range(3):
        contest.give_evidence(cast.department("OPS"), words=f"Paper {number}", by=cast.head("OPS"))
    assert (queries(reader, reverse("journey:contests")), queries(reader, contest.get_absolute_url())) == before
    assert before[0] <= 8
    assert before[1] <= 22


def test_a_head_contests_claims_proves_and_appeals(court: Court, cast: Cast) -> None:
    owned, mkt, ops = court.owned(), cast.department("MKT"), cast.department("OPS")
    _ = cast.cxo, cast.ceo
    head, other = as_(cast.head("MKT")), as_(cast.head("OPS"))
    url = reverse("journey:contest_open", args=[owned.reference])
    assert head.post(url, {"department": mkt.pk, "names": "", "words": ""}).status_code == 422
    assert head.post(url, {"department": ops.pk, "names": "", "words": "Ours."}).status_code == 422
    assert not Contest.objects.exists()
    assert head.post(url, {"department": mkt.pk, "names": "", "words": "Ours."}).status_code == 302
    contest = Contest.objects.get()

    def to(act: str) -> str:
        return reverse(f"journey:contest_{act}", args=[contest.reference])

    assert other.post(to("evidence"), {"department": ops.pk, "words": ""}).status_code == 422
    assert other.post(to("evidence"), {"department": ops.pk, "words": "The contract."}).status_code == 302
    assert other.post(to("claim"), {"department": ops.pk, "names": "", "words": "Ours."}).status_code == 302
    assert other.post(to("appeal"), {"department": ops.pk, "words": "No!"}).status_code == 409
    contest = court.ruled(contest)
    assert other.post(to("appeal"), {"department": ops.pk, "words": "No!"}).status_code == 302
    assert court.again(contest).state == "appealed"


def test_a_ruling_without_evidence_comes_back(court: Court, cast: Cast) -> None:
    contest = court.to_ruling(court.contest())
    url = reverse("journey:contest_rule", args=[contest.reference])
    answer = as_(cast.cxo).post(url, {"department": cast.department("MKT").pk, "rationale": "They run it."})
    assert answer.status_code == 422
    assert "They run it." in answer.content.decode()
    assert as_(cast.ceo).post(url, {"department": cast.department("MKT").pk, "rationale": "X", "cites": [1]}).status_code == 409
    assert not Ruling.objects.exists()
    assert as_(cast.cxo).post(url, {"department": cast.department("MKT").pk, "rationale": "X", "cites": [1]}).status_code == 302
    assert Ruling.objects.get().department == cast.department("MKT")


def test_the_touchpoints_page_leads_to_its_case(court: Court, cast: Cast) -> None:
    owned = court.owned()
    page = reverse("journey:touchpoint", args=[owned.reference])
    assert reverse("journey:contest_open", args=[owned.reference]) in as_(cast.head("MKT")).get(page).content.decode()
    assert "Contest who owns it" not in text(as_(cast.contributor("MKT")).get(page))
    contest = court.contest(owned)
    assert contest.get_absolute_url() in as_(cast.contributor("MKT")).get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_head_contests_on_a_phone_without_scripts(court: Court, cast: Cast, browse: Browse) -> None:
    owned = court.owned()
    _ = cast.cxo
    page = browse(reverse("journey:touchpoint", args=[owned.reference]), by=cast.head("MKT"), width=360, scripts=False)
    page.get_by_role("link", name="Contest who owns it").click()
    page.get_by_label("Why").fill("We run the page and answer its mail.")
    page.get_by_role("button", name="Contest").click()
    assert page.get_by_text("Mkt department and Ops department differ.").is_visible()
    assert OwnedObject.objects.get(pk=owned.pk).state == "contested"


@pytest.mark.django_db(transaction=True)
def test_the_ceo_rules_a_contest(court: Court, cast: Cast, browse: Browse) -> None:
    Role.objects.create(person=cast.cxo, kind="contributor", department=cast.department("MKT"), starts=today())
    contest = court.to_ruling(court.contest())
    page = browse("/", by=cast.ceo)
    page.get_by_role("link", name=f"Rule on {contest.reference}").first.click()
    page.get_by_label("Whose it is").select_option(label="Mkt department")
    page.get_by_label("Rationale").fill("Who answers the mail owns the page.")
    page.get_by_label("E1, Mkt department").check()
    page.get_by_role("button", name="Rule", exact=True).click()
    assert page.get_by_text("Who answers the mail owns the page.").first.is_visible()
    assert Ruling.objects.get().decider == cast.ceo


@pytest.mark.django_db(transaction=True)
def test_its_pages_have_no_fault(court: Court, cast: Cast, browse: Browse, faults: Faults) -> None:
    contest = court.contest()
    assert faults(browse(contest.get_absolute_url(), by=cast.head("OPS"))) == []
    court.ruled(contest)
    assert faults(browse(contest.get_absolute_url(), by=cast.head("OPS"))) == []
    assert faults(browse(reverse("journey:contests"), by=cast.ceo)) == []
    owned = court.owned("Another")
    assert faults(browse(reverse("journey:contest_open", args=[owned.reference]), by=cast.head("MKT"))) == []


def test_what_was_typed_stays_when_a_rule_refuses_it(court: Court, cast: Cast) -> None:
    contest = court.to_ruling(court.contest())
    address = reverse("journey:contest_evidence", args=[contest.reference])
    refused = as_(cast.head("OPS")).post(address, {"department": cast.department("OPS").pk, "words": "The old contract."})
    assert refused.status_code == 409
    assert "The days for evidence are over" in text(refused)
    assert "The old contract." in refused.content.decode()
    assert contest.evidence.count() == 1
