"""What was asked and given of a year's pools until now, beside what the plan of the year says, where there is one."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.db.models import Sum

from initiatives.funding import above
from initiatives.funding.models import Account, FundingRequest, Pool, RequestLine, State
from initiatives.funding.reports.currencies import NONE, Counted, in_one_currency
from initiatives.organization.models import User


class Asked(Protocol):
    """What one pool is asked for."""

    pool: Pool
    amount: Decimal


def given(year: int, things: Collection[int] | None = None) -> Counted:
    """What pools of the year gave, spent or not, by cost object, in the company's currency; `things`: to these only."""
    found = Account.objects.filter(pool__year=year, cost_object__isnull=False)
    found = found if things is None else found.filter(cost_object__in=things)
    return in_one_currency(found.values_list("cost_object_id", "pool__currency").annotate(Sum("balance")).order_by())


def waiting(year: int, things: Collection[int] | None = None) -> Counted:
    """What undecided requests ask of pools of the year."""
    undecided = FundingRequest.objects.undecided()
    found = RequestLine.objects.filter(pool__year=year, request__in=undecided.values("pk"))
    found = found if things is None else found.filter(request__cost_object__in=things)
    return in_one_currency(found.values_list("request__cost_object_id", "pool__currency").annotate(Sum("amount")).order_by())


@dataclass(frozen=True)
class Against:
    """What the plan of a year gives to something, and what was asked and given until now. It says so, and stops nothing."""

    year: str
    url: str
    planned: Decimal
    so_far: Decimal
    unpriced: list[str]  # amounts that have no exchange rate

    @property
    def over(self) -> Decimal:
        """By how much it is above the plan, or zero."""
        return max(self.so_far - self.planned, NONE)


def against_plan(user: User, request: FundingRequest, lines: Collection[Asked]) -> list[Against]:
    """For who may read the plan of a year: what this request, with all before it, is beside it. A draft counts itself."""
    thing, found = request.cost_object_id, []
    if request.state in (State.DECLINED, State.WITHDRAWN, State.EXPIRED) or not lines:
        return []
    for year, plan in sorted(above.planned(user, request.cost_object, {line.pool.year_id for line in lines}).items()):
        mine = [(thing, line.pool.currency, line.amount) for line in lines if line.pool.year_id == year]
        sums = [given(year, [thing]), waiting(year, [thing]), in_one_currency(mine if request.state == State.DRAFT else [])]
        so_far = sum((one.amounts.get(thing, NONE) for one in sums), NONE)
        unpriced = [*plan.unpriced, *(words for one in sums for words in one.unpriced)]
        found.append(Against(plan.year, plan.url, plan.amount, so_far, unpriced))
    return found
