"""What a pool has and how it is kept, set as it is done: one person proposes, another confirms."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from initiatives.funding.models import BudgetChange, ControlChange, FiscalYear, Journal, Pool, Way
from initiatives.funding.models.keeping import CHOSEN
from initiatives.journey.models import MapPolicy
from initiatives.organization.models import Department, User
from tests.cast import Cast


def opened(
    cast: Cast,
    year: FiscalYear,
    department: Department | None,
    amount: Decimal,
    *,
    by: User,
    currency: str = settings.CURRENCY,
    name: str = "",
) -> Pool:
    """A pool with its first budget, which the CXO proposed and `by` in finance confirmed."""
    change = BudgetChange.objects.open_pool(
        year, department, amount, by=cast.cxo, reason="The budget of the year", currency=currency, name=name
    )
    change.confirm(by=by)
    return Pool.objects.get(pk=change.pool_id)


def no_case_needed(cast: Cast) -> None:
    """For tests of money that are not about the business case: the CXO lets it be asked for without one."""
    MapPolicy.objects.create(funding_needs_case=False, by=cast.cxo, reason="Nobody has time for numbers.")


def raised(cast: Cast, pool: Pool, amount: Decimal, *, by: User, way: str = Way.RAISE, reason: str = "A supplement") -> Journal:
    """Its budget changed as the CXO proposes and `by` in finance confirms; the entry that moved it."""
    change = BudgetChange.objects.propose(pool, Way(way), amount, by=cast.cxo, reason=reason)
    change.confirm(by=by)
    return Journal.objects.get(budget_change=change)


def kept(cast: Cast, pool: Pool, **asked: Any) -> None:
    """Keep the pool so, where it is not kept so already."""
    pool.refresh_from_db()
    chosen = {name: set(getattr(pool, name).all()) for name in CHOSEN if name in asked}
    if any((chosen[name] if name in chosen else getattr(pool, name)) != value for name, value in asked.items()):
        change = ControlChange.objects.propose(pool, by=cast.finance, reason="The budget of the year", **asked)
        change.confirm(by=cast.second_finance)
        pool.refresh_from_db()
