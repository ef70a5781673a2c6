"""The handshake over HTTP: who wins is named, what cannot be understood changes nothing, and what is hidden stays unknown."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from initiatives.duties.models import Obligation
from initiatives.journey.models import Answer, OwnedObject, Ownership, State
from initiatives.journey.models.proposing import may_ask
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_handshake import kept


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def asked(journey_map: Map, cast: Cast) -> dict[str, Ownership]:
    """OPS and IT are both asked to own one touchpoint."""
    for code in ("OPS", "IT"):
        cast.head(code)
    owned = journey_map.touchpoint("Security queue").owned
    return {code: owned.propose(cast.department(code), by=cast.cxo) for code in ("OPS", "IT")}


def test_who_comes_second_gets_a_409_that_names_the_winner(cast: Cast, asked: dict[str, Ownership]) -> None:
    first, second = (reverse("journey:accept_ownership", args=[asked[code].pk]) for code in ("OPS", "IT"))
    assert browse(cast.head("OPS")).post(first).status_code == 302
    refused = browse(cast.head("IT")).post(second)
    assert refused.status_code == 409
    assert "Ops department has already accepted to own" in refused.content.decode()
    assert "Head Ops" in refused.content.decode()
    assert kept(asked["IT"].owned).department == cast.department("OPS")


@pytest.mark.parametrize("typed", [{"person": "x"}, {"person": "999999"}, {"person": "-1"}])
def test_a_person_who_is_not_on_offer_is_refused(cast: Cast, asked: dict[str, Ownership], typed: dict[str, str]) -> None:
    path = reverse("journey:accept_ownership", args=[asked["OPS"].pk])
    assert browse(cast.head("OPS")).post(path, typed).status_code == 422
    assert browse(cast.head("OPS")).post(path, {"person": cast.head("IT").pk}).status_code == 422
    assert kept(asked["OPS"].owned).state == State.PROPOSED


@pytest.mark.parametrize("typed", [{}, {"code": "nonsense", "reason": "No."}, {"code": "other"}])
def test_a_refusal_without_a_reason_is_none(cast: Cast, asked: dict[str, Ownership], typed: dict[str, str]) -> None:
    path = reverse("journey:decline_ownership", args=[asked["OPS"].pk])
    assert browse(cast.head("OPS")).post(path, typed).status_code == 422
    assert Ownership.objects.get(pk=asked["OPS"].pk).answer == Answer.PROPOSED


def test_a_head_is_offered_the_own_department_only_the_cxo_all(cast: Cast, asked: dict[str, Ownership]) -> None:
    cast.department("MKT")
    path = reverse("journey:propose", args=[asked["OPS"].owned.reference])
    offered = browse(cast.head("HR")).get(path).content.decode()
    assert "Hr department</option>" in offered
    assert "Mkt department</option>" not in offered
    assert "Mkt department</option>" in browse(cast.cxo).get(path).content.decode()
    sent = browse(cast.head("HR")).post(path, {"department": cast.department("MKT").pk})
    assert (sent.status_code, Ownership.objects.count()) == (422, 2)
    assert browse(cast.head("HR")).post(path, {"department": cast.department("HR").pk}).status_code == 302
    assert kept(asked["OPS"].owned).department == cast.department("HR")


def test_a_hand_over_by_the_pages(cast: Cast, asked: dict[str, Ownership]) -> None:
    asked["OPS"].accept(by=cast.head("OPS"))
    path = reverse("journey:hand_over", args=[asked["OPS"].pk])
    assert browse(cast.head("IT")).get(path).status_code == 403
    sent = browse(cast.head("OPS")).post(path, {"department": cast.department("IT").pk, "why": "Theirs."})
    offered = Ownership.objects.waiting().get()
    assert sent.headers["Location"] == offered.get_absolute_url()
    assert browse(cast.head("IT")).post(reverse("journey:accept_ownership", args=[offered.pk])).status_code == 302
    assert kept(offered.owned).department == cast.department("IT")


def test_nobody_outside_learns_of_what_is_restricted(cast: Cast, asked: dict[str, Ownership]) -> None:
    owned = OwnedObject.objects.get(pk=asked["OPS"].owned_id)
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    owned.project_grants()
    for person in (cast.head("HR"), cast.contributor("OPS"), cast.finance, cast.administrator):
        client = browse(person)
        for path in (
            asked["OPS"].get_absolute_url(),
            reverse("journey:propose", args=[owned.reference]),
            owned.get_absolute_url(),
        ):
            assert client.get(path).status_code == 404, (person, path)
        assert client.post(reverse("journey:accept_ownership", args=[asked["OPS"].pk])).status_code == 404
        assert not Obligation.objects.visible_to(person).exists()
        assert owned.reference not in client.get("/").content.decode()
    for ask in Obligation.objects.all():
        assert owned.name not in ask.words + ask.url
    assert not may_ask(cast.head("HR"), owned)


def test_the_page_of_an_ask_has_a_fixed_price(
    cast: Cast, asked: dict[str, Ownership], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(cast.head("OPS"))
    client.get(asked["OPS"].get_absolute_url())
    with django_assert_num_queries(12):
        client.get(asked["OPS"].get_absolute_url())


def test_the_reason_stays_when_something_else_is_missing(cast: Cast, asked: dict[str, Ownership]) -> None:
    path = reverse("journey:decline_ownership", args=[asked["OPS"].pk])
    again = browse(cast.head("OPS")).post(path, {"reason": "Three people short."})
    assert again.status_code == 422
    assert "Three people short.</textarea>" in again.content.decode()
