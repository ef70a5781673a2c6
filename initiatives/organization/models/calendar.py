"""The working calendar: on which weekdays the company works, and on which days it does not although it is one of them."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says

if TYPE_CHECKING:
    from initiatives.organization.models.departments import Department
    from initiatives.organization.models.people import User

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
ONLY = 1  # the key of the one row of WorkingWeek


class Weekday(models.IntegerChoices):
    """As ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


def week_of_default() -> list[int]:
    return list(MONDAY_TO_FRIDAY)


class WorkingWeekQuerySet(models.QuerySet["WorkingWeek"]):
    def weekdays(self) -> frozenset[int]:
        """On which weekdays the company works."""
        return frozenset(self.values_list("days", flat=True).first() or MONDAY_TO_FRIDAY)

    @transaction.atomic
    def edit_week(self, days: Iterable[int], *, by: "User | None") -> "WorkingWeek":
        """Let the company work on these weekdays, from now on."""
        week, _ = self.get_or_create(pk=ONLY)
        week.lock()
        wanted = sorted(set(days))
        if not wanted:
            raise RuleBroken("The company works on at least one weekday.")
        week.days = wanted
        week.save(update_fields=["days"])
        week.record("edited", by=by)
        return week


class WorkingWeek(Recorded):
    """The weekdays on which the company works: one row, or none as long as nobody changed them."""

    days = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), default=week_of_default)

    objects = WorkingWeekQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=ONLY), name=says("one_working_week", "There is one working week.")),
            models.CheckConstraint(
                condition=Q(days__len__gte=1, days__contained_by=list(Weekday.values)),
                name=says("week_of_weekdays", "The company works on at least one weekday."),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(str(Weekday(day).label) for day in self.days)


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def in_force(self) -> Self:
        return self.filter(cancelled_at=None)

    def of_year(self, year: int) -> Self:
        return self.filter(day__year=year)

    def in_order(self) -> Self:
        return self.order_by("day", "department__name", "id")

    def visible_to(self, user: "User") -> Self:
        """Everybody's deadlines follow the calendar, so that every active person may read it."""
        return self if user.is_active else self.none()

    @transaction.atomic
    def add_holiday(self, *, day: date, name: str, by: "User | None", department: "Department | None" = None) -> "Holiday":
        """Nobody works on `day`, in the whole company or in `department` and those below it."""
        if department is not None:
            department.lock()
        holiday = self.model(day=day, name=name, department=department)
        if obstacle := holiday.obstacle_to_add():
            raise RuleBroken(obstacle)
        holiday.save()
        holiday.record("added", by=by, day=day, name=name, department=department.code if department else None)
        return holiday


class Holiday(Recorded):
    """A day on which nobody works, in the whole company or in one department. Cancelled when it was a mistake, never deleted."""

    department = models.ForeignKey("organization.Department", models.PROTECT, null=True, blank=True, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=60)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "day"],
                condition=Q(cancelled_at=None),
                nulls_distinct=False,
                name=says("one_holiday_a_day", "This day is already a holiday there."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('organization:calendar')}?year={self.day.year}"

    def obstacle_to_add(self) -> str | None:
        """Say in one sentence why this holiday cannot be added as it stands, or None."""
        if self.department is not None and self.department.closed_on is not None:
            return f"{self.department} is closed."
        there = Holiday.objects.in_force().filter(day=self.day, department=self.department).first()
        return f"This day is already a holiday there: {there}." if there else None

    def obstacle_to_cancel(self) -> str | None:
        """Say in one sentence why this holiday cannot be cancelled, or None."""
        return f"{self} was already cancelled." if self.cancelled_at is not None else None

    @transaction.atomic
    def cancel(self, *, by: "User | None", reason: str) -> None:
        """It is a working day after all; the row stays and says when that was decided."""
        self.lock()
        if obstacle := self.obstacle_to_cancel():
            raise RuleBroken(obstacle)
        self.cancelled_at = clock.now()
        self.save(update_fields=["cancelled_at"])
        self.record("cancelled", by=by, reason=reason, day=self.day, name=self.name)
