"""After how many days money that nobody commits is called idle: finance says so, with the day from which it holds."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import DateField, Func, IntegerField, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.funding.models.posting import may_post
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

DAYS = 91  # three months, until finance says otherwise
FEWEST, MOST = 7, 730


class IdleRuleQuerySet(models.QuerySet["IdleRule"]):
    def visible_to(self, user: User) -> Self:
        """Those who answer for the company's money."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def newest_first(self) -> Self:
        return self.select_related("by").order_by("-starts", "-id")

    def of(self, day: date) -> Self:
        """Those that hold on the day, the one that counts first: of one day what was said last."""
        return self.filter(starts__lte=day).order_by("-starts", "-id")

    def days(self) -> int:
        """After how many days money is idle today."""
        return self.of(clock.company_day()).values_list("days", flat=True).first() or DAYS

    def since(self) -> Any:
        """The day before which money must last have moved to be idle today, within a query."""
        today = clock.company_day()
        days = Coalesce(Subquery(self.of(today).values("days")[:1]), Value(DAYS), output_field=IntegerField())
        return Func(
            Cast(Value(today), DateField()), days, template="(%(expressions)s)", arg_joiner=" - ", output_field=DateField()
        )

    def obstacle_to_set(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot say when money is idle, or None."""
        return None if may_post(by) else "Only finance says when money is idle."

    @transaction.atomic
    def set(self, days: int, starts: date, *, by: User, reason: str) -> "IdleRule":
        """From this day on, today or later, money is idle after so many days without a commitment."""
        if obstacle := self.obstacle_to_set(by):
            raise RuleBroken(obstacle)
        if starts < clock.company_day():
            raise BadInput("It holds from today on, or from a later day.", field="starts")
        rule = self.create(days=days, starts=starts, by=by, reason=reason_given(reason))
        rule.record("set", by=by, reason=rule.reason, days=days, starts=str(starts))
        return rule


class IdleRule(Recorded):
    """Money on which nothing moved for so many days is idle, from a day on. Rows are only ever added."""

    days = models.PositiveSmallIntegerField()
    starts = models.DateField()
    reason = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = IdleRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(days__range=(FEWEST, MOST)),
                name=says("idle_after_some_days", f"Money is idle after {FEWEST} to {MOST} days."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name=says("idle_for_a_reason", "Say why.")),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Idle after {self.days} days from {self.starts}"
