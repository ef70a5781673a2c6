"""Late reports are chased by mail until they are given, and go up; no mail names what its reader may not see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client

from initiatives.core import clock
from initiatives.duties import beat, reminders
from initiatives.duties.models import Letter, Obligation, State
from initiatives.portfolio.models import CheckIn, Initiative
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable

Box = list[EmailMessage]
TITLE = "Merge the two lost-luggage desks"
LAUNCH = datetime(2026, 5, 4, 10, tzinfo=UTC)


@contextmanager
def day(number: int) -> Iterator[None]:
    """Ten o'clock, so many days after the report was due."""
    with clock.at(LAUNCH + timedelta(days=14 + number)):
        yield


@pytest.fixture
def launched(cast: Cast, active: Make) -> Initiative:
    """Active since 4 May, reporting every fourteen days; SEC's head is accountable."""
    with clock.at(LAUNCH):
        cast.cxo, cast.head("SEC")
        initiative = active(title=TITLE, cadence_days=14)
    Letter.objects.all().delete()
    return initiative


def text_of(mails: Box) -> str:
    alternatives = [str(part[0]) for mail in mails if isinstance(mail, EmailMultiAlternatives) for part in mail.alternatives]
    return "\n".join([*(f"{mail.subject}\n{mail.body}" for mail in mails), *alternatives])


def test_a_late_report_is_chased_until_it_is_given(cast: Cast, launched: Initiative, mailoutbox: Box) -> None:
    head = cast.head("SEC")
    for number in range(3):
        with day(number):
            beat.ring()
    mine = [mail.subject for mail in mailoutbox if mail.to == [head.email] and "Report" in mail.subject]
    assert mine == [f"Report on {launched.reference}: due today", f"Report on {launched.reference}: 1 overdue"]
    with day(3):
        launched.check_in(by=head, health="green")
        assert beat.ring()["digests"] == 0
    asked = Obligation.objects.open_now().get(kind="portfolio.check_in")
    assert asked.due_on == (LAUNCH + timedelta(days=14 + 3 + 14)).date()


def test_a_head_who_does_not_report_is_told_of_to_the_cxo(cast: Cast, launched: Initiative, mailoutbox: Box) -> None:
    with day(8):  # the sixth working day
        beat.ring()
    [mail] = [mail for mail in mailoutbox if mail.subject.startswith("No answer yet")]
    assert mail.to == [cast.cxo.email]


def test_no_mail_holds_a_title(cast: Cast, launched: Initiative, mailoutbox: Box) -> None:
    """A mailbox has other readers than its owner; a title may be made confidential after the mail was sent."""
    for number in range(15):
        with day(number):
            beat.ring()
    assert launched.reference in text_of(mailoutbox)
    assert TITLE not in text_of(mailoutbox)


def test_who_is_no_longer_accountable_gets_no_letter_that_was_written_before(
    cast: Cast, launched: Initiative, mailoutbox: Box
) -> None:
    with day(0):
        assert reminders.write_digests(clock.now()) == 1
        accountable(launched)
        launched.cancel(by=cast.cxo, reason="The desks were sold.")
        beat.ring()
    assert Letter.objects.get(template="digest").state == State.DROPPED
    assert launched.reference not in text_of(mailoutbox)


def test_the_link_in_a_mail_changes_nothing_when_it_is_opened(
    cast: Cast, launched: Initiative, mailoutbox: Box, client: Client
) -> None:
    with day(0):
        beat.ring()
    link = next(word for word in str(mailoutbox[-1].body).split() if launched.reference in word and word.startswith("http"))
    client.force_login(cast.head("SEC"))
    for method in (client.get, client.head):
        assert method(link.removeprefix("http://localhost:8000")).status_code == 200
    assert not CheckIn.objects.exists()
    assert Obligation.objects.filter(kind="portfolio.check_in").get().is_open
