"""Mail waits for a working day of the department that is asked; escalation counts working days."""

from datetime import date, timedelta

import pytest
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as some

from initiatives.core import clock
from initiatives.duties import beat, schedule
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Reminder
from initiatives.organization.models import Holiday, WorkingWeek
from tests.cast import Cast
from tests.duties.conftest import Ask, instant, ring
from tests.organization.test_calendar import CALENDARS, Calendar

Box = list[EmailMessage]


@pytest.fixture
def five_days(ask: Ask) -> Ask:
    """As `ask`, in a company that works from Monday to Friday."""
    WorkingWeek.objects.edit_week(range(1, 6), by=None)
    return ask


def days_with(what: str, since: str, days: int) -> list[str]:
    """The days on which the beat writes digests, or escalations."""
    found = []
    for n in range(days):
        on = instant(f"{since} 09:00") + timedelta(days=n)
        with clock.at(on):
            found += [f"{on:%a %d}"] * beat.ring()[what]
    return found


def test_a_reminder_waits_for_the_next_working_day(cast: Cast, five_days: Ask, mailoutbox: Box) -> None:
    """Due on Saturday the 2nd: two days before it is Thursday; on Monday it has been due since the day before yesterday."""
    five_days(cast.head("OPS"), "2026-05-02")
    assert days_with("digests", "2026-04-28", 12) == ["Thu 30", "Mon 04", "Tue 05"]
    assert list(Reminder.objects.order_by("id").values_list("step", flat=True)) == [-2, 1, 3]
    assert mailoutbox[1].subject == "Report on OPS: 1 overdue"


def test_no_reminder_comes_early(cast: Cast, five_days: Ask) -> None:
    """Two days before Monday is Saturday: the mail comes on Monday and not on Friday."""
    five_days(cast.head("OPS"), "2026-05-04")
    assert days_with("digests", "2026-04-28", 7) == ["Mon 04"]


def test_a_holiday_of_one_department_holds_back_its_mail_alone(cast: Cast, five_days: Ask, mailoutbox: Box) -> None:
    Holiday.objects.add_holiday(day=date(2026, 5, 4), name="Stock", department=cast.department("OPS"), by=cast.administrator)
    five_days(cast.head("OPS"), "2026-05-04", stand_ins=(cast.deputy("OPS"),))
    five_days(cast.head("IT"), "2026-05-04", about="IT")
    ring("2026-05-04 09:00")
    assert [mail.to[0] for mail in mailoutbox] == ["head_it@example.org"]
    ring("2026-05-05 09:00")
    assert {mail.to[0] for mail in mailoutbox} == {"head_it@example.org", "head_ops@example.org", "deputy_ops@example.org"}


def test_escalation_counts_working_days(cast: Cast, five_days: Ask, mailoutbox: Box) -> None:
    """Due on Monday the 4th: the sixth working day after it is Tuesday the 12th, the thirteenth Thursday the 21st."""
    cast.head("OPS"), cast.cxo
    ask = five_days(cast.contributor("OPS"), "2026-05-04")
    assert Ladder().next_rung(ask, date(2026, 5, 5)) == (cast.head("OPS"), date(2026, 5, 12))
    assert days_with("escalations", "2026-05-05", 30) == ["Tue 12", "Thu 21"]


def test_holidays_of_the_department_that_is_asked_put_off_escalation(cast: Cast, five_days: Ask) -> None:
    cast.head("OPS"), cast.head("IT"), cast.cxo
    for day in (11, 12):
        Holiday.objects.add_holiday(day=date(2026, 5, day), name="Stock", department=cast.department("OPS"), by=None)
    ops = five_days(cast.contributor("OPS"), "2026-05-04")
    five_days(cast.contributor("IT"), "2026-05-04", about="IT")
    assert Ladder().next_rung(ops, date(2026, 5, 5)) == (cast.head("OPS"), date(2026, 5, 14))
    assert days_with("escalations", "2026-05-05", 12) == ["Tue 12", "Thu 14"]


def test_an_escalation_that_was_missed_waits_for_a_working_day(cast: Cast, five_days: Ask) -> None:
    cast.head("OPS")
    five_days(cast.contributor("OPS"), "2026-05-04")
    assert days_with("escalations", "2026-05-16", 3) == ["Mon 18"]


@given(calendar=CALENDARS, today=some.dates(date(2025, 6, 1), date(2026, 12, 31)))
def test_the_spans_of_due_days_say_the_same_as_the_count_of_working_days(calendar: Calendar, today: date) -> None:
    spans = list(schedule.spans(today, schedule.ESCALATION_STEPS, calendar))
    for ago in range(60):
        due = today - timedelta(days=ago)
        found = [step for step, first, last in spans if due <= last and (first is None or due >= first)]
        late = calendar.working_days_between(due, today)
        assert found == [step for step in [schedule.step_on(late, schedule.ESCALATION_STEPS)] if step is not None]
