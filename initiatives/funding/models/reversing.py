"""What else judges a reversal: how far the limit of who reverses reaches, and pools' limits where it promises or pays again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from initiatives.core.rules import RuleBroken
from initiatives.funding.models.ceilings import judged
from initiatives.funding.models.deciders import Authority, financiers
from initiatives.funding.models.limits import ApprovalLimit
from initiatives.funding.models.posting import Act
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.funding.models.ledger import Transfer

AGAIN = {Act.DECOMMITTED: Act.COMMITTED, Act.CREDITED: Act.SPENT}  # what an act's reversal does once more


def obstacle_to_reach(by: User, amount: Decimal, currency: str) -> str | None:
    """Say in one sentence that so much is beyond the limit of `by`, or None. The same as in the trigger `reversed_by_another`."""
    authority = Authority(ApprovalLimit.objects.in_force())
    if not authority.rows or by in financiers(amount, currency, authority).people:
        return None
    return f"{amount:,.2f} {currency} is beyond the limit of {by}; somebody in finance whose limit reaches it can reverse this."


def judged_again(act: str, rows: "Sequence[Transfer]", *, by: User, owner: int | None, reason: str) -> dict[str, Any]:
    """What the reversal's journal keeps of the pools' limits; its reason is why it is let pass."""
    currency = rows[0].source.pool.currency
    if beyond := obstacle_to_reach(by, sum((row.amount for row in rows), Decimal(0)), currency):
        raise RuleBroken(beyond)
    if (again := AGAIN.get(Act(act))) is None:
        return {}
    return judged(again, [(row.source.pool, row.amount) for row in rows], by=by, owner=owner, because=reason[:300])
