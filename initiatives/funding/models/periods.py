"""Closing the books: one person in finance proposes to close a period, another one confirms, and it stays closed."""

from datetime import date
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, Stale, says
from initiatives.duties.models import Obligation
from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.guards import NOT_DELETED, PERIODS_CLOSE_ONCE
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import content_of, may_post
from initiatives.funding.models.years import FiscalYear
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

CLOSE = "funding.close_period"
DAYS_TO_CONFIRM = 5


class PeriodQuerySet(models.QuerySet["Period"]):
    def visible_to(self, user: User) -> Self:
        """Those who answer for the company's money."""
        return self if user.is_active and user.standing.holds(*SEE_ALL_MONEY) else self.none()

    def proposed(self) -> Self:
        return self.filter(proposed_by__isnull=False, closed_at=None)

    def not_closed(self) -> Self:
        return self.filter(closed_at=None)

    def with_people(self) -> Self:
        return self.select_related("year", "proposed_by", "closed_by")

    def in_order(self) -> Self:
        return self.order_by("number")


class Period(Recorded):
    """A part of a fiscal year whose books are closed as a whole. The database makes them with the year.

    Closing a period closes what is still open before it as well; the last period of a year closes the year.
    """

    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="periods")
    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    posted = 0  # how many entries bear one of its days, where a report has counted them

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name=says("one_period_of_a_number", "This period exists.")),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, proposed_by__isnull=False),
                name=says("proposed_before_it_closes", "A period is proposed to be closed before it is closed."),
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("proposed_by")),
                name=says("closed_by_another_person", "Who proposed to close a period does not confirm it."),
            ),
        ]
        triggers: ClassVar = [PERIODS_CLOSE_ONCE, NOT_DELETED]

    def __str__(self) -> str:
        return f"Period {self.number} of {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("funding:period", args=[self.pk])

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "proposed" if self.proposed_by_id else "open"

    @property
    def closes_the_year(self) -> bool:
        return self.ends == self.year.ends

    @property
    def closes_from(self) -> date:
        """The first day that closing it closes: of the earliest period that is still open; its own once it is closed."""
        return self.starts if self.closed_at else self._still_open()[0].starts

    def closed_along(self) -> "list[Period]":
        """The earlier ones that are still open and that closing this one closes as well."""
        return self._still_open()[:-1]

    def _still_open(self) -> "list[Period]":
        """Those that closing this one closes, in order, itself last."""
        return list(Period.objects.filter(year=self.year, number__lte=self.number).not_closed().in_order())

    def entries(self) -> models.QuerySet[Journal]:
        """What was posted for the days that closing this period closes."""
        return Journal.objects.filter(
            on__range=(self.closes_from, self.ends), pk__in=Journal.objects.filter(transfers__source__pool__year=self.year)
        )

    def shown(self) -> str:
        """The hash of what who confirms is shown: which days, and which entries are among them."""
        entries = list(self.entries().order_by("pk").values_list("pk", flat=True))
        return content_of("close", period=self.pk, first=self.closes_from, entries=entries)

    # -- acts ------------------------------------------------------------------------------------------------------------

    def obstacle_to_propose(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose to close this period, or None."""
        if not may_post(by):
            return "Only finance closes a period."
        if self.closed_at:
            return "This period is closed already."
        if self.proposed_by_id:
            return f"{self.proposed_by} proposed to close it already."
        if self.ends >= clock.company_day():
            return f"The period lasts until {self.ends} and is closed when it is over."
        return self._unsettled()

    def _unsettled(self) -> str | None:
        """Say what keeps the year from closing with its last period, or None: what is given must be spent or released."""
        if not self.closes_the_year:
            return None
        given = Account.objects.filter(pool__year=self.year, kind__in=(Kind.ALLOCATED, Kind.COMMITTED), balance__gt=0)
        things = given.values("cost_object").distinct().count()
        if not things:
            return None
        left = f"Money of {things} cost objects is allocated or committed and not spent"
        return f"{left}; post what was spent, decommit and release the rest first."

    @transaction.atomic
    def propose(self, *, by: User) -> None:
        """Ask another person in finance to close the books up to the end of this period."""
        self._begin()
        if obstacle := self.obstacle_to_propose(by):
            raise RuleBroken(obstacle)
        self.proposed_by, self.proposed_at = by, clock.now()
        self.save(update_fields=["proposed_by", "proposed_at"])
        self.record("close_proposed", by=by)
        self.ask(by=by)

    def obstacle_to_close(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot confirm that this period is closed, or None."""
        if not may_post(by):
            return "Only finance closes a period."
        if self.closed_at:
            return "This period is closed already."
        if not self.proposed_by_id:
            return "Nobody has proposed to close this period."
        if by.pk == self.proposed_by_id:
            return f"{by} proposed to close it; another person in finance confirms."
        return self._unsettled()

    @transaction.atomic
    def close(self, *, by: User, shown: str | None = None) -> None:
        """Close the books up to the end of this period, for ever. From now on only reversals are posted there."""
        by = User.objects.get(pk=by.pk)  # rights are read anew, whatever this request knew
        self._begin()
        if obstacle := self.obstacle_to_close(by):
            raise RuleBroken(obstacle)
        list(Pool.objects.filter(year=self.year).order_by("pk").select_for_update(no_key=True))  # nobody posts meanwhile
        if shown is not None and shown != self.shown():
            raise Stale("Something was posted after you opened the page. Look at it again before you close the period.")
        for period in self._still_open():
            period.lock()
            if period.proposed_by_id in (None, by.pk):
                period.proposed_by, period.proposed_at = self.proposed_by, self.proposed_at
            period.closed_by, period.closed_at = by, clock.now()
            period.save(update_fields=["proposed_by", "proposed_at", "closed_by", "closed_at"])
            period.record("closed", by=by)
            period.ask(by=by)
        self.refresh_from_db()

    def obstacle_to_keep_open(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot turn the proposal down, or take it back, or None."""
        if not may_post(by):
            return "Only finance keeps a period open."
        return None if self.state == "proposed" else f"Nobody asks to close this period; it is {self.state}."

    @transaction.atomic
    def keep_open(self, *, by: User, reason: str) -> None:
        """Turn the proposal down, or take it back: the period stays open until somebody proposes anew."""
        self._begin()
        if obstacle := self.obstacle_to_keep_open(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise BadInput("Say why the period stays open.")
        self.proposed_by, self.proposed_at = None, None
        self.save(update_fields=["proposed_by", "proposed_at"])
        self.record("kept_open", by=by, reason=reason)
        self.ask(by=by)

    def _begin(self) -> None:
        """Lock the year, then the period: nobody else closes a part of the year meanwhile."""
        self.year.lock()
        self.lock()

    def ask(self, *, by: User | None) -> None:
        """Ask somebody else in finance to confirm, the others standing in; nobody once it is decided."""
        proposer = self.proposed_by_id if self.state == "proposed" else None
        people = financiers(None, "", Authority(), without={proposer}).people if proposer else []
        asks = Obligation.objects.about(self).exclude(person__in=people[:1])
        if self.state == "closed" and by is not None:
            Obligation.objects.meet(CLOSE, self, by=by)
        asks.excuse(CLOSE, self, by=by, reason=f"The period is {self.state}.")
        if people:
            due_on = working_days_after(people[0].today(), DAYS_TO_CONFIRM, None)
            words, url = f"Confirm the closing of period {self.number} of {self.year}", self.get_absolute_url()
            Obligation.objects.open_for(people, CLOSE, self, due_on=due_on, words=words, url=url, by=by)
