"""Who leaves is asked for nothing any more: the head is, and no letter goes out."""

import pytest
from django.core.mail import EmailMessage

from initiatives.core.models import Event
from initiatives.duties import post
from initiatives.duties.models import Letter, Obligation, Outcome, State
from initiatives.organization.models import User
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
