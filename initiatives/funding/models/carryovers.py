"""Carrying forward: what a year that is over left free goes on into the same pool of the year that follows, by two in finance.

Each year keeps its own book: the money leaves the one by an entry of its last day, and enters the other by an entry of its own,
in the same transaction. So each entry bears a day of its pool's year, and the books of a closed year stay as they are.
"""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import RuleBroken, Stale, reason_given, says
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.carry_laws import CARRIED_INTO_THE_NEXT
from initiatives.funding.models.change_laws import made_by_two
from initiatives.funding.models.changes import Difference, PoolChange, PoolChangeQuerySet, one_by_one
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.natures import UNDIVIDED
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act, content_of, may_post, memo_of
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.funding.models.years import nearest_day
from initiatives.organization.models import User

CONFIRM_CARRYOVER = "funding.confirm_carryover"
NOWHERE = (
    "The year that follows has no pool of the same department, name, currency and kind of expenditure; the CXO opens it first."
)


def obstacle_to_carry(pool: Pool, into: Pool | None) -> str | None:
    """Say in one sentence why what this pool has free is not carried forward now, whoever asks, or None."""
    if pool.year.ends >= clock.company_day():
        return f"{pool.year} lasts until {pool.year.ends}; what is free then can be carried forward."
    if pool.year.obstacle_to_post(pool.year.ends, Act.CARRIED):
        return f"{pool.year} is closed through {pool.year.closed_through}; nothing is carried forward from it any more."
    if into is None:
        return NOWHERE
    if not pool.free:
        return f"{pool} has nothing free."
    return into.year.obstacle_to_post(nearest_day({into.year}), Act.BROUGHT)


class CarryOverQuerySet(PoolChangeQuerySet["CarryOver"]):
    def with_pools(self) -> Self:
        return super().with_pools().select_related("into__department", "into__year")

    def of(self, pool: Pool) -> Self:
        """Those that take from this pool or give to it."""
        return self.filter(Q(pool=pool) | Q(into=pool))

    def obstacle_to_propose(self, pool: Pool, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose to carry this pool's money forward, or None."""
        if not may_post(by):
            return "Only finance carries money forward."
        if self.waiting().filter(pool=pool).exists():
            return "A carryover of this pool waits already."
        return obstacle_to_carry(pool, Pool.objects.following(pool))

    @transaction.atomic
    def propose(self, pool: Pool, amount: Decimal, *, by: User, reason: str, shown: Decimal | None = None) -> "CarryOver":
        """Write down how much shall be carried forward; another person in finance is asked to confirm it.

        `shown` is what the form showed as free: Stale when it is another by now.
        """
        amount = exact(amount)
        pool.lock()
        by = User.objects.get(pk=by.pk)
        if shown is not None and shown != pool.free:
            raise Stale(f"What {pool} has free changed after you opened the page. Look at it again.")
        if obstacle := self.obstacle_to_propose(pool, by):
            raise RuleBroken(obstacle)
        carry = self.model(pool=pool, into=Pool.objects.following(pool), amount=amount, by=by, reason=reason_given(reason))
        if obstacle := carry.obstacle_to_take_effect():
            raise RuleBroken(obstacle)
        carry.save()
        carry.begin(by)
        return carry


class CarryOver(PoolChange):
    """An amount that leaves a pool of a year that is over for the same pool of the year that follows, when it is confirmed."""

    ASK, NOUN = CONFIRM_CARRYOVER, "carryover"

    into = models.ForeignKey(Pool, models.PROTECT, related_name="carried_into")
    amount = AmountColumn()

    objects = CarryOverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            *one_by_one("carryover"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("something_is_carried", "The amount must be greater than zero.")
            ),
            models.CheckConstraint(
                condition=~Q(pool=F("into")), name=says("carried_to_another_pool", "Money is carried into another pool.")
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, made_by_two("into_id", "amount"), CARRIED_INTO_THE_NEXT]

    @property
    def called(self) -> str:
        return self.NOUN

    @property
    def shown(self) -> str:
        return " ".join(str(figure) for pool in (self.pool, self.into) for figure in (pool.appropriated, pool.free))

    def differences(self) -> list[Difference]:
        both = ((self.pool, self.pool.free - self.amount), (self.into, self.into.free + self.amount))
        return [Difference(f"{pool}, free in {pool.currency}", f"{pool.free:,.2f}", f"{then:,.2f}") for pool, then in both]

    def obstacle_to_take_effect(self) -> str | None:
        """Say in one sentence why this is not carried forward now, or None: what is free only, into the pool that follows."""
        pool, into = self.pool, Pool.objects.following(self.pool)
        if obstacle := obstacle_to_carry(pool, into):
            return obstacle
        if into != self.into:
            return f"{self.into} is no longer the pool that follows {pool}; decline this and propose it anew."
        if pool.free < self.amount:
            return f"{pool} has {pool.free:,.2f} {pool.currency} free; {self.amount:,.2f} is not carried forward."
        return None

    def lock_pools(self) -> None:
        """In the order of their ids, as every act does that locks several."""
        for pool in sorted((self.pool, self.into), key=lambda pool: pool.pk):
            pool.lock()

    def take_effect(self, by: User, facts: dict[str, Any]) -> None:
        accounts = Account.objects.locked(*sorted((self.pool, self.into), key=lambda pool: pool.pk))
        for act, pool, kinds in (
            (Act.CARRIED, self.pool, (Kind.AVAILABLE, Kind.SOURCE)),
            (Act.BROUGHT, self.into, (Kind.SOURCE, Kind.AVAILABLE)),
        ):
            source, target = (accounts[pool.pk, kind, UNDIVIDED] for kind in kinds)
            journal = Journal.objects.post(
                act,
                [Move(source, target, self.amount)],
                by=by,
                key=None,
                content=content_of(act, carryover=self.pk),
                memo=memo_of(self.reason),
                carryover=self,
            )
            pool.record(act, by=by, reason=self.reason, **facts, amount=str(self.amount), journal=journal.pk)
