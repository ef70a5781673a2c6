"""One digest a person and day, in the person's morning, of what is still to be answered and may be seen."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives

from initiatives.core import clock
from initiatives.duties import beat, reminders
from initiatives.duties.kinds import KINDS, Kind
from initiatives.duties.models import Letter, Obligation, Reminder, State
from initiatives.organization.models import User
from tests.cast import Cast
from tests.duties.conftest import Ask, Asks, instant, ring
from tests.duties.test_schedule import ZONES

Box = list[EmailMessage]


def test_a_reminder_comes_two_days_before_on_the_day_and_after(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04")
    got = {}
    for day in range(-5, 12):
        on = instant("2026-05-04 09:00") + timedelta(days=day)
        with clock.at(on):
            got[day] = beat.ring()["digests"]
    assert [day for day, digests in got.items() if digests] == [-2, 0, 1, 3, 7]
    assert len([mail for mail in mailoutbox if mail.to == [cast.head("OPS").email]]) == 5


def test_a_mail_says_what_since_when_until_when_and_where(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04")
    ring("2026-05-05 08:00")
    [mail] = mailoutbox
    assert isinstance(mail, EmailMultiAlternatives)
    assert mail.subject == "Report on OPS: 1 overdue"
    html = str(mail.alternatives[0][0])
    assert "due yesterday (4 May 2026), asked 15 days ago" in mail.body
    for text in (mail.body, html):
        assert "http://localhost:8000/reports/OPS/" in text
    assert mail.extra_headers["Message-ID"] == Letter.objects.get().message_id
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_comes_at_eight_on_the_readers_clock(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    head = cast.head("OPS")
    User.objects.filter(pk=head.pk).update(time_zone="America/New_York")
    ask(head, "2026-05-04")
    ring("2026-05-04 07:59", "America/New_York")
    assert not mailoutbox
    ring("2026-05-04 08:00", "America/New_York")
    assert len(mailoutbox) == 1


def test_the_local_day_decides_what_is_due(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    """At the same instant it is the 4th in Honolulu and the 5th in Auckland."""
    for part, zone in (("head_ops", "Pacific/Honolulu"), ("head_it", "Pacific/Auckland")):
        person = cast.head(part[5:].upper())
        User.objects.filter(pk=person.pk).update(time_zone=zone)
        ask(person, "2026-05-05", about=part[5:].upper())
    ring("2026-05-04 12:00", "Pacific/Honolulu")  # 10:00 on the 5th in Auckland
    assert {(mail.to[0], mail.subject) for mail in mailoutbox} == {
        ("head_ops@example.org", "Report on OPS: due tomorrow"),
        ("head_it@example.org", "Report on IT: due today"),
    }


@pytest.mark.parametrize("zone", ZONES)
def test_every_reminder_comes_once_across_the_changes_of_the_clock(zone: str, cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    """An ask a day around each change of a year; the beat is played, each ring three times."""
    head = cast.head("OPS")
    User.objects.filter(pk=head.pk).update(time_zone=zone)
    changes = {
        "Europe/Berlin": ("2026-03-27", "2026-10-23"),
        "America/New_York": ("2026-03-06", "2026-10-30"),
        "Africa/Cairo": ("2026-04-22", "2026-10-28"),
        "America/Santiago": ("2026-04-03", "2026-09-04"),
        "Asia/Beirut": ("2026-03-27", "2026-10-23"),
        "Australia/Lord_Howe": ("2026-04-03", "2026-10-02"),
    }[zone]
    for number, start in enumerate(changes):
        ask(head, start, about=f"D{number}", on=start)
        for day in range(5):
            on = instant(f"{start} 00:00", zone) + timedelta(days=day)
            with clock.at(on):
                for _ in beat.play(on + timedelta(days=1)):
                    beat.ring()
                    beat.ring()
        Obligation.objects.meet("tests.report", cast.department(f"D{number}"), by=head)
    told = list(Reminder.objects.order_by("id").values_list("obligation__words", "step"))
    assert told == [(f"Report on D{number}", step) for number in range(2) for step in (0, 1, 3)]
    assert len(mailoutbox) == 6
    assert {mail.to[0] for mail in mailoutbox} == {head.email}


def test_three_rounds_send_one_digest(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    for minute in ("08:00", "08:00", "08:01"):
        ring(f"2026-05-04 {minute}")
    assert len(mailoutbox) == 1
    assert Letter.objects.get().state == State.SENT


def test_several_asks_come_in_one_digest_of_ten_lines_and_a_count(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    for number in range(13):
        ask(cast.head("OPS"), about=f"D{number}")
    ring("2026-05-04 08:00")
    [mail] = mailoutbox
    assert mail.subject == "Report on D0 and 12 more: due today"
    assert mail.body.count("Report on") == 10
    assert "and 3 more" in mail.body


def test_a_digest_names_everything_that_is_due_soon_or_late(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), "2026-05-04", about="D1")
    ask(cast.head("OPS"), "2026-05-02", about="D2")  # two days late: no step of its own
    ask(cast.head("OPS"), "2026-05-05", about="D3")  # nor is this
    ask(cast.head("OPS"), "2026-05-30", about="D4")
    for day in ("02", "03", "04"):
        ring(f"2026-05-{day} 08:00")
    assert mailoutbox[-1].subject == "Report on D2 and 2 more: 1 overdue"
    assert "D4" not in mailoutbox[-1].body


def test_an_ask_that_arises_after_todays_digest_waits_for_tomorrow(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    ring("2026-05-04 08:00")
    ask(cast.head("OPS"), about="IT")
    ring("2026-05-04 09:00")
    assert len(mailoutbox) == 1
    ring("2026-05-05 08:00")
    assert mailoutbox[1].subject == "Report on OPS and 1 more: 2 overdue"


def test_six_hours_without_a_beat_are_caught_up_once(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    ring("2026-05-04 07:59")
    ring("2026-05-04 14:00")
    ring("2026-05-04 14:01")
    assert len(mailoutbox) == 1


def test_days_without_a_beat_bring_one_reminder_and_not_a_backlog(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    ring("2026-05-01 08:00")
    ring("2026-05-07 22:00")  # in the evening nothing is sent
    assert not mailoutbox
    ring("2026-05-08 08:00")
    ring("2026-05-09 08:00")
    assert [mail.subject for mail in mailoutbox] == ["Report on OPS: 1 overdue"]
    assert list(Reminder.objects.values_list("step", flat=True)) == [3]


def test_there_is_no_digest_without_anything_to_say(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.head("OPS"))
    ring("2026-05-04 08:00")
    assert not Letter.objects.exists()
    assert not mailoutbox


def written(now: str) -> None:
    assert reminders.write_digests(instant(now)) == 1


def test_what_was_answered_meanwhile_is_not_sent(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    written("2026-05-04 08:00")
    Obligation.objects.meet("tests.report", cast.department("OPS"), by=cast.head("OPS"))
    ring("2026-05-04 08:01")
    letter = Letter.objects.get()
    assert (letter.state, letter.reason) == (State.DROPPED, "Everything in it was answered.")
    assert not mailoutbox


def test_what_may_not_be_seen_any_more_is_neither_sent_nor_named(cast: Cast, ask: Ask, asks: Asks, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), about="OPS")
    ask(cast.head("OPS"), about="SECRET")
    written("2026-05-04 08:00")
    asks.hide(cast.department("SECRET"), cast.head("OPS"))
    ring("2026-05-04 08:01")
    [mail] = mailoutbox
    assert isinstance(mail, EmailMultiAlternatives)
    assert "SECRET" not in mail.subject + mail.body + str(mail.alternatives[0][0])
    assert "more" not in mail.subject


def test_a_digest_of_which_nothing_may_be_seen_is_dropped(cast: Cast, ask: Ask, asks: Asks, mailoutbox: Box) -> None:
    ask(cast.head("OPS"))
    written("2026-05-04 08:00")
    asks.hide(cast.department("OPS"), cast.head("OPS"))
    ring("2026-05-04 08:01")
    assert Letter.objects.get().state == State.DROPPED
    assert not mailoutbox


def test_nobody_who_left_is_written_to(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    contributor = cast.contributor("OPS")
    ask(contributor)
    written("2026-05-04 08:00")
    User.objects.filter(pk=contributor.pk).update(is_active=False)
    ring("2026-05-04 08:01")
    assert Letter.objects.get().reason == "The reader left."
    ring("2026-05-05 08:00")
    assert not mailoutbox


def test_a_stand_in_is_reminded_once_the_day_is_over(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    ask(cast.head("OPS"), stand_ins=(cast.deputy("OPS"),))
    ring("2026-05-04 08:00")
    assert [mail.to[0] for mail in mailoutbox] == ["head_ops@example.org"]
    ring("2026-05-05 08:00")
    assert {mail.to[0] for mail in mailoutbox[1:]} == {"head_ops@example.org", "deputy_ops@example.org"}
    assert "you stand in for Head Ops" in next(mail.body for mail in mailoutbox if mail.to == ["deputy_ops@example.org"])


def test_an_announced_kind_is_told_in_the_next_digest_but_not_to_whoever_asked(
    cast: Cast, ask: Ask, asks: Asks, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, asks.name, Kind(asks.name, "Report", "", asks.still, announced=True))
    ask(cast.head("OPS"), "2026-06-30")
    ask(cast.cxo, "2026-06-30")  # who asks herself
    ring("2026-04-21 08:00")
    ring("2026-04-22 08:00")
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [("head_ops@example.org", "Report on OPS: due in 70 days")]


def test_names_stand_in_mails_as_they_are_and_escaped_in_html(cast: Cast, ask: Ask, mailoutbox: Box) -> None:
    head = cast.head("OPS")
    User.objects.filter(pk=head.pk).update(name="<b>O’Brien & Sons</b>")
    obligation = ask(head)
    Obligation.objects.filter(pk=obligation.pk).update(words="Report on <img src=x>\n Bcc: x@example.org")
    ring("2026-05-04 08:00")
    [mail] = mailoutbox
    assert isinstance(mail, EmailMultiAlternatives)
    assert "<b>O’Brien & Sons</b>" in mail.body
    assert mail.subject == "Report on <img src=x> Bcc: x@example.org: due today"
    assert "<img" not in str(mail.alternatives[0][0])
    assert mail.recipients() == [head.email]
