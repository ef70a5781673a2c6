"""Scenarios: which initiatives a year's pools would pay, with how much each. One is approved and is the plan of the year."""

from decimal import Decimal
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Case, F, Q, Sum, Value, When
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import RuleBroken, reason_given, says
from initiatives.core.triggers import with_refusals
from initiatives.funding.models import FiscalYear, Pool
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

READERS = ("cxo", "ceo", "auditor")  # who sees every initiative, and all money


class ScenarioState(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "The plan"
    ARCHIVED = "archived", "Archived"


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User) -> Self:
        """Who sees every initiative and all money."""
        return self if user.is_active and user.standing.holds(*READERS) else self.none()

    def with_people(self) -> Self:
        return self.select_related("year", "by", "decided_by")

    def in_order(self) -> Self:
        """The plan first, then drafts, then what is archived; the newest first."""
        place = Case(When(state="approved", then=Value(0)), When(state="draft", then=Value(1)), default=Value(2))
        return self.with_people().order_by("-year__starts", place, "-id")

    @transaction.atomic
    def write(self, year: FiscalYear, name: str, *, by: User, like: "Scenario | None" = None) -> "Scenario":
        """A new draft, empty or with the lines of another one."""
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO writes scenarios.")
        scenario = self.create(year=year, name=name, by=by)
        if like is not None:
            if like.year_id != year.pk:
                raise RuleBroken(f"{like} is of another fiscal year.")
            lines = like.lines.values_list("initiative_id", "pool_id", "amount")
            ScenarioLine.objects.bulk_create(
                ScenarioLine(scenario=scenario, initiative_id=one, pool_id=pool, amount=amount) for one, pool, amount in lines
            )
        scenario.record("written", by=by, like=like and like.pk)
        return scenario


class Scenario(Recorded):
    """One way to fund a year. What was approved or archived stays as it was; a newer one takes its place."""

    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=ScenarioState, default=ScenarioState.DRAFT)
    version = models.PositiveIntegerField(default=1)  # of the lines; who approves says which one was read
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    note = models.TextField(max_length=2_000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "name"], name=says("one_scenario_a_name", "There is a scenario of this name.")
            ),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(state=ScenarioState.APPROVED),
                name=says("one_plan_a_year", "Another scenario was approved; look at it before you approve this one."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ScenarioState.APPROVED) | (~Q(note="") & Q(decided_by__isnull=False)),
                name=says("approved_with_a_note", "Say why this scenario becomes the plan."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="steps",
                field="state",
                transitions=[("draft", "approved"), ("draft", "archived"), ("approved", "archived")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("decisions:scenario", args=[self.pk])

    def obstacle_to_plan(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot change its lines, or None."""
        if not by.standing.holds("cxo"):
            return "Only the CXO writes scenarios."
        return (
            None if self.state == ScenarioState.DRAFT else f"This scenario is {self.get_state_display().lower()}; write another."
        )

    @transaction.atomic
    def set_amount(self, initiative: Initiative, pool: Pool, amount: Decimal, *, version: int, by: User) -> None:
        """Let this pool pay so much for this initiative; nothing takes the line out. `version` is the one that was read."""
        amount = exact(amount) if amount else Decimal(0)
        self.lock(version=version)
        if obstacle := self.obstacle_to_plan(by):
            raise RuleBroken(obstacle)
        if not initiative.seen_by(by) or initiative.is_over:
            raise RuleBroken(f"{initiative.reference} is over: no money is planned for it.")
        if pool.year_id != self.year_id:
            raise RuleBroken(f"{pool} is not a pool of {self.year}.")
        self.lines.filter(initiative=initiative, pool=pool).delete()
        if amount:
            self.lines.create(initiative=initiative, pool=pool, amount=amount)
        self.version += 1
        self.save(update_fields=["version"])
        self.record("planned", by=by, initiative=initiative.pk, pool=pool.pk, amount=str(amount))

    def over_budget(self) -> Pool | None:
        """A pool that would pay more than its budget, or None."""
        sums = self.lines.values("pool").annotate(all=Sum("amount")).filter(all__gt=F("pool__appropriated")).order_by("pool")
        found = sums.values_list("pool", flat=True).first()
        return Pool.objects.in_order().get(pk=found) if found else None

    def obstacle_to_approve(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot make it the plan of its year, or None."""
        if not by.standing.holds("cxo", "ceo"):
            return "Only the CXO and the CEO approve scenarios."
        if self.state != ScenarioState.DRAFT:
            return f"This scenario is {self.get_state_display().lower()} already."
        if not self.lines.exists():
            return "This scenario funds nothing yet."
        pool = self.over_budget()
        return f"{pool} would pay more than its budget." if pool else None

    @transaction.atomic
    def approve(self, *, version: int, note: str, by: User) -> None:
        """Make it the plan of the year; all others of the year are archived. `version` is the one that was read."""
        self.year.lock()  # who approves another one waits here, and finds this one archived
        self.lock(version=version)
        if obstacle := self.obstacle_to_approve(by):
            raise RuleBroken(obstacle)
        for other in Scenario.objects.filter(year=self.year_id).exclude(pk=self.pk).exclude(state=ScenarioState.ARCHIVED):
            other.lock()
            other._become(ScenarioState.ARCHIVED)
            other.record("archived", by=by)
        self.note, self.decided_by, self.decided_at = reason_given(note), by, clock.now()
        self._become(ScenarioState.APPROVED, "note", "decided_by", "decided_at")
        sums = self.lines.values_list("pool__currency").annotate(Sum("amount")).order_by("pool__currency")
        self.record("approved", by=by, reason=self.note, total=" + ".join(f"{currency} {amount}" for currency, amount in sums))

    def _become(self, state: ScenarioState, *fields: str) -> None:
        self.state = state
        self.save(update_fields=["state", *fields])


LINES_OF_DRAFTS = pgtrigger.Trigger(
    name="lines_of_drafts",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("line", "decisions_scenarioline%ROWTYPE"), ("one", "decisions_scenario%ROWTYPE")],
    func=with_refusals(
        """
        IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
        SELECT * INTO STRICT one FROM decisions_scenario WHERE id = line.scenario_id FOR SHARE;
        IF one.state <> 'draft' OR TG_OP = 'UPDATE' THEN REFUSE scenarios_stay; END IF;
        IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM funding_pool WHERE id = line.pool_id AND year_id = one.year_id) THEN
            REFUSE planned_from_its_year;
        END IF;
        RETURN line;
    """,
        scenarios_stay="What was approved or archived stays as it is.",
        planned_from_its_year="A scenario plans with the pools of its year.",
    ),
)


class ScenarioLine(models.Model):
    """How much one pool would pay for one initiative, in the pool's currency."""

    worth: Decimal | None = None  # in the company's currency, where a report counted it and there is a rate

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="lines")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    amount = AmountColumn()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scenario", "initiative", "pool"],
                name=says("planned_once", "This pool pays for it in this scenario already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("planned_amounts_are_positive", "The amount must be greater than zero.")
            ),
        ]
        triggers: ClassVar[list[Any]] = [LINES_OF_DRAFTS]

    def __str__(self) -> str:
        return f"{self.amount} from {self.pool_id} for {self.initiative_id}"
