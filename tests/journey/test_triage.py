"""Who answers for a touchpoint says what becomes of its signals, with a reason; who raised them hears it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, InternalError, transaction

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties import beat
from initiatives.duties.models import Letter, Obligation
from initiatives.journey.models import News, Signal, State
from initiatives.journey.models.triaging import TRIAGE
from initiatives.journey.outcomes import outcome_of
from tests.cast import Cast
from tests.journey.conftest import Map, Raise

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def waiting(signal: Signal) -> bool:
    return Obligation.objects.open_now().about(signal).filter(kind=TRIAGE).exists()


@pytest.mark.parametrize(("act", "state"), [("answer", "answered"), ("dismiss", "dismissed")])
def test_the_owner_disposes_of_a_signal_with_a_reason(raised: Raise, cast: Cast, act: str, state: str) -> None:
    signal = raised()
    getattr(signal, act)(by=cast.head("OPS"), reason="The signs were changed on Monday.")
    signal.refresh_from_db()
    assert (signal.state, signal.reason, signal.disposed_by) == (state, "The signs were changed on Monday.", cast.head("OPS"))
    assert not waiting(signal)
    assert Event.objects.about(signal).latest("id").act == state


@pytest.mark.parametrize("act", ["answer", "dismiss", "reopen"])
def test_without_a_reason_nothing_is_decided(raised: Raise, cast: Cast, act: str) -> None:
    signal = raised()
    if act == "reopen":
        signal.dismiss(by=cast.head("OPS"), reason="It is the law.")
    before = signal.state
    with pytest.raises(RuleBroken, match="Give the reason"):
        getattr(signal, act)(by=cast.head("OPS"), reason="  ")
    assert Signal.objects.get().state == before


def test_only_who_answers_for_the_touchpoint_decides(raised: Raise, cast: Cast) -> None:
    signal = raised()
    for person in (cast.head("HR"), cast.contributor("HR"), cast.ceo, cast.administrator):
        with pytest.raises(RuleBroken, match="who answers for"):
            signal.dismiss(by=person, reason="Not so.")
        assert not Signal.objects.visible_to(person).triaged_by(person).exists()
    assert Signal.objects.get().is_open
    for person in (cast.contributor("OPS"), cast.head("OPS"), cast.deputy("OPS"), cast.cxo):
        assert signal.may_triage(person)
        assert Signal.objects.visible_to(person).triaged_by(person).exists()


def test_a_merged_signal_keeps_author_evidence_and_voices_and_counts_there(raised: Raise, cast: Cast) -> None:
    one, other = (
        raised("Signs point both ways", customers=3),
        raised("Signs contradict each other", by=cast.head("HR"), customers=7),
    )
    one.support(by=cast.finance)
    one.merge(other, by=cast.head("OPS"))
    one.refresh_from_db()
    assert (one.state, one.duplicate_of, one.raised_by, one.customers) == ("duplicate", other, cast.contributor("HR"), 3)
    assert {person.name for person in other.people()} == {cast.contributor("HR").name, cast.finance.name, cast.head("HR").name}
    third = raised("Contradicting signs", by=cast.contributor("IT"))
    other.merge(third, by=cast.head("OPS"))
    assert set(Signal.objects.filter(duplicate_of=third)) == {one, other}
    with pytest.raises(RuleBroken, match="duplicate itself"):
        third.merge(other, by=cast.head("OPS"))


def test_signals_that_not_the_same_people_may_see_are_not_merged(raised: Raise, journey_map: Map, cast: Cast) -> None:
    one, hidden = raised(), journey_map.touchpoint("VIP lounge")
    hidden.owned.restricted = True
    hidden.owned.save(update_fields=["restricted"])
    other = Signal.objects.raise_signal(by=cast.cxo, touchpoints=[hidden], title="Nobody greets")
    for first, second in ((one, other), (other, one)):
        with pytest.raises(RuleBroken, match="Not the same people"):
            first.merge(second, by=cast.cxo)
    assert not Signal.objects.filter(state="duplicate").exists()


def test_a_reopened_signal_is_asked_about_again(raised: Raise, cast: Cast) -> None:
    signal = raised()
    signal.answer(by=cast.head("OPS"), reason="Fixed.")
    signal.reopen(by=cast.head("OPS"), reason="It happens again.")
    assert Signal.objects.get().is_open
    assert waiting(signal)


def test_the_database_takes_no_step_that_is_not_on_the_map(raised: Raise, cast: Cast) -> None:
    signal = raised()
    signal.answer(by=cast.head("OPS"), reason="Fixed.")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Signal.objects.filter(pk=signal.pk).update(state="dismissed")
    with pytest.raises(IntegrityError, match="disposed_with_a_reason"), transaction.atomic():
        Signal.objects.filter(pk=signal.pk).update(reason="")
    assert Signal.objects.get().state == "answered"


def test_who_raised_it_and_who_said_me_too_hear_it_on_the_next_working_morning(raised: Raise, cast: Cast) -> None:
    with clock.at(FRIDAY_NOON):
        signal = raised()
        signal.support(by=cast.contributor("IT"))
        signal.support(by=cast.head("OPS"))
        signal.dismiss(by=cast.head("OPS"), reason="The law asks for it.")
        beat.ring()
    assert not [letter for letter in mail.outbox if letter.subject.startswith(signal.reference)]
    assert {news.person for news in News.objects.all()} == {cast.contributor("HR"), cast.contributor("IT")}
    for _ in beat.play(FRIDAY_NOON + timedelta(days=3)):
        pass
    told = {
        letter.to[0]: letter for letter in mail.outbox if signal.reference in letter.subject and "Decide" not in letter.subject
    }
    assert set(told) == {cast.contributor("HR").email, cast.contributor("IT").email}
    assert "Not a problem: The law asks for it." in told[cast.contributor("HR").email].body
    assert "me too" in told[cast.contributor("IT").email].body
    sent = Letter.objects.filter(template="outcomes").values_list("sent_at", flat=True)
    assert {instant.astimezone(ZoneInfo("Europe/Berlin")).isoweekday() for instant in sent if instant} == {1}


def test_two_outcomes_of_a_day_are_one_letter(raised: Raise, cast: Cast) -> None:
    for title in ("Signs point both ways", "No bench in sight"):
        raised(title).answer(by=cast.head("OPS"), reason="Fixed.")
    assert Letter.objects.filter(template="outcomes").count() == 1
    assert News.objects.count() == 2


def test_who_decides_about_the_own_signal_is_not_told(raised: Raise, cast: Cast) -> None:
    raised(by=cast.head("OPS")).answer(by=cast.head("OPS"), reason="Fixed.")
    assert not News.objects.exists()


def test_who_may_not_see_it_any_more_is_not_told(raised: Raise, cast: Cast) -> None:
    with clock.at(FRIDAY_NOON):
        signal = raised()
        signal.answer(by=cast.head("OPS"), reason="Fixed.")
    owned = signal.touchpoint.owned
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    for _ in beat.play(FRIDAY_NOON + timedelta(days=3)):
        pass
    assert Letter.objects.get(template="outcomes").state == "dropped"
    assert mail.outbox == []


def test_a_duplicate_hears_what_became_of_the_other(raised: Raise, cast: Cast) -> None:
    one, other = raised(), raised("Signs contradict", by=cast.head("HR"))
    one.merge(other, by=cast.head("OPS"))
    other.dismiss(by=cast.head("OPS"), reason="The law asks for it.")
    one.refresh_from_db()
    outcome = outcome_of(one, cast.contributor("HR"))
    assert outcome
    assert (outcome.words, outcome.reason) == (f"The same as {other.reference}: not a problem", "The law asks for it.")
    assert News.objects.filter(signal=other, person=cast.contributor("HR")).exists()


def test_a_signal_that_waits_is_counted_among_what_waits(raised: Raise, cast: Cast) -> None:
    signal = raised()
    assert [ask.subject_id for ask in Obligation.objects.waiting_for(cast.contributor("OPS"))] == [signal.pk]
    assert not Obligation.objects.waiting_for(cast.contributor("HR")).exists()
    signal.touchpoint.owned.become(State.UNOWNED)
    assert cast.cxo


def test_asks_about_signals_follow_who_answers_for_the_stage(journey_map: Map, cast: Cast) -> None:
    assert cast.cxo
    signal = Signal.objects.raise_signal(by=cast.contributor("HR"), touchpoints=[journey_map.touchpoint()], title="Dark")
    asks = Obligation.objects.open_now().about(signal).filter(kind=TRIAGE)
    assert asks.get().person == cast.cxo
    journey_map.before.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    assert asks.all().get().person == cast.contributor("OPS")
