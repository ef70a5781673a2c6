"""Money of a closed year that a reversal brought back: finance gives it back to its pool, where nobody can use it any more."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.ends import Ends
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.posting import Act, may_post
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject


def given_back(
    cost_object: "CostObject",
    ends: Ends,
    amount: Decimal,
    *,
    by: User,
    key: UUID,
    content: str,
    reason: str,
    **more: Any,
) -> Journal:
    """Undo the allocation by so much: what is allocated first, then what is committed, for nothing is paid of it any more.

    A part of `CostObject.release`, which has locked the cost object and the pool. The entry bears a day of the closed year.
    """
    if not may_post(by):
        raise RuleBroken(f"{ends.year} is closed; only finance gives back what came of it by a reversal.")
    if not reason.strip():
        raise BadInput(f"{ends.year} is closed. Say why its money is given back.", field="memo")
    moves, missing = list[Move](), amount
    for account in _lying(cost_object, ends, more.get("nature")):
        if part := min(missing, account.balance):
            moves.append(Move(account, ends.available, part))
            missing -= part
    if missing:
        lies = amount - missing
        raise RuleBroken(f"Given and not spent are {lies:,.2f} {ends.pool.currency} from {ends.pool}; {amount:,.2f} is more.")
    uncommitted = sum((move.amount for move in moves if move.source.kind == Kind.ALLOCATED), Decimal(0))
    if held := cost_object.obstacle_to_use(Act.RELEASED, uncommitted, ends.pool.currency):
        raise RuleBroken(held)
    journal = Journal.objects.post(Act.RELEASED, moves, by=by, key=key, content=content, memo=reason, on=more.get("on"))
    cost_object.record(Act.RELEASED, by=by, reason=reason, pool=ends.pool.pk, amount=str(amount), journal=journal.pk)
    return journal


def _lying(cost_object: "CostObject", ends: Ends, nature: str | None) -> list[Account]:
    """What was given by the pool and is not spent: allocated before committed."""
    rows = Account.objects.filter(cost_object=cost_object, pool=ends.pool, kind__in=(Kind.ALLOCATED, Kind.COMMITTED))
    rows = rows if nature is None else rows.filter(nature=nature)
    return sorted(rows.locking(), key=lambda account: (account.kind, account.pk))
