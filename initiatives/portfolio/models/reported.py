"""Progress: check-ins. Health is reported by people, never computed; unreported is unknown."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Case, GeneratedField, Q, Value, When

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.milestones import Milestone
from initiatives.portfolio.models.owned import Owned
from initiatives.portfolio.models.words import HEALTH_ORDER, Health, Letter, State, Status, health_shown, stale_after


class CheckIn(models.Model):
    """One progress report. Rows are only ever added; a correction is the next report."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="check_ins")
    at = models.DateTimeField(default=clock.now)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="check_ins")  # null: taken from an import
    health = models.CharField(max_length=8, choices=Health)
    percent = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])
    done = models.TextField(max_length=5_000, blank=True)
    next_steps = models.TextField(max_length=5_000, blank=True)
    blockers = models.TextField(max_length=5_000, blank=True)
    no_change = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["initiative", "-at", "-id"], name="check_in_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name=says("check_in_percent", "Percent is between 0 and 100.")
            ),
            models.CheckConstraint(
                condition=Q(health__in=Health.values), name=says("check_in_health", "Health is green, amber or red.")
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_health_display()} on {self.at:%Y-%m-%d}"


class Reported(Owned):
    """What the last check-in said, kept beside the initiative for lists and dashboards."""

    health = models.CharField(max_length=8, choices=Health, blank=True)  # empty: nothing was ever reported
    health_on = models.DateField(null=True, blank=True)
    stale_on = models.DateField(null=True, blank=True)  # the first day on which that report is too old
    percent = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])
    concern = GeneratedField(  # red first, unknown last, to sort by
        expression=Case(*(When(health=health, then=Value(place)) for health, place in HEALTH_ORDER.items()), default=Value(4)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    at_hand: Mapping[str, Iterable[Any]] = MappingProxyType({})  # rows that a page has read already, for obstacles

    class Meta:
        abstract = True

    def health_shown(self, today: date) -> tuple[str, str]:
        """(key, words) of the health on `today`: a report expires only while the work goes on."""
        return health_shown(self.health, None if self.is_over else self.stale_on, today)

    def may_report(self, user: User) -> bool:
        """The accountable person, heads of the accountable and the lead department, and who is responsible."""
        if self.accountable_person_id == user.pk or user.standing.heads_department(self.lead_department_id):
            return True
        if self.accountable_department_id is not None and user.standing.heads_department(self.accountable_department_id):
            return True
        return user.pk in self.responsible_people()

    def responsible_people(self) -> set[int | None]:
        """Ids of the people who carry an accepted Responsible; read from the involvements at hand where they are."""
        parts = self.at_hand.get("involvements")
        if parts is None:
            parts = Involvement.objects.accepted().filter(initiative_id=self.pk, letter=Letter.RESPONSIBLE)
        return {part.person_id for part in parts if part.state == State.ACCEPTED and part.letter == Letter.RESPONSIBLE}

    def obstacle_to_check_in(self, by: User | None = None) -> str | None:
        """Say in one sentence why no check-in can be given, or None."""
        if self.status != Status.ACTIVE:
            return f"{self.reference} is {self.get_status_display().lower()}: check-ins are for active initiatives."
        if by is not None and not self.may_report(by):
            owner = self.accountable_person or f"the head of {self.lead_department}"
            return f"Only {owner}, the heads of its departments and who is responsible can report on {self.reference}."
        return None

    @transaction.atomic
    def check_in(
        self,
        *,
        by: User,
        health: str,
        percent: int | None = None,
        done: str = "",
        next_steps: str = "",
        blockers: str = "",
        no_change: bool = False,
    ) -> CheckIn:
        """Report progress. `percent` None keeps what was said last."""
        self.lock()
        if obstacle := self.obstacle_to_check_in(by):
            raise RuleBroken(obstacle)
        if health not in Health.values:
            raise BadInput("Health is green, amber or red.")
        if percent is not None and not 0 <= percent <= 100:
            raise BadInput("Percent is between 0 and 100.")
        report = CheckIn.objects.create(
            initiative_id=self.pk,
            author=by,
            health=health,
            percent=self.percent if percent is None else percent,
            done=done,
            next_steps=next_steps,
            blockers=blockers,
            no_change=no_change,
        )
        self.reported(report)
        Obligation.objects.meet(asking.CHECK_IN, self, by=by)
        asking.ask_for_check_in(self, due_on=self.next_check_in(), by=None)
        self.record("checked_in", by=by, check_in=report.pk, no_change=no_change)
        return report

    def obstacle_to_report_no_change(self, by: User | None = None) -> str | None:
        if obstacle := self.obstacle_to_check_in(by):
            return obstacle
        return None if self.health else f"Nothing was reported on {self.reference} yet; the first check-in needs a health."

    @transaction.atomic
    def report_no_change(self, *, by: User) -> CheckIn:
        """Report in one keystroke that nothing material changed: health and percent stay, and are as new."""
        self.lock()
        if obstacle := self.obstacle_to_report_no_change(by):
            raise RuleBroken(obstacle)
        return self.check_in(by=by, health=self.health, no_change=True)

    def reported(self, report: CheckIn) -> None:
        """Keep what this report says beside the initiative, unless a newer one is kept already."""
        day = clock.day_of(report.at)
        if self.health_on is not None and self.health_on > day:
            return
        self.health, self.health_on, self.percent = report.health, day, report.percent
        self.stale_on = stale_after(day, self.cadence_days)
        self.save(update_fields=["health", "health_on", "percent", "stale_on"])

    def next_check_in(self) -> date:
        """The day the next report is due: a cadence after the last one, or after the launch."""
        return (self.health_on or clock.day_of(self.status_since)) + timedelta(days=self.cadence_days)

    def may_plan(self, user: User) -> bool:
        return self.may_edit(user) or self.may_run(user) or self.may_report(user)

    def obstacle_to_add_milestone(self, by: User | None = None) -> str | None:
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()}."
        if by is not None and not self.may_plan(by):
            return f"Only {self.who_runs()}, and who is responsible, can plan milestones of {self.reference}."
        return None

    @transaction.atomic
    def add_milestone(self, title: str, due_on: date, *, by: User) -> Milestone:
        """Promise something by a day."""
        self.lock()
        if obstacle := self.obstacle_to_add_milestone(by):
            raise RuleBroken(obstacle)
        milestone = Milestone.objects.create(initiative_id=self.pk, title=title, due_on=due_on, promised_on=due_on)
        self.record("milestone_added", by=by, milestone=title, due_on=due_on)
        return milestone
