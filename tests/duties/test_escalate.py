"""What nobody answers goes up: to the department's head, a head's own to the CXO; announced beforehand, once."""

from datetime import date, timedelta

from django.core.mail import EmailMessage

from initiatives.duties import reminders
from initiatives.duties.kinds import KINDS, Kind
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Letter, Obligation, State
from initiatives.organization.models import Department, Role
from tests.cast import Cast
from tests.duties.conftest import Ask, Asks, instant, ring

Box = list[EmailMessage]


def escalations(box: Box) -> list[tuple[str, str]]:
    return [(mail.to[0], mail.subject) for mail in box if mail.subject.startswith("No answer yet")]


def test_after_more_than_five_days_the_head_is_told_once(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    cast.head("OPS")
    ask(cast.contributor("OPS"), "2026-05-04")
    ring("2026-05-09 08:00")
    assert escalations(mailoutbox) == []
    for day in (10, 10, 11, 12):
        ring(f"2026-05-{day} 08:00")
    assert escalations(mailoutbox) == [("head_ops@example.org", "No answer yet: Report on OPS, Contributor Ops")]


def test_a_heads_own_goes_to_the_cxo(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    cast.cxo  # noqa: B018 - plays
    ask(cast.head("OPS"))
    ring("2026-05-10 08:00")
    assert escalations(mailoutbox) == [("clara_cxo@example.org", "No answer yet: Report on OPS, Head Ops")]


def test_without_a_head_the_one_above_is_told(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    Department.objects.filter(pk=cast.department("OPS").pk).update(parent=cast.department("ALL"))
    cast.head("ALL")
    ask(cast.contributor("OPS"))
    ring("2026-05-10 08:00")
    assert [to for to, _ in escalations(mailoutbox)] == ["head_all@example.org"]


def test_when_that_did_not_help_the_cxo_is_told(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    cast.head("OPS")
    ask(cast.contributor("OPS"))
    for day in range(4, 30):
        ring(f"2026-05-{day:02} 08:00")
    assert [to for to, _ in escalations(mailoutbox)] == ["head_ops@example.org", "clara_cxo@example.org"]


def test_a_head_gets_one_letter_a_day_whatever_the_number(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    cast.head("OPS")
    for part in ("A", "B", "C"):
        ask(cast.person(f"worker_{part}", "contributor", "OPS"))
    ring("2026-05-10 08:00")
    assert escalations(mailoutbox) == [("head_ops@example.org", "No answer yet: Report on OPS, Worker A, and 2 more")]


def test_a_head_who_may_not_see_it_is_passed_over_without_a_word(cast: Cast, ask: Ask, asks: Asks, mailoutbox: Box) -> None:
    asks.hide(cast.department("OPS"), cast.head("OPS"))
    ask(cast.contributor("OPS"))
    ring("2026-05-10 08:00")
    assert [to for to, _ in escalations(mailoutbox)] == ["clara_cxo@example.org"]


def test_what_was_answered_or_whose_reader_lost_the_role_is_not_sent(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    cast.head("OPS"), cast.head("IT")
    ask(cast.contributor("OPS"))
    ask(cast.contributor("IT"), about="IT")
    assert reminders.write_escalations(instant("2026-05-10 08:00")) == 2
    Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.contributor("OPS"))
    Role.objects.filter(person=cast.head("IT")).update(ends=date(2026, 5, 1))
    ring("2026-05-10 08:01")
    assert set(Letter.objects.filter(template="escalation").values_list("state", flat=True)) == {State.DROPPED}
    assert escalations(mailoutbox) == []


def test_a_head_sees_through_the_kinds_own_rule(cast: Cast, ask: Ask, asks: Asks, mailoutbox: Box, monkeypatch: object) -> None:
    """`visible` says who may see the subject; `still` only who may answer."""
    KINDS[asks.name] = Kind(asks.name, "Report", "", lambda user, ids: set(), visible=lambda user: Department.objects.all())
    cast.head("OPS")
    ask(cast.contributor("OPS"))
    ring("2026-05-10 08:00")
    assert [to for to, _ in escalations(mailoutbox)] == ["head_ops@example.org"]


def test_the_next_rung_is_known_beforehand(cast: Cast, ask: Ask) -> None:
    head, cxo = cast.head("OPS"), cast.cxo
    obligation = ask(cast.contributor("OPS"), "2026-05-04")
    ladder, due = Ladder(), date(2026, 5, 4)
    assert ladder.next_rung(obligation, due) == (head, date(2026, 5, 10))
    assert ladder.next_rung(obligation, due + timedelta(days=6)) == (cxo, date(2026, 5, 17))
    assert ladder.next_rung(obligation, due + timedelta(days=13)) is None
