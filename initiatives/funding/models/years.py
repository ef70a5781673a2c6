"""Fiscal years: the time for which money is planned, and up to which day it is closed."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models, transaction
from django.db.models import F, Func, Q, Value

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.funding.models.guards import DIVIDED_INTO_PERIODS, NOT_DELETED, YEARS_STAY
from initiatives.funding.models.posting import Act, may_post
from initiatives.organization.models import User


class Months(models.IntegerChoices):
    """How long a period is."""

    MONTH = 1, "Months"
    QUARTER = 3, "Quarters"
    HALF = 6, "Halves"
    YEAR = 12, "The year as a whole"


class FiscalYearQuerySet(models.QuerySet["FiscalYear"]):
    @transaction.atomic
    def open(self, name: str, starts: date, ends: date, months: int = Months.MONTH, *, by: User) -> "FiscalYear":
        """A new fiscal year, from its first day to its last, in periods of so many months."""
        if not may_post(by):
            raise RuleBroken("Only finance opens a fiscal year.")
        year = self.create(name=name, starts=starts, ends=ends, months=months)
        year.record("opened", by=by)
        return year

    def visible_to(self, user: User) -> Self:
        """Everybody's: a year says nothing but its days."""
        return self if user.is_active else self.none()

    def of(self, day: date) -> "FiscalYear | None":
        """The year that `day` falls into."""
        return self.filter(starts__lte=day, ends__gte=day).first()

    def newest_first(self) -> Self:
        return self.order_by("-starts")


class FiscalYear(Recorded):
    """The time for which money is planned: from the first day to the last, both included.

    The database divides it into periods of `months` months, counted from the first day, and keeps `closed_through`, the last
    day of the last period that is closed.
    """

    name = models.CharField(max_length=20)
    starts = models.DateField()
    ends = models.DateField()
    months = models.PositiveSmallIntegerField(choices=Months, default=Months.MONTH)
    closed_through = models.DateField(null=True, editable=False)

    objects = FiscalYearQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], name=says("one_year_of_a_name", "There is a fiscal year of this name.")),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name=says("year_ends_after_it_starts", "A fiscal year ends after it starts.")
            ),
            models.CheckConstraint(
                condition=Q(months__in=Months.values),
                name=says("periods_of_whole_months", "A period is a month, a quarter, a half or the year."),
            ),
            ExclusionConstraint(
                name=says("years_do_not_overlap", "Another fiscal year already covers some of these days."),
                expressions=[
                    (
                        Func("starts", "ends", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]
        triggers: ClassVar = [YEARS_STAY, DIVIDED_INTO_PERIODS, NOT_DELETED]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def current_or_newest(years: "list[FiscalYear]") -> "FiscalYear | None":
        """The year of today; outside all years the newest."""
        today = clock.today()
        return next((year for year in years if year.starts <= today <= year.ends), years[0] if years else None)

    @property
    def is_closed(self) -> bool:
        return self.closed_through == self.ends

    def obstacle_to_post(self, on: date, act: Act) -> str | None:
        """Say why an entry of this day cannot stand in this year, or None. What is allocated may be so ahead of its year."""
        if on > self.ends or (on < self.starts and act != Act.ALLOCATED):
            return f"{on} lies outside the fiscal year {self}, which is from {self.starts} to {self.ends}."
        undoes = act == Act.REVERSED or (act == Act.RELEASED and self.is_closed)
        if self.closed_through and on <= self.closed_through and not undoes:
            return f"{self} is closed through {self.closed_through}; only reversals are posted there."
        return None


def nearest_day(years: Collection[FiscalYear]) -> date:
    """The day on which these years take an entry of today: the first day before they begin, the last when one is over."""
    return max(min(clock.company_day(), *(year.ends for year in years)), min(year.starts for year in years))
