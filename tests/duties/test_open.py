"""Asks are opened once, closed once, and shown to those who may answer them."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation, Outcome
from tests.cast import Cast
from tests.duties.conftest import Ask, Asks


def test_an_ask_keeps_who_is_asked_for_what_by_when(cast: Cast, ask: Ask) -> None:
    obligation = ask(cast.head("OPS"), stand_ins=(cast.deputy("OPS"),))
    obligation.refresh_from_db()
    assert (obligation.person, obligation.due_on, obligation.opened_by) == (cast.head("OPS"), date(2026, 5, 4), cast.cxo)
    assert list(obligation.stand_ins.all()) == [cast.deputy("OPS")]
    assert obligation.is_open
    assert obligation.closed_at is None


def test_asking_twice_asks_once(cast: Cast, ask: Ask) -> None:
    first = ask(cast.head("OPS"))
    second = ask(cast.head("OPS"), "2026-06-01")
    assert second.pk == first.pk
    assert Obligation.objects.get().due_on == date(2026, 5, 4)


def test_opening_is_one_statement(cast: Cast, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast.head("OPS"), cast.cxo, cast.department("OPS")
    with django_assert_num_queries(1):
        ask(cast.head("OPS"))


def test_an_unknown_kind_cannot_be_asked(cast: Cast, ask: Ask, asks: Asks) -> None:
    asks.name = "tests.other"
    with pytest.raises(ValueError, match="Nobody registered"):
        ask(cast.head("OPS"))
    assert not Obligation.objects.exists()


def test_meeting_closes_what_everybody_was_asked_and_it_may_be_asked_again(cast: Cast, ask: Ask) -> None:
    ask(cast.head("OPS"))
    ask(cast.deputy("OPS"))
    assert Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.head("OPS")) == 2
    assert set(Obligation.objects.values_list("outcome", "closed_by")) == {(Outcome.MET, cast.head("OPS").pk)}
    assert ask(cast.head("OPS")).is_open
    assert Obligation.objects.open_now().count() == 1


def test_meeting_for_one_person_leaves_the_others_asked(cast: Cast, ask: Ask) -> None:
    ask(cast.head("OPS"))
    ask(cast.deputy("OPS"))
    Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.deputy("OPS"), person=cast.deputy("OPS"))
    assert Obligation.objects.open_now().get().person == cast.head("OPS")


def test_excusing_closes_every_kind_about_a_subject_with_the_reason(cast: Cast, ask: Ask) -> None:
    ask(cast.head("OPS"))
    ask(cast.head("IT"), about="IT")
    Obligation.objects.excuse(None, cast.department("OPS"), by=cast.cxo, reason="The work was cancelled.")
    closed = Obligation.objects.get(outcome=Outcome.EXCUSED)
    assert (closed.person, closed.reason) == (cast.head("OPS"), "The work was cancelled.")
    assert Obligation.objects.open_now().get().person == cast.head("IT")


def test_handing_over_keeps_the_old_ask_and_is_recorded(cast: Cast, ask: Ask) -> None:
    old = ask(cast.head("OPS"))
    new = old.hand_over(cast.deputy("OPS"), by=cast.cxo, reason="On leave")
    assert (old.outcome, new.person, new.due_on) == (Outcome.HANDED_OVER, cast.deputy("OPS"), old.due_on)
    assert Event.objects.about(old).get().reason == "On leave"


def test_stand_ins_go_along_except_who_takes_over(cast: Cast, ask: Ask) -> None:
    old = ask(cast.head("OPS"), stand_ins=(cast.deputy("OPS"), cast.contributor("OPS")))
    assert list(old.hand_over(cast.deputy("OPS"), by=cast.cxo).stand_ins.all()) == [cast.contributor("OPS")]


def test_nothing_is_handed_to_somebody_who_left_or_has_it_already(cast: Cast, ask: Ask) -> None:
    old = ask(cast.head("OPS"))
    gone = cast.deputy("OPS")
    gone.is_active = False
    gone.save()
    for nobody in (gone, cast.head("OPS")):
        with pytest.raises(RuleBroken):
            old.hand_over(nobody, by=cast.cxo)
    assert Obligation.objects.get().is_open


def test_the_database_refuses_two_open_asks_for_the_same(cast: Cast, ask: Ask) -> None:
    first = ask(cast.head("OPS"))
    first.pk = None
    with pytest.raises(IntegrityError, match="one_open_ask_each"), transaction.atomic():
        first.save(force_insert=True)
    assert Obligation.objects.count() == 1


def test_a_closed_ask_can_be_neither_changed_nor_deleted(cast: Cast, ask: Ask) -> None:
    ask(cast.head("OPS"))
    Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.cxo)
    for change in (lambda: Obligation.objects.update(outcome=""), lambda: Obligation.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Obligation.objects.get().outcome == Outcome.MET


def test_an_ask_leads_only_into_the_site(cast: Cast, asks: Asks) -> None:
    for url in ("https://elsewhere.example/", "//elsewhere.example/"):
        with pytest.raises(IntegrityError, match="ask_leads_into_the_site"), transaction.atomic():
            Obligation.objects.open(
                "tests.report", cast.department("OPS"), person=cast.cxo, due_on=date(2026, 1, 1), words="x", url=url
            )
    assert not Obligation.objects.exists()


def test_an_ask_waits_for_the_person_and_the_stand_ins_only(cast: Cast, ask: Ask) -> None:
    obligation = ask(cast.head("OPS"), stand_ins=(cast.deputy("OPS"),))
    for user in (cast.head("OPS"), cast.deputy("OPS")):
        assert list(Obligation.objects.waiting_for(user)) == [obligation]
    for user in (cast.cxo, cast.contributor("OPS"), cast.nobody):
        assert not Obligation.objects.waiting_for(user).exists()


def test_nothing_waits_that_one_may_not_see_or_that_was_answered(cast: Cast, asks: Asks, ask: Ask) -> None:
    ask(cast.head("OPS"))
    asks.hide(cast.department("OPS"), cast.head("OPS"))
    assert not Obligation.objects.waiting_for(cast.head("OPS")).exists()
    asks.hidden_from.clear()
    asks.answered.add(cast.department("OPS").pk)
    assert not Obligation.objects.waiting_for(cast.head("OPS")).exists()


def test_a_kind_that_nobody_knows_any_more_is_shown_to_nobody(cast: Cast, ask: Ask) -> None:
    ask(cast.head("OPS"))
    Obligation.objects.update(kind="tests.forgotten")
    assert not Obligation.objects.waiting_for(cast.head("OPS")).exists()
