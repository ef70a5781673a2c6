"""Rounds: the heads of departments divide an amount over candidates. It tells the CXO what they want; it allocates nothing."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.days import written
from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.decisions.models.portions import DIVIDE, RoundBallot, RoundCandidate
from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import Initiative

FEWEST, MOST = 2, 100  # candidates


class RoundState(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> Self:
        """Everybody with a role; each the candidates that they may see."""
        return self if user.is_active and user.standing.anywhere else self.none()

    def running(self) -> Self:
        return self.filter(state=RoundState.OPEN)

    def closed(self) -> Self:
        return self.filter(state=RoundState.CLOSED)

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def obstacle_to_open(self, by: User | None = None) -> str | None:
        """Say in one sentence why `by` cannot open a round, or None."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO opens a round."
        if running := self.running().first():
            return f"{running} is open until {written(running.closes_on)}."
        return None

    @transaction.atomic
    def open(
        self, *, title: str, cap: Decimal, minimum: Decimal, closes_on: date, candidates: Collection[Initiative], by: User
    ) -> "Round":
        """Let each department divide `cap` over these candidates until the end of a day; each head is asked to."""
        by.lock()
        if obstacle := self.obstacle_to_open(by):
            raise RuleBroken(obstacle)
        if minimum and exact(minimum) > exact(cap):
            raise BadInput("The least that is given is not above the amount.")
        if closes_on <= today():
            raise BadInput("Leave the departments at least until tomorrow.")
        chosen = self._chosen(candidates, by)
        opened = self.create(title=title, cap=exact(cap), minimum=minimum, closes_on=closes_on, opened_by=by)
        RoundCandidate.objects.bulk_create(
            RoundCandidate(round=opened, initiative=one, lead_department_id=one.lead_department_id, position=place)
            for place, one in enumerate(chosen, start=1)
        )
        for department in Department.objects.active().in_order():
            RoundBallot.objects.create(round=opened, department=department).ask(by=by)
        opened.record("opened", by=by, cap=cap, minimum=minimum, closes_on=closes_on, departments=opened.ballots.count())
        return opened

    @staticmethod
    def _chosen(candidates: Collection[Initiative], by: User) -> list[Initiative]:
        """As they stand now, in the order given."""
        wanted = [one.pk for one in candidates]
        found = Initiative.objects.visible_to(by).candidates().in_bulk(wanted)
        if len(found) != len(wanted):
            raise BadInput("One of these is no candidate any more. Choose again.")
        if sum(not one.confidential for one in found.values()) < FEWEST:
            raise BadInput(f"Choose at least {FEWEST} initiatives that everybody may see.")
        if len(wanted) > MOST:
            raise BadInput(f"Choose at most {MOST} initiatives.")
        return [found[pk] for pk in wanted]


class Round(Recorded):
    """One amount, the same for each department, to be divided over the same candidates by a day. Closed, it never changes."""

    title = models.CharField(max_length=200)
    cap = AmountColumn()
    minimum = AmountColumn(default=Decimal(0))
    closes_on = models.DateField()  # the last day
    state = models.CharField(max_length=6, choices=RoundState, default=RoundState.OPEN)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: its last day was over
    closed_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="open"), name=says("one_open_round", "Another round is open.")
            ),
            models.CheckConstraint(
                condition=Q(cap__gt=0, minimum__gte=0, minimum__lte=F("cap")),
                name=says("round_amounts", "A round divides an amount, of which at least none and at most all is given."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, closed_by=None) | Q(state="closed", closed_at__isnull=False),
                name=says("round_closed_at_an_instant", "A round is open, or was closed at some instant."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="closed_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state="closed")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_opened", exclude=["state", "closed_by", "closed_at"]),
        ]

    def __str__(self) -> str:
        return f"Round {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:round", args=[self.pk])

    def obstacle_to_close(self, by: User | None = None) -> str | None:
        """Say in one sentence why the round cannot be closed now, or None. `by=None`: because the day is over."""
        if by is not None and not by.standing.holds("cxo"):
            return "Only the CXO closes a round before its last day is over."
        if self.state != RoundState.OPEN:
            return f"{self} is closed already."
        if self.closes_on < today() or (by is not None and not self.ballots.filter(cast_at=None).exists()):
            return None
        return f"Departments may still divide until {written(self.closes_on)}."

    @transaction.atomic
    def close(self, *, by: User) -> None:
        """End the round before its last day is over, when all departments have divided."""
        self.lock()
        if obstacle := self.obstacle_to_close(by):
            raise RuleBroken(obstacle)
        self._close(by)

    @transaction.atomic
    def turn(self) -> bool:
        """End the round when its last day is over; returns whether it did. May be tried at any time and twice."""
        self.lock()
        if self.obstacle_to_close():
            return False
        self._close(None)
        return True

    def _close(self, by: User | None) -> None:
        self.state, self.closed_by, self.closed_at = RoundState.CLOSED, by, clock.now()
        self.save(update_fields=["state", "closed_by", "closed_at"])
        for ballot in self.ballots.filter(cast_at=None):
            Obligation.objects.excuse(DIVIDE, ballot, by=by, reason="The round is over.")
        self.record("closed", by=by, ballots=self.ballots.exclude(cast_at=None).count())
