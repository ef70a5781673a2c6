"""Money that came back, and money that was spent without an order: the two ways of an actual beside `CostObject.spend`."""

from decimal import Decimal
from typing import Unpack
from uuid import UUID

from django.db import transaction

from initiatives.core.money import exact
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.posting import Act, More, content_of
from initiatives.funding.models.sharing import moves_of, paying, shares
from initiatives.organization.models import User


@transaction.atomic
def credit(
    cost_object: CostObject, amount: Decimal, *, by: User, key: UUID | None = None, memo: str = "", **more: Unpack[More]
) -> Journal:
    """Post a credit note: spent money that came back is committed again, in each pool by what it has paid.

    It is an entry of its own day and not a reversal, which undoes one whole entry: a credit note may be of a part, or of
    several actuals. Into closed periods it is not posted.
    """
    amount = exact(amount)
    cost_object.lock()
    content = content_of("credit", cost_object=cost_object.pk, amount=amount, memo=memo, **more)
    if done := Journal.done_before(by, key, content):
        return done
    currency = more.get("currency") or cost_object.currency
    accounts = Account.objects.locked_of(cost_object, currency)
    day, held = paying(accounts, more.get("on"), more.get("nature"), kind=Kind.SPENT, act=Act.CREDITED)
    if obstacle := cost_object.obstacle_to_spend(by, *(account.pool for account in held)):
        raise RuleBroken(obstacle)
    back = {(account.pool_id, account.nature): account for account in accounts if account.kind == Kind.COMMITTED}
    moves = moves_of(amount, held, back, currency, SPENT)
    journal = Journal.objects.post(Act.CREDITED, moves, by=by, key=key, content=content, memo=memo, on=day)
    cost_object.record(Act.CREDITED, by=by, reason=memo, amount=str(amount), journal=journal.pk)
    return journal


@transaction.atomic
def spend_unplanned(
    cost_object: CostObject, amount: Decimal, *, by: User, reason: str, memo: str = "", **more: Unpack[More]
) -> Journal:
    """Post an actual of which too little was committed: what is missing is committed first, for this reason, then spent.

    It is taken from what is allocated and no gate holds, in each pool by what it has left. What is not allocated stays refused.
    The reason lets it pass the limit of a pool as well.
    """
    amount, nature, because = exact(amount), more.get("nature"), reason.strip()[:300]
    if not reason.strip():
        raise BadInput("Say why money is spent that nobody committed.")
    cost_object.lock()
    currency = more.get("currency") or cost_object.currency
    accounts = Account.objects.locked_of(cost_object, currency)
    day, held = paying(accounts, more.get("on"), nature)
    missing = amount - sum((account.balance for account in held), Decimal(0))
    if missing > 0:
        _, unused = paying(accounts, day, nature, kind=Kind.ALLOCATED, act=Act.COMMITTED)
        lying = {(account.pool_id, account.nature): account for account in unused}
        left = {heap: account.balance for heap, account in lying.items()}
        most = min(sum(left.values(), Decimal(0)), cost_object.open_in(currency))
        if missing > most:
            raise RuleBroken(f"{missing:,.2f} {currency} more would have to be committed; {most:,.2f} is open to it.")
        for heap, part in shares(missing, left).items():
            cost_object.commit(
                lying[heap].pool,
                part,
                by=by,
                memo=f"Unplanned: {reason}"[:300],
                on=day,
                nature=lying[heap].nature,
                because=because,
            )
    more |= {"on": day, "nature": nature, "because": because}
    return cost_object.spend(None, amount, by=by, memo=memo, **more)


SPENT = "Spent and not credited"
