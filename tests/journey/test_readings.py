"""What was measured at a touchpoint: who enters it, that it is withdrawn and never changed, and what it comes to by stage."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.journey.models import MapPolicy, Reading, State, Touchpoint
from initiatives.journey.models.consistency import Score, consistency, pressures, scores
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture
def booking(journey_map: Map, cast: Cast) -> Touchpoint:
    """A web page that the contributor of OPS owns."""
    touchpoint = journey_map.touchpoint("Booking a space")
    cast.head("OPS")
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    return touchpoint


def rate(touchpoint: Touchpoint, mean: str, n: int, *, by: User, ago: int = 10, **more: Any) -> Reading:
    last = clock.today() - timedelta(days=ago)
    scale = {"low": 1, "high": 5, "source": "Survey", "first_day": last - timedelta(days=30), "last_day": last, **more}
    return Reading.objects.enter(by=by, kind="rating", touchpoint=touchpoint, total=Decimal(mean) * n, n=n, **scale)


def count(touchpoint: Touchpoint, contacts: int, n: int, *, by: User, ago: int = 10, days: int = 30, **more: Any) -> Reading:
    last = clock.today() - timedelta(days=ago)
    period = {"first_day": last - timedelta(days=days - 1), "last_day": last, "source": "Mailings", **more}
    return Reading.objects.enter(by=by, kind="contacts", touchpoint=touchpoint, total=Decimal(contacts), n=n, **period)


def test_who_answers_for_a_touchpoint_enters_what_was_measured(booking: Touchpoint, cast: Cast) -> None:
    for person in (cast.contributor("OPS"), cast.head("OPS"), cast.cxo):
        assert rate(booking, "3.5", 40, by=person, source=f"Asked by {person}").value == Decimal("3.5")
    assert Event.objects.about(booking).filter(verb="journey.touchpoint.reading_entered").count() == 3


def test_nobody_else_enters_any(booking: Touchpoint, cast: Cast) -> None:
    for person in (cast.contributor("HR"), cast.head("HR"), cast.ceo, cast.auditor, cast.nobody):
        with pytest.raises(RuleBroken, match="who answers for"):
            rate(booking, "3.5", 40, by=person)
    assert not Reading.objects.exists()


def test_what_cannot_be_is_said_at_its_field(booking: Touchpoint, cast: Cast, client: Client) -> None:
    client.force_login(cast.cxo)
    path, day = reverse("journey:enter_reading", args=[booking.reference]), (clock.today() - timedelta(days=9)).isoformat()
    typed = {"mean": "4", "n": "40", "low": "1", "high": "5", "first_day": day, "last_day": day, "source": "Survey"}
    for name, value in (("mean", "5.5"), ("high", "1"), ("last_day", "2020-01-01"), ("last_day", "2099-01-01")):
        answer = client.post(path, {**typed, name: value})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert not Reading.objects.exists()


def test_nothing_is_read_at_what_is_archived(booking: Touchpoint, cast: Cast) -> None:
    booking.archive(by=cast.cxo, reason="The page is gone.")
    with pytest.raises(RuleBroken, match="is archived"):
        rate(booking, "3.5", 40, by=cast.cxo)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"total": Decimal(240)}, "does not lie between 1 and 5"),
        ({"total": Decimal(20)}, "does not lie between 1 and 5"),
        ({"low": 5}, "a lowest and a highest"),
        ({"low": None}, "a lowest and a highest"),
        ({"n": 0}, "one at least"),
        ({"first_day": date(2026, 6, 2), "last_day": date(2026, 6, 1)}, "ends before it begins"),
        ({"last_day": date(2090, 1, 1)}, "lies in the past"),
    ],
)
def test_a_rating_that_cannot_be_is_refused(booking: Touchpoint, cast: Cast, wrong: dict[str, Any], why: str) -> None:
    facts = {"kind": "rating", "touchpoint": booking, "first_day": date(2026, 5, 1), "last_day": date(2026, 5, 31), "n": 40}
    facts |= {"total": Decimal(140), "low": 1, "high": 5, "source": "Survey"}
    with pytest.raises(BadInput, match=why):
        Reading.objects.enter(by=cast.cxo, **{**facts, **wrong})
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"days": 27}, "over 28 days"), ({"contacts": 39}, "fewer contacts than customers"), ({}, "which department")],
)
def test_contacts_that_cannot_be_are_refused(booking: Touchpoint, cast: Cast, wrong: dict[str, Any], why: str) -> None:
    department = {} if not wrong else {"department": cast.department("OPS")}
    with pytest.raises(BadInput, match=why):
        count(booking, **{"contacts": 60, "n": 40, "by": cast.cxo, **department, **wrong})
    assert not Reading.objects.exists()


def test_the_database_keeps_no_rating_beside_its_scale_and_no_contacts_of_nobody(booking: Touchpoint, cast: Cast) -> None:
    kept = {"touchpoint": booking, "first_day": date(2026, 5, 1), "last_day": date(2026, 5, 31), "n": 40, "by": cast.cxo}
    for facts in (
        {"kind": "rating", "total": 240, "low": 1, "high": 5},
        {"kind": "rating", "total": 140},
        {"kind": "contacts", "total": 90},
        {"kind": "contacts", "total": 90, "department": cast.department("OPS"), "low": 1, "high": 5},
    ):
        with pytest.raises(IntegrityError, match="reading_kind"), transaction.atomic():
            Reading.objects.create(source="Survey", **kept, **facts)


def test_the_same_again_changes_nothing_and_another_value_takes_its_place(booking: Touchpoint, cast: Cast) -> None:
    first = rate(booking, "3.5", 40, by=cast.cxo)
    before = Event.objects.count()
    assert rate(booking, "3.5", 40, by=cast.cxo) == first
    assert Event.objects.count() == before
    second = rate(booking, "3.6", 41, by=cast.cxo)
    assert list(Reading.objects.living()) == [second]
    first.refresh_from_db()
    assert (first.total, first.withdrawn_by) == (Decimal(140), cast.cxo)


def test_a_reading_is_withdrawn_with_a_reason_and_never_changed(booking: Touchpoint, cast: Cast) -> None:
    reading = rate(booking, "3.5", 40, by=cast.cxo)
    with pytest.raises(RuleBroken, match="Only who answers"):
        reading.withdraw(by=cast.head("HR"), reason="No.")
    with pytest.raises(InternalError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(n=400)
    with pytest.raises(InternalError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).delete()
    reading.withdraw(by=cast.head("OPS"), reason="Of another page.")
    assert not Reading.objects.living().exists()
    with pytest.raises(RuleBroken, match="withdrawn already"):
        reading.withdraw(by=cast.head("OPS"), reason="Again.")
    with pytest.raises(InternalError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(withdrawn_at=None, withdrawn_by=None)


# -- What they come to ------------------------------------------------------------------------------------------------------


def score(value: str, n: int = 50, low: int = 1, high: int = 5) -> Score:
    return Score(0, low, high, 1, n, Decimal(value) * n)


def test_consistency_is_one_less_the_range_of_the_scores_by_the_range_of_the_scale() -> None:
    assert consistency([score("4.2"), score("3.4"), score("4.0")], 30) == Decimal("0.8")
    assert consistency([score("1"), score("5")], 30) == 0
    assert consistency([score("9", low=0, high=10), score("7", low=0, high=10)], 30) == Decimal("0.8")


def test_too_few_ratings_are_not_compared_and_one_channel_alone_is_not_measured() -> None:
    assert consistency([score("4.2"), score("1", n=29)], 30) is None
    assert consistency([score("4.2")], 30) is None
    assert consistency([], 30) is None
    assert consistency([score("4.2"), score("4.2"), score("1", n=29)], 30) == 1


def test_a_channel_is_scored_by_all_ratings_of_its_touchpoints_by_how_many_gave_them(journey_map: Map, cast: Cast) -> None:
    one, other = journey_map.touchpoint("One"), journey_map.touchpoint("Other")
    desk = journey_map.touchpoint("Desk", channel=journey_map.desk)
    rate(one, "4", 30, by=cast.cxo)
    rate(other, "2", 10, by=cast.cxo)
    rate(desk, "3", 40, by=cast.cxo)
    rate(desk, "9", 40, by=cast.cxo, low=0, high=10, source="Recommend")
    rate(desk, "1", 500, by=cast.cxo, ago=400, source="Too old")
    rate(desk, "1", 500, by=cast.cxo, source="Wrong").withdraw(by=cast.cxo, reason="Of another year.")
    found = scores(Reading.objects.all(), clock.today(), "touchpoint__channel")[journey_map.before.pk]
    assert {(one.place, one.high): (one.value, one.n) for one in found} == {
        (journey_map.web.pk, 5): (Decimal("3.5"), 40),
        (journey_map.desk.pk, 5): (Decimal(3), 40),
        (journey_map.desk.pk, 10): (Decimal(9), 40),
    }


def test_pressure_is_what_one_customer_gets_in_thirty_days(journey_map: Map, cast: Cast) -> None:
    mail, calls = journey_map.touchpoint("Newsletter"), journey_map.touchpoint("Calls", channel=journey_map.desk)
    count(mail, 9_000, 1_000, by=cast.cxo, days=90, department=cast.department("MKT"))
    today = clock.today()
    assert pressures(Reading.objects.all(), today)[journey_map.before.pk].value == 3
    count(calls, 500, 500, by=cast.cxo, department=cast.department("OPS"))
    here = pressures(Reading.objects.all(), today)[journey_map.before.pk]
    assert (here.contacts, here.customers, here.value) == (3_500, 1_000, Decimal("3.5"))
    assert here.sent == {cast.department("MKT").pk: 3_000, cast.department("OPS").pk: 500}
    count(mail, 2_000, 1_000, by=cast.cxo, ago=1, department=cast.department("MKT"))  # the newest counts, not both
    assert pressures(Reading.objects.all(), today)[journey_map.before.pk].value == Decimal("2.5")


def test_a_reading_of_a_restricted_touchpoint_is_seen_by_its_insiders_only(booking: Touchpoint, cast: Cast) -> None:
    rate(booking, "3.5", 40, by=cast.cxo)
    booking.restrict(by=cast.cxo, departments=[cast.department("OPS")])
    assert Reading.objects.visible_to(cast.contributor("OPS")).count() == 1
    assert not Reading.objects.visible_to(cast.contributor("HR")).exists()


def test_without_a_limit_of_the_cxo_there_is_none(cast: Cast) -> None:
    policy = MapPolicy.objects.current()
    assert (policy.contact_cap, policy.moment_floor, policy.rating_n_min) == (None, None, 30)
