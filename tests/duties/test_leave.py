"""Who leaves is asked for nothing any more: the head is, and no letter goes out."""

from datetime import date

import pytest
from django.core.mail import EmailMessage

from initiatives.core.models import Event
from initiatives.duties import post
from initiatives.duties.models import Letter, Obligation, Outcome, State
from initiatives.organization.models import Role, User
from tests.cast import Cast
from tests.duties.conftest import Ask, Asks, ring


def test_what_a_leaver_was_asked_goes_to_the_head(cast: Cast, ask: Ask) -> None:
    cast.head("OPS")
    old = ask(cast.contributor("OPS"))
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="Left")
    old.refresh_from_db()
    heir = Obligation.objects.open_now().get()
    assert old.outcome == Outcome.HANDED_OVER
    assert (heir.person, heir.due_on, heir.words) == (cast.head("OPS"), old.due_on, old.words)
    assert Event.objects.about(old).get().actor == cast.administrator


def test_a_heads_asks_go_to_the_deputy_else_up(cast: Cast, ask: Ask) -> None:
    cast.deputy("OPS"), cast.cxo
    ask(cast.head("OPS"))
    cast.head("OPS").deactivate(by=cast.administrator, reason="Left")
    assert Obligation.objects.open_now().get().person == cast.deputy("OPS")
    cast.deputy("OPS").deactivate(by=cast.administrator, reason="Left")
    assert Obligation.objects.open_now().get().person == cast.cxo


def test_the_nearest_who_may_answer_inherits(cast: Cast, ask: Ask, asks: Asks) -> None:
    """A head who asked for the money does not decide about it."""
    cast.head("OPS"), cast.deputy("OPS")
    ask(cast.contributor("OPS"))
    asks.hide(cast.department("OPS"), cast.head("OPS"))
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="Left")
    assert Obligation.objects.open_now().get().person == cast.deputy("OPS")


def test_an_ask_that_nobody_can_inherit_stays_and_is_listed(cast: Cast, ask: Ask) -> None:
    head = cast.head("OPS")
    obligation = ask(head)
    User.objects.filter(pk=cast.cxo.pk).update(is_active=False)
    left = head.deactivate(by=cast.administrator, reason="Left")
    obligation.refresh_from_db()
    assert obligation.is_open
    assert [words for words, _ in left if words.startswith("Asked")] == []  # an administrator reads no initiatives


def test_the_list_of_what_is_left_names_only_what_the_reader_may_see(cast: Cast, ask: Ask) -> None:
    obligation = ask(cast.contributor("OPS"))
    assert ("Asked for: Report on OPS", obligation.url) in cast.contributor("OPS").accountable_for(by=cast.cxo)
    assert cast.contributor("OPS").accountable_for(by=cast.administrator)[1:] == []


def test_a_leaver_stands_in_for_nobody(cast: Cast, ask: Ask) -> None:
    obligation = ask(cast.head("OPS"), stand_ins=(cast.deputy("OPS"),))
    cast.deputy("OPS").deactivate(by=cast.administrator, reason="Left")
    assert not obligation.stand_ins.exists()
    assert obligation.person == cast.head("OPS")


def test_a_leavers_letters_are_not_sent(cast: Cast, ask: Ask, asks: Asks, mailoutbox: list[EmailMessage]) -> None:
    leaver = cast.contributor("OPS")
    ask(leaver)
    post.write("digest", leaver, "waiting")
    leaver.deactivate(by=cast.administrator, reason="Left")
    assert Letter.objects.get().state == State.DROPPED
    ring("2026-05-04 08:00")
    ring("2026-05-05 08:00")
    assert [mail for mail in mailoutbox if leaver.email in mail.recipients()] == []


@pytest.mark.parametrize("again", [1, 2])
def test_leaving_twice_hands_over_once(again: int, cast: Cast, ask: Ask) -> None:
    cast.head("OPS")
    ask(cast.contributor("OPS"))
    ask(cast.head("OPS"))  # the head is asked for the same already
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="Left")
    assert Obligation.objects.open_now().count() == 1


# -- Who stays and loses a role ---------------------------------------------------------------------------------------------


def test_who_loses_a_role_passes_on_what_they_may_no_longer_answer(cast: Cast, ask: Ask, asks: Asks) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    lost, kept = ask(head), ask(head, about="MKT")
    asks.hide(cast.department("OPS"), head)
    head.roles.get().end(by=cast.administrator, reason="Moves on.")
    lost.refresh_from_db()
    assert (lost.outcome, lost.closed_by) == (Outcome.HANDED_OVER, cast.administrator)
    assert {one.person: one.words for one in Obligation.objects.open_now()} == {deputy: "Report on OPS", head: kept.words}


def test_a_role_of_the_company_is_passed_on_as_well(cast: Cast, ask: Ask, asks: Asks) -> None:
    cxo, ceo = cast.cxo, cast.ceo
    ask(cxo)
    asks.hide(cast.department("OPS"), cxo)
    cxo.roles.get().end(by=cast.administrator, reason="Retires.")
    assert Obligation.objects.open_now().get().person == ceo


def test_what_nobody_else_may_answer_stays(cast: Cast, ask: Ask, asks: Asks) -> None:
    lost = ask(cast.head("OPS"))
    for person in (cast.head("OPS"), cast.deputy("OPS"), cast.cxo):
        asks.hide(cast.department("OPS"), person)
    cast.head("OPS").roles.get().end(by=cast.administrator, reason="Moves on.")
    assert Obligation.objects.open_now().get() == lost


def test_a_role_that_ends_by_date_is_followed_by_the_beat(cast: Cast, ask: Ask, asks: Asks) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    ask(head)
    Role.objects.filter(person=head).update(ends=date(2026, 4, 28))
    assert ring("2026-04-28 10:00")["handed_over"] == 0  # still theirs to answer
    asks.hide(cast.department("OPS"), head)
    assert ring("2026-04-27 10:00")["handed_over"] == 0
    assert ring("2026-04-28 10:00")["handed_over"] == 1
    assert ring("2026-04-28 10:00")["handed_over"] == 0
    assert Obligation.objects.open_now().get().person == deputy


def test_a_new_head_is_asked_what_stood_with_the_one_above(cast: Cast, ask: Ask, asks: Asks) -> None:
    ask(cast.cxo)
    asks.hide(cast.department("OPS"), cast.cxo)
    Role.objects.create(person=cast.nobody, kind="head", department=cast.department("OPS"), starts=date(2026, 4, 28))
    assert ring("2026-04-27 10:00")["handed_over"] == 0
    assert ring("2026-04-28 10:00")["handed_over"] == 1
    assert Obligation.objects.open_now().get().person == cast.nobody
