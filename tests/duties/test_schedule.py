"""The table of steps, and mornings in time zones whose clocks jump."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from initiatives.duties import schedule
from tests.duties.conftest import instant

ZONES = ["Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe"]


@pytest.mark.parametrize(
    ("late", "step"),
    [(-3, None), (-2, -2), (-1, -2), (0, 0), (1, 1), (2, 1), (3, 3), (6, 3), (7, 7), (13, 7), (83, 56), (4000, 84)],
)
def test_an_ask_has_reached_the_last_step_passed(late: int, step: int | None) -> None:
    assert schedule.step_on(late) == step


@pytest.mark.parametrize("steps", [schedule.REMINDER_STEPS, schedule.ESCALATION_STEPS])
def test_the_spans_of_due_days_say_the_same_as_the_steps(steps: tuple[int, ...]) -> None:
    today = date(2026, 5, 4)
    spans = list(schedule.spans(today, steps))
    for late in range(-5, 120):
        due = today - timedelta(days=late)
        found = [step for step, first, last in spans if due <= last and (first is None or due >= first)]
        assert found == [step for step in [schedule.step_on(late, steps)] if step is not None]


def test_reminders_and_escalations_share_no_step() -> None:
    assert not set(schedule.REMINDER_STEPS) & set(schedule.ESCALATION_STEPS)


@pytest.mark.parametrize("zone", ZONES)
def test_every_local_day_of_five_years_has_one_morning_at_eight(zone: str) -> None:
    there = ZoneInfo(zone)
    begin = datetime(2024, 1, 1, tzinfo=there).astimezone(UTC)
    end = datetime(2029, 1, 1, tzinfo=there).astimezone(UTC)
    mornings = [morning.astimezone(there) for morning in schedule.mornings(begin, end, {there})]
    assert {(morning.hour, morning.minute) for morning in mornings} == {(8, 0)}
    assert [b.date() - a.date() for a, b in pairwise(mornings)] == [timedelta(days=1)] * (len(mornings) - 1)
    assert len(mornings) == (date(2029, 1, 1) - date(2024, 1, 1)).days


@pytest.mark.parametrize(
    ("zone", "hour", "first"),
    [
        ("Europe/Berlin", 2, "2026-03-29 03:00"),  # 02:00 does not exist on this day
        ("America/New_York", 2, "2026-03-08 03:00"),
        ("Africa/Cairo", 0, "2026-04-24 01:00"),  # nor does midnight here
        ("America/Santiago", 0, "2026-09-06 01:00"),
        ("Asia/Beirut", 0, "2026-03-29 01:00"),
        ("Australia/Lord_Howe", 2, "2026-10-04 02:30"),  # half an hour only
    ],
)
def test_a_morning_that_the_clock_skips_begins_with_the_first_minute_that_exists(zone: str, hour: int, first: str) -> None:
    begins, minute = instant(first, zone), timedelta(minutes=1)
    there = ZoneInfo(zone)
    assert schedule.is_daytime(begins, there, morning=hour)
    before = (begins - minute).astimezone(there)
    assert (before.hour < hour) if hour else (before.date() < begins.astimezone(there).date())


def test_nothing_is_said_in_the_evening_and_at_night() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    said = [hour for hour in range(24) if schedule.is_daytime(instant(f"2026-05-04 {hour:02}:30"), berlin)]
    assert said == list(range(8, 20))
