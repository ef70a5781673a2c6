"""Readings: what was measured at a touchpoint in a period, how customers rated it and how often they were contacted from it."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.journey.models.hanging import answers_for
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.pain import a_year_before
from initiatives.journey.models.reading_words import LEAST_DAYS, MOST_N, MOST_ON_SCALE, ReadingKind
from initiatives.journey.models.seen import seen
from initiatives.organization.models import Department, User

KEY = ("kind", "touchpoint", "first_day", "last_day", "source", "department")
KEPT = ("total", "n", "low", "high")


def obstacle_to_read(touchpoint: Touchpoint) -> str | None:
    """Say in one sentence why nobody can enter anything there, or None."""
    return f"{touchpoint.called} is archived." if touchpoint.is_archived else None


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: User) -> Self:
        """Those of which `user` may know the touchpoint."""
        return self.filter(seen(user, "touchpoint__owned__"))

    def living(self) -> Self:
        """Those that count: not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def counting(self, today: date) -> Self:
        """The living ones of touchpoints in use whose period ended in the last twelve months."""
        young = Q(last_day__gte=a_year_before(today), last_day__lte=today)
        return self.living().filter(young, touchpoint__owned__archived_on=None)

    def latest_contacts(self, today: date) -> Self:
        """Of each touchpoint, department and source the newest count of contacts."""
        one_each = ("touchpoint", "department", "source")
        found = self.of_kind(ReadingKind.CONTACTS).counting(today)
        return found.order_by(*one_each, "-last_day", "-pk").distinct(*one_each)

    @transaction.atomic
    def enter(self, *, by: User, **values: Any) -> "Reading":
        """Enter one reading. One that stands already for the same period and source is left, or withdrawn for another value."""
        touchpoint: Touchpoint = values["touchpoint"]
        touchpoint.lock()
        reading: Reading = self.model(by=by, **values)
        if obstacle := reading.obstacle_to_enter(by):
            raise RuleBroken(obstacle)
        reading.check_facts()
        before = self.living().filter(**dict(zip(KEY, reading.key, strict=True))).first()
        if before is not None and before.says_as(reading):
            return before
        if before is not None:
            before.strike(by=by, reason="Another value was entered for the same period and source.")
        reading.save()
        period = [reading.first_day, reading.last_day]
        facts: dict[str, Any] = {"kind": reading.kind, "total": reading.total, "n": reading.n, "source": reading.source}
        touchpoint.record("reading_entered", by=by, period=period, **facts)
        return reading


class Reading(models.Model):
    """A value that was measured at a touchpoint from one day to another. It is withdrawn, never changed.

    A rating  `total` is the sum of `n` ratings, so that their mean is exact; each lies on the scale from `low` to `high`
    Contacts  `total` times somebody of the `department` turned to `n` customers by themselves: mailings, calls, pushes
    """

    kind = models.CharField(max_length=10, choices=ReadingKind)
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="readings")
    first_day = models.DateField()
    last_day = models.DateField()
    total = models.DecimalField(max_digits=20, decimal_places=6)
    n = models.PositiveBigIntegerField("n")
    low = models.PositiveSmallIntegerField("lowest of the scale", null=True, blank=True)
    high = models.PositiveSmallIntegerField("highest of the scale", null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")  # who sent
    source = models.CharField(max_length=120)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    reason = models.TextField(max_length=2_000, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=KEY,
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name=says("one_reading_per_period", "A reading of this period and source stands here already."),
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name=says("reading_period", "A period ends after it begins.")
            ),
            models.CheckConstraint(
                condition=Q(n__gte=1, n__lte=MOST_N), name=says("reading_n", "A reading rests on one customer at least.")
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=ReadingKind.RATING,
                    department=None,
                    low__isnull=False,  # what is unknown would pass
                    high__isnull=False,
                    low__lt=F("high"),
                    total__gte=F("low") * F("n"),
                    total__lte=F("high") * F("n"),
                )
                | Q(kind=ReadingKind.CONTACTS, low=None, high=None, department__isnull=False, total__gte=F("n")),
                name=says("reading_kind", "A rating lies on its scale; contacts have a department and a customer each at least."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")),
                name=says("reading_withdrawn", "A reading is withdrawn by somebody, with a reason."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "touchpoint", "-last_day"], name="reading_by_touchpoint")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["withdrawn_at", "withdrawn_by", "reason"]),
            pgtrigger.Protect(
                name="withdrawn_stays_withdrawn", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.first_day} to {self.last_day}"

    @property
    def value(self) -> Decimal:
        """The mean rating, or the contacts per customer in the whole period."""
        return Decimal(self.total) / self.n

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def in_a_month(self) -> Decimal:
        """All contacts, counted on thirty days."""
        return Decimal(self.total) * 30 / self.days

    @property
    def key(self) -> tuple[Any, ...]:
        """Two that have it in common speak of the same: kind, place, period, source, department."""
        return self.kind, self.touchpoint_id, self.first_day, self.last_day, self.source, self.department_id

    def says_as(self, other: "Reading") -> bool:
        """Whether another reading of the same key has the same values."""
        return all(getattr(self, name) == getattr(other, name) for name in KEPT)

    def may_keep(self, user: User) -> bool:
        return answers_for(user, self.touchpoint)

    def obstacle_to_enter(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot enter this, or None."""
        if not self.may_keep(by) or not self.touchpoint.owned.seen_by(by):
            return f"Only who answers for {self.touchpoint.reference} or its stage, and the CXO, can enter readings there."
        return obstacle_to_read(self.touchpoint)

    def check_facts(self) -> None:
        """What can be wrong with the values, in sentences; the database asks the same again."""
        contacts = self.kind == ReadingKind.CONTACTS
        if self.first_day > self.last_day:
            raise BadInput("The period ends before it begins.", field="last_day")
        if self.last_day > clock.today():
            raise BadInput("What was measured lies in the past.", field="last_day")
        if not 1 <= self.n <= MOST_N:
            raise BadInput("Say of how many customers it is known: one at least.", field="n")
        if contacts and self.days < LEAST_DAYS:
            raise BadInput(
                f"Contacts are counted over {LEAST_DAYS} days at least, so that one mailing is not taken for many.",
                field="last_day",
            )
        if contacts and self.department is None:
            raise BadInput("Say which department sent them.", field="department")
        if contacts and self.total < self.n:
            raise BadInput(
                "Whoever was reached was contacted once at least: there are fewer contacts than customers.", field="contacts"
            )
        if not contacts and (self.low is None or self.high is None or not 0 <= self.low < self.high <= MOST_ON_SCALE):
            raise BadInput(f"A scale has a lowest and a highest value, from 0 to {MOST_ON_SCALE:,}.", field="high")
        if not contacts and not self.low <= self.value <= self.high:  # type: ignore[operator]  # asked in the line above
            raise BadInput(f"The rating does not lie between {self.low} and {self.high}.", field="mean")

    def obstacle_to_withdraw(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be withdrawn, or None."""
        if by is not None and not self.may_keep(by):
            return f"Only who answers for {self.touchpoint.reference} or its stage, and the CXO, can withdraw this reading."
        return None if self.withdrawn_at is None else "This reading is withdrawn already."

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """It was wrong, and no longer counts; it stays readable."""
        self.touchpoint.lock()
        self.refresh_from_db(fields=["withdrawn_at"])
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self.strike(by=by, reason=reason_given(reason))
        self.touchpoint.record("reading_withdrawn", by=by, reason=self.reason, kind=self.kind, source=self.source)

    def strike(self, *, by: User, reason: str) -> None:
        self.withdrawn_at, self.withdrawn_by, self.reason = clock.now(), by, reason
        self.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
