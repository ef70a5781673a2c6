"""Working days: deadlines and clocks are counted in them.

The company has its weekdays and its holidays. A department's own holidays come on top of the company's; a department
without any has those of the nearest department above that has some. For one question there are the functions below, of
two queries each; a job that asks often holds a `Calendar`, or `Calendars` when it asks about many departments.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Subquery

from initiatives.organization.models import Department
from initiatives.organization.models.calendar import MONDAY_TO_FRIDAY, Holiday, WorkingWeek

if TYPE_CHECKING:
    from typing import Self

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True)
class Calendar:
    """On which weekdays (1 is Monday) somebody works, and on which days all the same not. Asks nothing of the database."""

    weekdays: frozenset[int] = frozenset(MONDAY_TO_FRIDAY)
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, department: Department | None = None) -> "Calendar":
        """The calendar of a department, or of the company."""
        return Calendars.read().of(department.pk if department else None)

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def working_days_after(self, day: date, count: int) -> date:
        """The day that is `count` working days after `day`; before it when `count` is negative; `day` itself for 0."""
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start`, up to and including `end`; 0 when `end` is not after it."""
        if end <= start:
            return 0
        weeks, rest = divmod((end - start).days, WEEK)
        odd = sum((end - n * DAY).isoweekday() in self.weekdays for n in range(rest))
        free = sum(start < day <= end and day.isoweekday() in self.weekdays for day in self.holidays)
        return weeks * len(self.weekdays) + odd - free

    def working_day_from(self, day: date) -> date:
        """`day` itself when it is a working day, else the next one."""
        return day if self.is_working_day(day) else self.working_days_after(day, 1)


class Calendars:
    """The company's calendar and those of all departments, read once (two queries)."""

    def __init__(self, company: Calendar, own: dict[int, frozenset[date]], above: dict[int, int | None]) -> None:
        self.company = company
        self.own = own  # department → the holidays that it has on top of the company's
        self.above = above  # department → the one that it stands under

    @classmethod
    def read(cls) -> "Self":
        days: dict[int | None, set[date]] = defaultdict(set)
        for department, day in Holiday.objects.in_force().values_list("department_id", "day"):
            days[department].add(day)
        week = Subquery(WorkingWeek.objects.values("days")[:1])
        rows = list(Department.objects.annotate(week=week).values_list("pk", "parent_id", "week"))
        weekdays = frozenset(rows[0][2] or MONDAY_TO_FRIDAY) if rows else WorkingWeek.objects.weekdays()
        company = Calendar(weekdays, frozenset(days.pop(None, ())))
        own = {department: frozenset(theirs) for department, theirs in days.items() if department is not None}
        return cls(company, own, {pk: parent for pk, parent, _ in rows})

    def of(self, department_id: int | None) -> Calendar:
        """The calendar of the department with this id; None is the company."""
        climbed: set[int] = set()
        while department_id is not None and department_id not in climbed:
            if department_id in self.own:
                return Calendar(self.company.weekdays, self.company.holidays | self.own[department_id])
            climbed.add(department_id)
            department_id = self.above.get(department_id)
        return self.company


def is_working_day(day: date, department: Department | None = None) -> bool:
    """Whether anybody works on `day` there."""
    return Calendar.of(department).is_working_day(day)


def working_days_after(day: date, count: int, department: Department | None = None) -> date:
    """The day that is `count` working days after `day`; before it when `count` is negative; `day` itself for 0."""
    return Calendar.of(department).working_days_after(day, count)


def working_days_between(start: date, end: date, department: Department | None = None) -> int:
    """How many working days come after `start`, up to and including `end`; 0 when `end` is not after it."""
    return Calendar.of(department).working_days_between(start, end)
