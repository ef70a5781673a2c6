"""Open calls and orphans through HTTP."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.journey.models import Call, Hand, OwnedObject
from initiatives.organization.models import User
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_orphans import owned_by, refuse

Faults = Callable[..., list[str]]


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())).replace("\xa0", " ")


@pytest.fixture
def orphan(cast: Cast, journey_map: Map) -> OwnedObject:
    """Refused by three departments."""
    _ = cast.ceo
    owned_by("HR", journey_map.touchpoint("Near", reach=300, stage=journey_map.after).owned, cast)
    owned = journey_map.touchpoint("Paying at the barrier").owned
    for code in ("OPS", "MKT", "IT"):
        refuse(owned, code, cast)
    return OwnedObject.objects.get(pk=owned.pk)


def test_the_orphan_shows_its_history_and_who_might_adopt_it(orphan: OwnedObject, cast: Cast) -> None:
    said = text(as_(cast.cxo).get(reverse("journey:orphan", args=[orphan.reference])))
    assert "Refused 3 times" in said
    assert "We never did this." in said
    assert said.index("Ask Hr department") < said.index("Ask Ops department")
    assert "refused it before" in said
    assert "Ask Hr department" not in text(as_(cast.contributor("OPS")).get(reverse("journey:orphan", args=[orphan.reference])))
    assert "Paying at the barrier" in text(as_(cast.ceo).get(reverse("journey:calls")))


def test_one_click_asks_the_suggested_department(orphan: OwnedObject, cast: Cast) -> None:
    url = reverse("journey:propose", args=[orphan.reference])
    assert as_(cast.cxo).post(url, {"department": cast.department("HR").pk}).status_code == 302
    assert OwnedObject.objects.get(pk=orphan.pk).state == "proposed"


def test_the_ceo_decides_with_a_reason(orphan: OwnedObject, cast: Cast) -> None:
    url, hr = reverse("journey:orphan_assign", args=[orphan.reference]), cast.department("HR").pk
    assert as_(cast.ceo).post(url, {"department": hr, "rationale": ""}).status_code == 422
    assert OwnedObject.objects.get(pk=orphan.pk).state == "unowned"
    assert as_(cast.ceo).post(url, {"department": hr, "rationale": "It is nearest to you."}).status_code == 302
    assert OwnedObject.objects.get(pk=orphan.pk).department_id == hr
    assert as_(cast.ceo).post(url, {"department": hr, "rationale": "Again."}).status_code == 409


def test_a_call_from_opening_to_choice(orphan: OwnedObject, cast: Cast) -> None:
    cxo, contributor = as_(cast.cxo), as_(cast.contributor("HR"))
    opening = reverse("journey:call_open", args=[orphan.reference])
    assert cxo.post(opening, {"why": ""}).status_code == 422
    assert not Call.objects.exists()
    assert cxo.post(opening, {"why": "Nobody answers.", "offer": ""}).status_code == 302
    number = Call.objects.get().pk

    def to(act: str) -> str:
        return reverse(f"journey:call_{act}", args=[number])

    assert contributor.post(to("raise"), {"department": cast.department("OPS").pk, "words": "Me."}).status_code == 422
    assert contributor.post(to("raise"), {"department": cast.department("HR").pk, "words": "I do it already."}).status_code == 302
    assert "% accountable for the adjacent stages" in text(contributor.get(Call.objects.get().get_absolute_url()))
    assert contributor.post(to("lower")).status_code == 302
    assert contributor.post(to("raise"), {"department": "", "words": "For a while."}).status_code == 302
    assert cxo.post(to("choose"), {"hand": 0}).status_code == 422
    hand = Hand.objects.up().get()
    assert cxo.post(to("choose"), {"hand": hand.pk}).status_code == 302
    assert OwnedObject.objects.get(pk=orphan.pk).steward == cast.contributor("HR")
    assert cxo.post(to("close")).status_code == 302
    assert contributor.post(to("raise"), {"department": "", "words": "Late."}).status_code == 409


def test_who_chooses_finds_the_button_beside_each_hand(orphan: OwnedObject, cast: Cast) -> None:
    call = Call.objects.call(orphan, why="Nobody answers.", by=cast.cxo)
    hand = call.raise_hand(department=cast.department("HR"), words="Me.", by=cast.contributor("HR"))
    words = f"Choose {hand.person}"
    assert words in text(as_(cast.ceo).get(call.get_absolute_url()))
    assert words not in text(as_(cast.head("OPS")).get(call.get_absolute_url()))
    call.close(by=cast.cxo)
    assert words not in text(as_(cast.ceo).get(call.get_absolute_url()))


def test_pages_cost_the_same_however_much_is_in_them(orphan: OwnedObject, cast: Cast, journey_map: Map) -> None:
    call, client = Call.objects.call(orphan, why="Please.", by=cast.cxo), as_(cast.ceo)
    urls = [reverse("journey:calls"), call.get_absolute_url(), reverse("journey:orphan", args=[orphan.reference])]

    def counted() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    before = counted()
    another = journey_map.touchpoint("Another").owned
    for code in ("OPS", "MKT"):
        refuse(another, code, cast)
    Call.objects.call(OwnedObject.objects.get(pk=another.pk), why="This too.", by=cast.cxo)
    for code in ("OPS", "MKT", "HR"):
        call.raise_hand(department=cast.department(code), words="Me.", by=cast.contributor(code))
    assert counted() == before


@pytest.mark.django_db(transaction=True)
def test_a_hand_goes_up_on_a_phone_without_scripts(orphan: OwnedObject, cast: Cast, browse: Browse) -> None:
    call = Call.objects.call(orphan, why="Nobody answers.", by=cast.cxo)
    page = browse(call.get_absolute_url(), by=cast.contributor("HR"), width=360, scripts=False)
    page.get_by_label("Why you").fill("I answer the mail already.")
    page.get_by_role("button", name="Raise my hand").click()
    assert page.get_by_text("1 hand is up").is_visible()


@pytest.mark.django_db(transaction=True)
def test_its_pages_have_no_fault(orphan: OwnedObject, cast: Cast, browse: Browse, faults: Faults) -> None:
    call = Call.objects.call(orphan, why="Nobody answers.", offer="One person.", by=cast.cxo)
    call.raise_hand(department=cast.department("HR"), words="Me.", by=cast.contributor("HR"))
    assert faults(browse(call.get_absolute_url(), by=cast.ceo)) == []
    assert faults(browse(reverse("journey:calls"), by=cast.ceo)) == []
    assert faults(browse(reverse("journey:orphan", args=[orphan.reference]), by=cast.ceo)) == []


def test_the_words_of_a_hand_stay_when_the_call_was_closed_meanwhile(cast: Cast, orphan: OwnedObject) -> None:
    call = Call.objects.call(orphan, why="Please.", by=cast.ceo)
    call.close(by=cast.ceo)
    refused = as_(cast.contributor("OPS")).post(f"{call.get_absolute_url()}raise/", {"words": "I know the barrier."})
    assert refused.status_code == 409
    assert "I know the barrier." in refused.content.decode()
    assert not Hand.objects.exists()
    assert "This call is closed." in text(as_(cast.contributor("OPS")).get(call.get_absolute_url()))
