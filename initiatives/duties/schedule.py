"""When people are told, as one table. All days are local days of the reader; all hours are hours of the reader's wall clock."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User

DAY = timedelta(days=1)
MORNING, EVENING = 8, 20  # digests and escalations are written in between; what was missed waits for the next morning
LINES = 10  # a digest names so many; the rest is counted

# Days after the due day on which a person is reminded, as long as the ask is open. Nobody is written to about an ask on a
# day on which its department does not work: the mail waits for the next working day, and then names the step of that day.
REMINDER_STEPS = (-2, 0, 1, 3, 7, 14, 21, 28, 42, 56, 84)
ON_ASKING = -1000  # the step "it was just asked", for the kinds that are announced
STAND_INS_FROM = 1  # stand-ins are reminded from this step on

# Working days after the due day on which an ask that nobody answered goes up, and to whom: the first on the ladder (the
# department's head, the heads above, the CXO) and, when that did not help, the CXO. More than five days late is six.
TO_THE_HEAD, TO_THE_CXO = 6, 13
ESCALATION_STEPS = (TO_THE_HEAD, TO_THE_CXO)


def step_on(late: int, steps: tuple[int, ...] = REMINDER_STEPS) -> int | None:
    """The step that an ask has reached which is `late` days over its due day; None before the first.

    Only the last step passed counts, so that after days without a beat one reminder is sent and not a backlog.
    """
    return max((step for step in steps if step <= late), default=None)


def spans(
    today: date, steps: tuple[int, ...] = REMINDER_STEPS, calendar: Calendar | None = None
) -> Iterator[tuple[int, date | None, date]]:
    """For each step (step, first due day, last due day) of the asks that have reached exactly it `today`.

    Days are counted one by one, or as the working days of `calendar`.
    """
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        first = None if following is None else _last_due(today, following, calendar) + DAY
        yield step, first, _last_due(today, step, calendar)


def _last_due(today: date, step: int, calendar: Calendar | None) -> date:
    """The last due day that is `step` days, or working days, over `today`."""
    if calendar is None:
        return today - step * DAY
    return calendar.working_days_after(today + DAY, -step) - DAY


def is_daytime(now: datetime, zone: ZoneInfo, *, morning: int = MORNING, evening: int = EVENING) -> bool:
    """Whether the wall clock of `zone` stands between morning and evening.

    Where the clock is put forward over the morning hour this begins with the first minute that exists after it.
    """
    return morning <= now.astimezone(zone).hour < evening


def mornings(after: datetime, until: datetime, zones: set[ZoneInfo]) -> Iterator[datetime]:
    """The instants between `after` and `until` at which the day begins in one of `zones`, in order.

    Every zone's offset and every change of it is a whole number of quarter hours.
    """
    quarter = timedelta(minutes=15)
    instant = after.replace(minute=after.minute // 15 * 15, second=0, microsecond=0)
    while (instant := instant + quarter) <= until:
        if any(is_daytime(instant, zone) and not is_daytime(instant - quarter, zone) for zone in zones):
            yield instant


def next_morning(now: datetime, person: User, calendar: Calendar) -> datetime:
    """When the day begins for this person: the next time that it is morning on a working day, there where they are."""
    local = now.astimezone(person.zone)
    day = local.date() + timedelta(days=local.hour >= MORNING)
    return datetime.combine(calendar.working_day_from(day), time(MORNING), person.zone)
