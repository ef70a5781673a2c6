"""The draft requests of a plan: what an approved scenario gives is asked for once, by initiative and currency."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Sum

from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import RuleBroken, says
from initiatives.decisions.models.scenarios import Scenario, ScenarioState
from initiatives.funding.models import Account, FundingRequest, Pool, State
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)
ALL_ASKED = "All that this plan gives is asked for or given."


@dataclass
class Wish:
    """What a plan gives to one initiative in one currency: what of it each pool has not given yet, and what asks for it."""

    initiative: Initiative
    currency: str
    lines: list[tuple[Pool, Decimal]] = field(default_factory=list)
    request: FundingRequest | None = None

    @property
    def amount(self) -> Decimal:
        return sum((amount for _, amount in self.lines), Decimal(0))

    @property
    def is_open(self) -> bool:
        return bool(self.lines) and self.request is None


def wishes(plan: Scenario) -> list[Wish]:
    """All of a plan, in five queries however large it is."""
    lines = list(
        plan.lines.select_related("initiative__cost_object", "pool__department", "pool__year").order_by("initiative", "pool")
    )
    things = {line.initiative.cost_object_id for line in lines}
    accounts = Account.objects.filter(cost_object__in=things, pool__in={line.pool_id for line in lines})
    balances = accounts.values_list("cost_object", "pool").annotate(Sum("balance")).order_by()
    given = {(thing, pool): balance for thing, pool, balance in balances}
    asking = FundingRequest.objects.filter(state__in=OPEN, seed=False, cost_object__in=things, lines__pool__year=plan.year_id)
    found = {(one.cost_object_id, one.currency): one for one in asking.distinct().order_by("pk")}
    drafts = PlanDraft.objects.filter(scenario=plan).select_related("request")
    found |= {(one.request.cost_object_id, one.currency): one.request for one in drafts}
    wanted: dict[tuple[int, str], Wish] = {}
    for line in lines:
        key = line.initiative.cost_object_id, line.pool.currency
        wish = wanted.setdefault(key, Wish(line.initiative, line.pool.currency, request=found.get(key)))
        if (rest := line.amount - given.get((key[0], line.pool_id), Decimal(0))) > 0:
            wish.lines.append((line.pool, rest))
    return list(wanted.values())


class PlanDraftQuerySet(models.QuerySet["PlanDraft"]):
    def obstacle_to_draft(self, plan: Scenario, by: User) -> str | None:
        """Say in one sentence why `by` cannot draft the requests of this scenario, or None."""
        if not by.standing.holds("cxo"):
            return "Only the CXO drafts the requests of a plan."
        return None if plan.state == ScenarioState.APPROVED else "Only the plan of a year asks for money; approve it first."

    @transaction.atomic
    def draft_all(self, plan: Scenario, *, by: User) -> tuple[list[FundingRequest], list[str]]:
        """Draft a request for each initiative and currency that nothing asks for yet; and say which are refused, and why.

        What pools gave since is not asked for again. Nothing is submitted.
        """
        plan.lock()
        if obstacle := self.obstacle_to_draft(plan, by):
            raise RuleBroken(obstacle)
        drafted, refused = list[FundingRequest](), list[str]()
        for wish in wishes(plan):
            if not wish.is_open:
                continue
            try:
                drafted.append(self._draft(plan, wish, by))
            except RuleBroken as said:
                refused.append(f"{wish.initiative.reference}: {said}")
        if not drafted:
            raise RuleBroken(" ".join(refused) or ALL_ASKED)
        plan.record("requested", by=by, requests=[one.pk for one in drafted])
        return drafted, refused

    @transaction.atomic
    def _draft(self, plan: Scenario, wish: Wish, by: User) -> FundingRequest:
        purpose = f"As the plan of {plan.year} says, {plan.name}: {wish.initiative.title}"
        request = FundingRequest.objects.draft(wish.initiative.cost_object, lines=wish.lines, purpose=purpose, by=by)
        self.create(scenario=plan, initiative=wish.initiative, currency=wish.currency, request=request)
        return request


class PlanDraft(models.Model):
    """That a request was drafted from a plan, for one initiative in one currency; once."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="+")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    request = models.OneToOneField(FundingRequest, models.PROTECT, related_name="+")

    objects = PlanDraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scenario", "initiative", "currency"],
                name=says("drafted_once", "The request for this was drafted from the plan already."),
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Request {self.request_id} of {self.scenario_id}"
