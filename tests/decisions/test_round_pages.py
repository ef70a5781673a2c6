"""The pages of rounds: the CXO opens one, heads divide, everybody reads what came of it among what they may see."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from initiatives.decisions.models import Portion, Round
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.decisions.conftest import Candidate, publish
from tests.decisions.rounds import ballot_of, divide, given, opened
from tests.decisions.test_pages import MASKED, browse, text_of


def closed(cast: Cast, candidate: Candidate, *, secret: bool = False) -> Round:
    """OPS and RET divided over Lanes of OPS and Lounge of RET, and OPS over its Secret where there is one."""
    lanes, lounge = candidate("Lanes", value=9, effort=1), candidate("Lounge", value=2, effort=1, code="RET")
    hidden = [candidate("Secret", value=1, effort=1, confidential=True)] if secret else []
    held = opened(cast, lanes, lounge, *hidden, cap="90000", minimum="10.00")
    divide("OPS", held, {lanes: "7000", lounge: "30.50"} | dict.fromkeys(hidden, "61000"), by=cast.head("OPS"))
    divide("RET", held, {lanes: "20", lounge: "8000"}, by=cast.head("RET"))
    held.close(by=cast.cxo)
    publish(cast)
    return held


def test_the_cxo_opens_a_round_and_a_head_divides(cast: Cast, candidate: Candidate) -> None:
    lanes, lounge = candidate("Lanes"), candidate("Lounge", code="RET")
    cast.head("OPS")
    client = browse(cast.cxo)
    assert "Lounge · RET" in text_of(client, "/ranking/rounds/open/")
    sent = {
        "title": "Autumn", "cap": "1234.50", "minimum": "", "closes_on": str(today() + timedelta(days=5)),
        "candidates": [lanes.pk, lounge.pk],
    }  # fmt: skip
    assert "The round is open" in client.post("/ranking/rounds/open/", sent, follow=True).content.decode()
    held = Round.objects.get()
    head, path = browse(cast.head("OPS")), f"/ranking/rounds/{held.pk}/ballots/{cast.department('OPS').pk}/"
    assert f'href="{path}"' in text_of(head, held.get_absolute_url())
    assert "Led by your department." in text_of(head, path)
    first, last = held.candidates.in_order().values_list("pk", flat=True)
    refused = head.post(path, {"version": "0", f"candidate-{first}": "1234.51"})
    assert (refused.status_code, Portion.objects.count()) == (422, 0)
    assert "1,234.51" in refused.content.decode()
    answer = head.post(path, {"version": "0", f"candidate-{first}": "1234", f"candidate-{last}": ""}, follow=True)
    assert "has divided" in answer.content.decode()
    assert head.post(path, {"version": "0", f"candidate-{last}": "1"}).status_code == 409
    assert {title: f"{amount}" for title, amount in given(ballot_of("OPS", held)).items()} == {"Lanes": "1234.00"}
    assert "1,234.00" not in text_of(client, held.get_absolute_url())  # shown when it is closed


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "}, {"cap": "0"}, {"cap": "1,000"}, {"cap": "-5"}, {"cap": "1e3"}, {"minimum": "101"}, {"minimum": "x"},
        {"closes_on": "2026-13-01"}, {"closes_on": "2020-01-01"}, {"candidates": []}, {"candidates": ["999999"]},
    ],
)  # fmt: skip
def test_bad_rounds_are_shown_at_their_field(cast: Cast, candidate: Candidate, wrong: dict[str, object]) -> None:
    good = {
        "title": "Autumn", "cap": "100", "minimum": "1", "closes_on": str(today() + timedelta(days=5)),
        "candidates": [candidate("Lanes").pk, candidate("Lounge").pk],
    }  # fmt: skip
    response = browse(cast.cxo).post("/ranking/rounds/open/", {**good, **wrong})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Round.objects.exists()


@pytest.mark.parametrize("typed", ["1.001", "-1", "1,000", "1e3", "ten", "٣"])
def test_an_amount_that_cannot_be_read_is_shown_at_its_field(cast: Cast, candidate: Candidate, typed: str) -> None:
    cast.head("OPS")
    held = opened(cast, candidate("Lanes"), candidate("Lounge"))
    name = f"candidate-{held.candidates.in_order()[0].pk}"
    response = browse(cast.head("OPS")).post(ballot_of("OPS", held).get_absolute_url(), {"version": "0", name: typed})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert not Portion.objects.exists()


def test_the_result_stands_beside_the_ranking_and_says_that_it_is_no_decision(cast: Cast, candidate: Candidate) -> None:
    held = closed(cast, candidate)
    page = text_of(browse(cast.contributor("RET")), held.get_absolute_url())
    assert "no decision: nothing is allocated by it" in page
    assert re.findall(r"<td data-number(?: class=\"quiet\")?>([\d,.]+)</td>", page) == [
        "30.50",
        "8,000.00",
        "2",
        "20.00",
        "7,000.00",
        "2",
    ]
    for path in ("/ranking/", "/ranking/draft/"):
        shown = text_of(browse(cast.cxo), path)
        assert "20.00" in shown
        assert "7,000.00" in shown
        assert "no decision" in shown


def test_a_hidden_candidate_leaves_no_trace(cast: Cast, candidate: Candidate) -> None:
    """Every page is the same to the byte, whether a hidden initiative was divided over or never existed."""
    client, everything = browse(cast.head("RET")), browse(cast.ceo)
    cast.head("OPS"), cast.cxo

    def pages(secret: bool) -> list[str]:
        with transaction.atomic():
            held = closed(cast, candidate, secret=secret)
            paths = ("/ranking/", "/ranking/rounds/", held.get_absolute_url(), ballot_of("RET", held).get_absolute_url())
            found = [re.sub(r"/rounds/\d+|Round \d+|CX-\d+", "", text_of(client, path)) for path in paths]
            assert ("Secret" in text_of(everything, held.get_absolute_url())) == secret
            transaction.set_rollback(True)
        for pattern in MASKED:
            found = [re.sub(pattern, "", html) for html in found]
        return found

    assert pages(secret=True) == pages(secret=False)


@pytest.mark.parametrize("path", ["/ranking/rounds/", "/ranking/rounds/open/", "round", "ballot"])
def test_pages_cost_the_same_for_any_number(
    cast: Cast, candidate: Candidate, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    head, reader = cast.head("OPS"), browse(cast.head("OPS") if path in ("round", "ballot") else cast.cxo)
    for number in range(6):
        cast.head(f"D{number}")
    assert cast.cxo

    def cost(candidates: int) -> int:
        with transaction.atomic():
            initiatives = [candidate(f"N{number}", code=f"D{number}") for number in range(candidates)]
            address = path
            if path != "/ranking/rounds/open/":
                held = opened(cast, *initiatives)
                divide("OPS", held, {initiatives[0]: "5"}, by=head)
                address = {"round": held, "ballot": ballot_of("OPS", held)}[path].get_absolute_url() if "/" not in path else path
            with django_assert_max_num_queries(14) as counted:
                assert reader.get(address).status_code == 200
            transaction.set_rollback(True)
        return len(counted.captured_queries)

    assert cost(6) == cost(2)
