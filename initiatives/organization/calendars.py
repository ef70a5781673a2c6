"""Working days: deadlines and clocks are counted in them.

The company has its weekdays and its holidays. A department's own holidays come on top of the company's; a department
without any has those of the nearest department above that has some. For one question there are the functions below, of
one query each; a job that asks often holds a `Calendar`, or `Calendars` when it asks about many departments.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, PositiveSmallIntegerField, QuerySet, Value
from django.db.models.functions import Cast

from initiatives.core.prepared import prepared
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
    """The company's calendar and those of all departments, read once (one query)."""

    def __init__(self, company: Calendar, own: dict[int, frozenset[date]], above: dict[int, int | None]) -> None:
        self.company = company
        self.own = own  # department → the holidays that it has on top of the company's
        self.above = above  # department → the one that it stands under

    @classmethod
    def read(cls) -> "Self":
        days: dict[int | None, set[date]] = defaultdict(set)
        above: dict[int, int | None] = {}
        weekdays = frozenset(MONDAY_TO_FRIDAY)
        for department, parent, day, week in _rows():
            if week is not None:
                weekdays = frozenset(week)
            elif day is not None:
                days[department].add(day)
            elif department is not None:
                above[department] = parent
        company = Calendar(weekdays, frozenset(days.pop(None, ())))
        return cls(company, {pk: frozenset(theirs) for pk, theirs in days.items() if pk is not None}, above)

    def of(self, department_id: int | None) -> Calendar:
        """The calendar of the department with this id; None is the company."""
        climbed: set[int] = set()
        while department_id is not None and department_id not in climbed:
            if department_id in self.own:
                return Calendar(self.company.weekdays, self.company.holidays | self.own[department_id])
            climbed.add(department_id)
            department_id = self.above.get(department_id)
        return self.company

    def resting(self, day: date) -> list[int]:
        """The departments in which nobody works on `day`."""
        return [pk for pk in self.above if not self.of(pk).is_working_day(day)]

    def differing(self) -> dict[Calendar, list[int]]:
        """The calendars that are not the company's, each with the departments that have it."""
        found: dict[Calendar, list[int]] = defaultdict(list)
        for pk in self.above:
            if (calendar := self.of(pk)) != self.company:
                found[calendar].append(pk)
        return dict(found)


@prepared
def _rows() -> QuerySet[Department, tuple[int | None, int | None, date | None, list[int] | None]]:
    """The tree of departments (a department, the one above it), the holidays (whose, when) and the week, in one query."""
    no_id, no_day = Cast(Value(None), BigIntegerField()), Cast(Value(None), DateField())
    no_week = Cast(Value(None), ArrayField(PositiveSmallIntegerField()))
    departments = Department.objects.order_by().values_list("pk", "parent_id", no_day, no_week)
    holidays = Holiday.objects.in_force().order_by().values_list("department_id", no_id, "day", no_week)
    weeks = WorkingWeek.objects.order_by().values_list(no_id, no_id, no_day, "days")
    return departments.union(holidays, weeks, all=True)


def is_working_day(day: date, department: Department | None = None) -> bool:
    """Whether anybody works on `day` there."""
    return Calendar.of(department).is_working_day(day)


def working_days_after(day: date, count: int, department: Department | None = None) -> date:
    """The day that is `count` working days after `day`; before it when `count` is negative; `day` itself for 0."""
    return Calendar.of(department).working_days_after(day, count)


def working_days_between(start: date, end: date, department: Department | None = None) -> int:
    """How many working days come after `start`, up to and including `end`; 0 when `end` is not after it."""
    return Calendar.of(department).working_days_between(start, end)
