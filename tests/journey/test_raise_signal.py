"""Anybody with a role raises a signal; who answers for the touchpoint is asked what becomes of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import Signal, SignalTouchpoint, State, Voice
from initiatives.organization.calendars import working_days_after
from tests.cast import Cast
from tests.journey.conftest import Map


def ask_about(signal: Signal) -> Obligation:
    return Obligation.objects.open_now().about(signal).get()


def test_a_contributor_raises_a_signal(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    signal = Signal.objects.raise_signal(by=cast.contributor("OPS"), touchpoints=[touchpoint], title="Signs point both ways")
    assert signal.reference.startswith("SIG-")
    assert (signal.state, signal.customers, signal.observed_on) == ("open", 1, clock.today())
    assert list(signal.touchpoints.all()) == [touchpoint]
    assert [event.act for event in Event.objects.about(signal)] == ["raised"]


def test_the_owner_is_asked_in_working_days(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    cast.head("OPS")
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[touchpoint], title="Signs point both ways")
    ask = ask_about(signal)
    assert (ask.person, ask.department, ask.words) == (
        cast.contributor("OPS"), cast.department("OPS"), f"Decide about {signal.reference}",
    )  # fmt: skip
    assert ask.due_on == working_days_after(clock.today(), 5, cast.department("OPS"))
    assert list(ask.stand_ins.all()) == [cast.head("OPS")]


def test_the_owner_of_the_stage_is_asked_about_what_nobody_owns(journey_map: Map, cast: Cast) -> None:
    journey_map.before.owned.become(State.OWNED, department=cast.department("MKT"), person=cast.head("MKT"))
    touchpoint = journey_map.touchpoint()
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[touchpoint], title="No price on the page")
    assert ask_about(signal).person == cast.head("MKT")


def test_the_cxo_is_asked_where_nobody_answers(journey_map: Map, cast: Cast) -> None:
    cxo = cast.cxo
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[journey_map.touchpoint()], title="No price")
    assert ask_about(signal).person == cxo


def test_the_ask_goes_along_when_somebody_else_becomes_the_owner(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    assert cast.cxo
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[touchpoint], title="No price on the page")
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.head("OPS"))
    assert ask_about(signal).person == cast.head("OPS")


def test_nobody_without_a_role_and_nobody_who_may_not_see_the_touchpoint_raises_one(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    touchpoint.owned.restricted = True
    touchpoint.owned.save(update_fields=["restricted"])
    for person in (cast.nobody, cast.head("HR")):
        with pytest.raises(RuleBroken, match="may see"):
            Signal.objects.raise_signal(by=person, touchpoints=[touchpoint], title="Signs point both ways")
    assert not Signal.objects.exists()


def test_a_signal_sent_twice_is_raised_once(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[touchpoint], title="No price on the page")
    with pytest.raises(RuleBroken, match="raised this already"):
        Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[touchpoint], title="no price on the PAGE")
    assert Signal.objects.count() == 1


def test_what_will_be_observed_tomorrow_is_no_signal(journey_map: Map, cast: Cast) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(RuleBroken, match="lies in the past"):
        Signal.objects.raise_signal(
            by=cast.head("HR"), touchpoints=[journey_map.touchpoint()], title="Queue", observed_on=tomorrow
        )
    assert not Signal.objects.exists()


def test_a_voice_counts_once_and_not_for_oneself(journey_map: Map, cast: Cast) -> None:
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[journey_map.touchpoint()], title="No price")
    signal.support(by=cast.contributor("OPS"))
    for person, why in ((cast.contributor("OPS"), "counts already"), (cast.head("HR"), "yourself")):
        with pytest.raises(RuleBroken, match=why):
            signal.support(by=person)
    assert Voice.objects.count() == 1
    assert signal.people() == sorted([cast.head("HR"), cast.contributor("OPS")], key=lambda person: person.pk)


def test_the_database_keeps_no_signal_without_a_touchpoint(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    with transaction.atomic():
        Signal.objects.create(reference="SIG-X", touchpoint=touchpoint, title="Adrift", raised_by=cast.head("HR"))
        with pytest.raises(IntegrityError, match="at least one touchpoint"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    assert not Signal.objects.exists()


def test_signals_that_may_say_the_same_are_found(journey_map: Map, cast: Cast) -> None:
    one, other, third = (journey_map.touchpoint(title) for title in ("Parking", "Kerb", "Gate"))
    by = cast.head("HR")
    same_title = Signal.objects.raise_signal(by=by, touchpoints=[third], title="Signs point into both directions")
    same_place = Signal.objects.raise_signal(by=by, touchpoints=[one, other], title="Dark at night")
    half = Signal.objects.raise_signal(by=by, touchpoints=[one], title="Too few spaces")
    Signal.objects.raise_signal(by=by, touchpoints=[third], title="Nothing alike at all")
    found = Signal.objects.alike("Signs point in both directions", [one.pk, other.pk])
    assert list(found) == [same_title, same_place, half]
    assert [round(row.overlap, 2) for row in found] == [0, 1, 0.5]


def test_who_may_not_see_one_of_its_touchpoints_does_not_see_the_signal(journey_map: Map, cast: Cast) -> None:
    one, other = journey_map.touchpoint("Parking"), journey_map.touchpoint("Kerb")
    signal = Signal.objects.raise_signal(by=cast.head("HR"), touchpoints=[one, other], title="Dark at night")
    other.owned.restricted = True
    other.owned.save(update_fields=["restricted"])
    other.owned.departments.add(cast.department("OPS"))
    other.owned.project_grants()
    for person in (cast.contributor("OPS"), cast.cxo, cast.head("HR"), cast.finance, cast.nobody):
        inside = person in (cast.contributor("OPS"), cast.cxo)
        assert signal.seen_by(person) == inside
        assert Signal.objects.visible_to(person).exists() == inside
    assert SignalTouchpoint.objects.count() == 2
