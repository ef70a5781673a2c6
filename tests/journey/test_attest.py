"""Still mine: asked for before the day, counted half when it is missed once, and nothing when it is missed twice."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.beat import ring
from initiatives.journey.models import OwnedObject, Ownership
from initiatives.journey.models.asking import ATTEST
from initiatives.journey.models.attesting import attest
from initiatives.journey.reports.attestation import attestation_rates
from initiatives.organization.models import Holiday, WorkingWeek
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_handshake import kept, open_asks


@pytest.fixture
def mine(journey_map: Map, cast: Cast) -> list[Ownership]:
    """Three touchpoints owned by the contributor of OPS, in a week of seven working days."""
    WorkingWeek.objects.edit_week(range(1, 8), by=None)
    return [
        journey_map.touchpoint(f"Place {number}").owned.propose(
            cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS")
        )
        for number in range(3)
    ]


@pytest.fixture(autouse=True)
def by_day(noon: None) -> None:
    """So many days from now is that day for everybody, whatever the clocks do in between."""


def in_days(days: int) -> "clock.datetime":
    return clock.now() + timedelta(days=days)


def test_the_owner_is_asked_once_for_all_that_comes_due(cast: Cast, mine: list[Ownership]) -> None:
    ring()
    assert open_asks(ATTEST) == []
    with clock.at(in_days(182 - 14)):
        ring()
        ring()
    ask = Obligation.objects.get(kind=ATTEST)
    assert (ask.person, ask.due_on, ask.url) == (
        cast.contributor("OPS"),
        kept(mine[0].owned).attest_by,
        reverse("journey:attest"),
    )


def test_it_is_due_on_a_day_on_which_the_department_works(cast: Cast, mine: list[Ownership]) -> None:
    day = clock.day_of(in_days(182))
    assert kept(mine[0].owned).attest_by == day
    Holiday.objects.create(day=day, name="Works outing", department=cast.department("OPS"))
    attest([mine[0].pk], by=cast.contributor("OPS"))
    assert kept(mine[0].owned).attest_by == day + timedelta(days=1)


def test_all_are_attested_at_once_and_the_ask_is_met(cast: Cast, mine: list[Ownership]) -> None:
    with clock.at(in_days(170)):
        ring()
        assert attest([one.pk for one in mine[:2]], by=cast.contributor("OPS")) == 2
        assert open_asks(ATTEST) == [cast.contributor("OPS")]
        attest([mine[2].pk], by=cast.contributor("OPS"))
        assert open_asks(ATTEST) == []
    found = kept(mine[0].owned)
    assert found.attest_by == clock.day_of(in_days(170 + 182))
    assert Event.objects.about(found).newest_first()[0].act == "ownership_attested"


def test_what_is_missed_counts_half_then_nothing_until_it_is_attested(cast: Cast, mine: list[Ownership]) -> None:
    owned = mine[0].owned
    since = kept(owned).since
    for day, lapses in ((182, 0), (183, 1), (196, 1), (198, 2), (300, 2)):
        with clock.at(in_days(day)):
            ring()
            ring()
        assert kept(owned).lapses == lapses, day
    assert open_asks(ATTEST) == [cast.contributor("OPS")]
    with clock.at(in_days(301)):
        attest([mine[0].pk], by=cast.head("OPS"))
    assert (kept(owned).lapses, kept(owned).since) == (0, since)
    assert [spell.lapses for spell in owned.spells.filter(state="owned").order_by("began", "pk")] == [0, 1, 2, 0]


def test_nobody_attests_for_others(cast: Cast, mine: list[Ownership]) -> None:
    for person in (cast.cxo, cast.head("IT"), cast.administrator):
        with pytest.raises(RuleBroken, match="Only Contributor Ops, the head of Ops department or a deputy"):
            attest([mine[0].pk], by=person)
    with pytest.raises(RuleBroken, match="Choose"):
        attest([], by=cast.contributor("OPS"))
    assert not Event.objects.filter(verb__endswith="ownership_attested").exists()


def test_who_no_longer_owns_anything_is_not_asked(cast: Cast, mine: list[Ownership]) -> None:
    with clock.at(in_days(170)):
        ring()
        for ownership in mine:
            ownership.name_person(cast.deputy("OPS"), by=cast.head("OPS"))
        assert open_asks(ATTEST) == []


def test_the_rate_of_each_department_counts_what_its_reader_may_see(cast: Cast, mine: list[Ownership], journey_map: Map) -> None:
    journey_map.touchpoint("IT's").owned.propose(cast.department("IT"), by=cast.head("IT"))
    with clock.at(in_days(183)):
        attest([mine[0].pk], by=cast.head("OPS"))
        ring()
    rates = {rate.department: (rate.attested, rate.owned) for rate in attestation_rates(cast.ceo)}
    assert rates == {"It department": (0, 1), "Ops department": (1, 3)}
    OwnedObject.objects.filter(pk=mine[1].owned_id).update(restricted=True)
    assert [(rate.attested, rate.owned) for rate in attestation_rates(cast.finance)] == [(0, 1), (1, 2)]


def test_the_page_attests_what_is_ticked(cast: Cast, mine: list[Ownership], client: Client) -> None:
    client.force_login(cast.contributor("OPS"))
    page = client.get(reverse("journey:attest")).content.decode()
    assert all(one.owned.reference in page for one in mine)
    with clock.at(in_days(175)):
        sent = client.post(reverse("journey:attest"), {"ownership": [mine[0].pk, mine[1].pk]})
    assert sent.status_code == 302
    assert [kept(one.owned).attest_by == clock.day_of(in_days(175 + 182)) for one in mine] == [True, True, False]


@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["²"], ["9" * 40], ["999999"]])
def test_nonsense_attests_nothing(cast: Cast, mine: list[Ownership], client: Client, ticked: list[str]) -> None:
    client.force_login(cast.contributor("OPS"))
    assert client.post(reverse("journey:attest"), {"ownership": ticked}).status_code in (409, 422)
    assert not Event.objects.filter(verb__endswith="ownership_attested").exists()


def test_the_page_costs_the_same_for_three_as_for_nine(
    cast: Cast, mine: list[Ownership], journey_map: Map, client: Client, django_assert_max_num_queries: "pytest.Fixture"
) -> None:
    client.force_login(cast.contributor("OPS"))
    for number in range(6):
        journey_map.touchpoint(f"More {number}").owned.propose(
            cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS")
        )
    with django_assert_max_num_queries(9):
        client.get(reverse("journey:attest"))


def test_the_register_leaves_out_what_its_reader_may_not_see(cast: Cast, mine: list[Ownership], client: Client) -> None:
    OwnedObject.objects.filter(pk=mine[1].owned_id).update(restricted=True)
    client.force_login(cast.finance)
    text = client.get(reverse("journey:export_register")).content.decode("utf-8-sig")
    assert mine[0].owned.reference in text
    assert mine[1].owned.reference not in text
    assert "Ops department,Contributor Ops" in text
