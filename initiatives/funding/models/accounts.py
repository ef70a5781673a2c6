"""Accounts: the heaps of a pool's money, between which transfers move it. The database keeps their balances."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from django.db import models
from django.db.models import Q

from initiatives.core.money import AmountColumn
from initiatives.core.prepared import prepared
from initiatives.core.rules import says
from initiatives.funding.models.natures import A_NATURE, OF_ITS_POOLS_KIND, UNDIVIDED, Nature
from initiatives.funding.models.triggers import NEVER_DELETED, kept_by_the_database, never_changes

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject
    from initiatives.funding.models.pools import Pool


class Kind(models.TextChoices):
    """What the money on an account is. Only a source may be below zero: it is where a pool's money came from."""

    SOURCE = "source", "Source"
    AVAILABLE = "available", "Free"
    ALLOCATED = "allocated", "Allocated, not committed"
    COMMITTED = "committed", "Committed"
    SPENT = "spent", "Spent"


POOLS_OWN = (Kind.SOURCE, Kind.AVAILABLE)
COST_OBJECTS = (Kind.ALLOCATED, Kind.COMMITTED, Kind.SPENT)


class AccountQuerySet(models.QuerySet["Account"]):
    def locked(self, *pools: "Pool", cost_object: "CostObject | None" = None) -> "dict[tuple[int, str, str], Account]":
        """The accounts by pool, kind and nature, locked with their pools in the order of ids until the transaction ends."""
        keys = [pool.pk for pool in pools]
        rows = _own(keys) if cost_object is None else _own_and_given(keys, cost_object.pk)
        return {(row.pool_id, row.kind, row.nature): row for row in rows}

    def of(self, pools: Any, *cost_objects: Any) -> Self:
        """The accounts of pools themselves, and those with one cost object, locked as `locked` says."""
        whose = Q(cost_object=None)
        for cost_object in cost_objects:
            whose |= Q(cost_object_id=cost_object)
        return self.filter(whose, pool__pk__among=pools).locking()

    def locked_of(self, cost_object: "CostObject", currency: str) -> "list[Account]":
        """Its accounts in all pools that gave in this currency, locked with them in the order of ids until the end."""
        return list(self.filter(cost_object=cost_object, pool__currency=currency).locking())

    def locking(self) -> Self:
        """Each pool before its accounts. Whoever waited for a pool reads what stands there now, but only of rows that are locked:
        the pool alone would come with the balances of before.
        """
        rows = self.select_related("pool__year").order_by("pool_id", "id")
        return rows.select_for_update(of=("pool", "self"), no_key=True)

    def open_for(self, *pools: "Pool", cost_object: "CostObject | None" = None, nature: str = UNDIVIDED) -> None:
        """Make sure that the accounts exist; a cost object's for money of this nature."""
        kinds = POOLS_OWN if cost_object is None else COST_OBJECTS
        accounts = [Account(pool=pool, kind=kind, cost_object=cost_object, nature=nature) for pool in pools for kind in kinds]
        self.bulk_create(accounts, ignore_conflicts=True)


class Account(models.Model):
    """One heap of a pool's money: free, or with one cost object in one of its stages."""

    pool = models.ForeignKey("funding.Pool", models.PROTECT, related_name="accounts")
    cost_object = models.ForeignKey("funding.CostObject", models.PROTECT, null=True, related_name="accounts")
    kind = models.CharField(max_length=10, choices=Kind)
    nature = models.CharField(max_length=5, choices=Nature, blank=True)  # of what was given; none: nobody divided it
    balance = AmountColumn(default=Decimal(0), editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pool", "cost_object", "kind", "nature"],
                nulls_distinct=False,
                name=says("one_account_of_a_kind", "This account exists."),
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0) | Q(kind=Kind.SOURCE),
                name=says("account_not_negative", "There is not that much money left there."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=POOLS_OWN, cost_object=None, nature=UNDIVIDED)
                | (Q(kind__in=COST_OBJECTS, cost_object__isnull=False) & A_NATURE),
                name=says("account_in_the_right_place", "This account does not belong there."),
            ),
        ]
        triggers: ClassVar = [
            NEVER_DELETED,
            kept_by_the_database("balance"),
            never_changes("stays_what_it_is", "pool_id", "cost_object_id", "kind", "nature"),
            OF_ITS_POOLS_KIND,
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.pool}"


@prepared
def _own(pools: list[int]) -> models.QuerySet[Account]:
    return Account.objects.of(pools)


@prepared
def _own_and_given(pools: list[int], cost_object: int) -> models.QuerySet[Account]:
    return Account.objects.of(pools, cost_object)


class Move(NamedTuple):
    """One transfer to be: an amount from one account to another."""

    source: Account
    target: Account
    amount: Decimal
