"""Two change a budget: the CXO proposes that a pool gets or loses money, finance confirms; a cut finance may propose too."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import RuleBroken, Stale, reason_given, says
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.change_laws import PROPOSED_BY_ITS_PEOPLE, Way, made_by_two
from initiatives.funding.models.changes import Difference, PoolChange, PoolChangeQuerySet, one_by_one
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.natures import UNDIVIDED
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act, content_of, handles_money, may_post, memo_of
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.funding.models.years import FiscalYear, nearest_day
from initiatives.organization.models import Department, User

CONFIRM_BUDGET = "funding.confirm_budget"
ACTS = {Way.RAISE: Act.APPROPRIATED, Way.CUT: Act.CUT}


def ways_open_to(user: User) -> list[Way]:
    """How this person may propose to change a budget."""
    if not handles_money(user):
        return []
    return list(Way) if user.standing.holds("cxo") else [Way.CUT] if may_post(user) else []


class BudgetChangeQuerySet(PoolChangeQuerySet["BudgetChange"]):
    def obstacle_to_propose(self, way: Way, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose to change a budget in this way, or None."""
        if way in ways_open_to(by):
            return None
        return "Only the CXO or finance proposes to cut a budget." if way == Way.CUT else "Only the CXO proposes a budget."

    @transaction.atomic
    def propose(
        self,
        pool: Pool,
        way: Way,
        amount: Decimal,
        *,
        by: User,
        reason: str,
        on: date | None = None,
        shown: Decimal | None = None,
    ) -> "BudgetChange":
        """Write down by how much the budget of a pool shall change; finance is asked to confirm it.

        `on` is the day that it counts from. `shown` is the budget that the form showed: Stale when it is another by now.
        """
        amount, way = exact(amount), Way(way)
        pool.lock()
        by = User.objects.get(pk=by.pk)
        if shown is not None and shown != pool.appropriated:
            raise Stale(f"The budget of {pool} changed after you opened the page. Look at it again.")
        if obstacle := self.obstacle_to_propose(way, by):
            raise RuleBroken(obstacle)
        if self.waiting().filter(pool=pool).exists():
            raise RuleBroken("A change of the budget of this pool waits already.")
        change = self.model(pool=pool, way=way, amount=amount, by=by, reason=reason_given(reason), on=on)
        if obstacle := change.obstacle_to_take_effect():
            raise RuleBroken(obstacle)
        change.save()
        change.begin(by)
        return change

    @transaction.atomic
    def open_pool(
        self,
        year: FiscalYear,
        department: Department | None,
        amount: Decimal,
        *,
        by: User,
        reason: str,
        currency: str = settings.CURRENCY,
        name: str = "",
    ) -> "BudgetChange":
        """Open a pool of a department, or of the company; it is empty until its first budget is confirmed.

        The plain one has no name; each other one says by its name what it is for.
        """
        if obstacle := self.obstacle_to_propose(Way.RAISE, by):
            raise RuleBroken(obstacle)
        name = " ".join(name.split())
        pool, new = Pool.objects.get_or_create(
            year=year, department=department, name__iexact=name, defaults={"currency": currency, "name": name}
        )
        if not new:
            raise RuleBroken(f"{pool} is open already; propose to raise its budget instead.")
        Account.objects.open_for(pool)
        pool.record("opened", by=by, currency=pool.currency)
        return self.propose(pool, Way.RAISE, amount, by=by, reason=reason)


class BudgetChange(PoolChange):
    """An amount by which the budget of a pool is raised, or cut, when another person confirms it."""

    ASK, NOUN = CONFIRM_BUDGET, "budget"

    way = models.CharField(max_length=5, choices=Way)
    amount = AmountColumn()
    on = models.DateField(null=True, blank=True)  # to which the entry belongs; none: the day of the confirmation

    objects = BudgetChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            *one_by_one("budget_change"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("budgets_change_by_something", "The amount must be greater than zero.")
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, made_by_two("way", "amount", '"on"'), PROPOSED_BY_ITS_PEOPLE]

    @property
    def shown(self) -> str:
        return f"{self.pool.appropriated} {self.pool.free}"

    def differences(self) -> list[Difference]:
        now = self.pool.appropriated
        then = now + self.amount if self.way == Way.RAISE else now - self.amount
        words = f"{self.get_way_display()} by {self.amount:,.2f} {self.pool.currency}"
        return [Difference(words, f"{now:,.2f}", f"{then:,.2f}")]

    def obstacle_to_take_effect(self) -> str | None:
        """Say in one sentence why the budget cannot change so now, or None: only free money is cut, in a period that is open."""
        pool = self.pool
        if self.way == Way.CUT and pool.free < self.amount:
            return f"{pool} has {pool.free:,.2f} {pool.currency} free; its budget is not cut by {self.amount:,.2f}."
        return pool.year.obstacle_to_post(self.on or nearest_day({pool.year}), ACTS[Way(self.way)])

    def take_effect(self, by: User, facts: dict[str, Any]) -> None:
        accounts, act = Account.objects.locked(self.pool), ACTS[Way(self.way)]
        ends = [accounts[self.pool_id, kind, UNDIVIDED] for kind in (Kind.SOURCE, Kind.AVAILABLE)]
        source, target = ends if self.way == Way.RAISE else reversed(ends)
        journal = Journal.objects.post(
            act,
            [Move(source, target, self.amount)],
            by=by,
            key=None,
            content=content_of("budget", change=self.pk),
            memo=memo_of(self.reason),
            on=self.on,
            budget_change=self,
        )
        self.pool.record(act, by=by, reason=self.reason, **facts, amount=str(self.amount), journal=journal.pk)
