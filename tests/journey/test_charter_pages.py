"""The charter through HTTP: the answer first, forms that work without scripts, refusals that change nothing."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.journey.models import CharterVersion, CharterWaiver, MapPolicy, Vote
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.charter import CODES, Charters

Faults = Callable[..., list[str]]


@pytest.fixture
def charters(cast: Cast) -> Charters:
    return Charters(cast)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    words = re.sub(r"<[^>]*>", " ", response.content.decode()).replace("\xa0", " ")
    return re.sub(r"\s+", " ", words).replace(" ;", ";").replace(" .", ".")


def test_the_page_says_how_far_the_vote_is(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    charters.vote(charter, "OPS", "iio")
    charters.vote(charter, "MKT", "ioo")
    said = text(as_(cast.contributor("OPS")).get(reverse("journey:charter")))
    assert "2 of 4 departments voted; 2 items agreed, 1 goes to the workshop." in said
    assert "Agenda of the workshop" in said


def test_the_page_costs_the_same_however_much_was_voted(charters: Charters, cast: Cast) -> None:
    charter, client = charters.opened(), as_(cast.ceo)
    client.get(reverse("journey:charter"))
    for code in CODES:
        charters.vote(charter, code, "iio")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(reverse("journey:charter"))
    assert len(asked) == 14


def test_the_cxo_writes_opens_and_counts(charters: Charters, cast: Cast) -> None:
    for code in CODES:
        cast.head(code)
    client, prepare = as_(cast.cxo), reverse("journey:charter_prepare")
    assert client.post(prepare, {"stage": " \n", "metric": "", "principle": ""}).status_code == 422
    assert not CharterVersion.objects.exists()
    assert client.post(prepare, {"stage": "Plan\nFly", "metric": "", "principle": "One owner"}).status_code == 302
    assert client.post(reverse("journey:charter_open"), {"closes_on": today()}).status_code == 422
    assert CharterVersion.objects.get().state == "draft"
    assert client.post(reverse("journey:charter_open"), {"closes_on": today() + timedelta(days=4)}).status_code == 302
    assert client.post(reverse("journey:charter_close")).status_code == 409
    for code in CODES:
        charters.vote(CharterVersion.objects.get(), code, "iio")
    assert client.post(reverse("journey:charter_close")).status_code == 302
    assert CharterVersion.objects.get().state == "ratified"


def test_a_ballot_with_a_gap_comes_back_with_what_was_chosen(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    first, *rest = (f"item-{pk}" for pk in charter.items.values_list("pk", flat=True))
    client, url = as_(cast.head("OPS")), charters.ballot(charter, "OPS").get_absolute_url()
    answer = client.post(url, {first: "out"})
    assert answer.status_code == 422
    assert re.search(rf'name="{first}" value="out"[^>]*checked', answer.content.decode())
    assert not Vote.objects.exists()
    assert client.post(url, {first: "out", **dict.fromkeys(rest, "in")}).status_code == 302
    assert sorted(Vote.objects.values_list("choice", flat=True)) == ["in", "in", "out"]


def test_the_ceos_waiver_is_read_by_everybody(cast: Cast) -> None:
    MapPolicy.objects.create(funding_needs_charter=True, by=cast.cxo)
    page, waive = reverse("journey:charter"), reverse("journey:charter_waive")
    reader = as_(cast.contributor("OPS"))
    assert "not ratified yet" in text(reader.get(page))
    assert as_(cast.ceo).post(waive, {"reason": ""}).status_code == 422
    assert not CharterWaiver.objects.exists()
    assert as_(cast.ceo).post(waive, {"reason": "The season does not wait."}).status_code == 302
    assert "“The season does not wait.”" in text(reader.get(page))
    assert as_(cast.ceo).post(reverse("journey:charter_waiver_end")).status_code == 302
    assert "not ratified yet" in text(reader.get(page))


@pytest.mark.django_db(transaction=True)
def test_a_head_votes_on_a_phone_without_scripts(charters: Charters, cast: Cast, browse: Browse) -> None:
    charters.opened()
    page = browse("/", by=cast.head("OPS"), width=360, scripts=False)
    page.get_by_role("link", name="Vote on charter version 1").first.click()
    for item in page.locator("main fieldset").all():
        item.get_by_label("In", exact=True).check()
    page.get_by_role("button", name="Vote").click()
    assert page.get_by_text("1 of 4 departments voted").is_visible()
    assert set(Vote.objects.values_list("choice", flat=True)) == {"in"}


@pytest.mark.django_db(transaction=True)
def test_its_pages_have_no_fault(charters: Charters, cast: Cast, browse: Browse, faults: Faults) -> None:
    charter = charters.opened()
    charters.vote(charter, "OPS", "iio")
    charters.vote(charter, "MKT", "ioo")
    assert faults(browse(reverse("journey:charter"), by=cast.cxo)) == []
    assert faults(browse(charters.ballot(charter, "HR").get_absolute_url(), by=cast.head("HR"))) == []
    assert faults(browse(reverse("journey:charter_prepare"), by=cast.cxo)) == []
