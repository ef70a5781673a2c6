"""Where a line belongs: the cost object that its reference names, and what keeps it from being posted there."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from initiatives.core.rules import RuleBroken
from initiatives.funding import above
from initiatives.funding.models import Account, Act, CostObject, FundingRequest, Kind, Pool, Why
from initiatives.funding.models.accounts import Move
from initiatives.funding.models.ceilings import mark_of
from initiatives.funding.models.entrusted import settled_by
from initiatives.funding.models.references import orders
from initiatives.funding.models.sharing import moves_of, paying
from initiatives.organization.models import User


@dataclass(frozen=True)
class Place:
    """What takes a line, or why it waits. `pool` pays alone, where an order of this one pool is named."""

    thing: CostObject | None = None
    pool: Pool | None = None
    nature: str | None = None
    why: Why | None = None
    problem: str = ""


class Places:
    """What references mean, and the balances of all that they mean, counted down as lines are planned."""

    def __init__(self, references: Collection[str], by: User) -> None:
        self.named, self.orders = above.referred(references), orders(references)
        ids = {*self.named.values(), *(thing for found in self.orders.values() for thing, _, _ in found)}
        self.things, self.over = CostObject.objects.in_bulk(ids), above.over(ids)
        self.accounts: dict[int, list[Account]] = {}
        accounts = Account.objects.filter(cost_object__in=ids).select_related("pool__year", "pool__department")
        for account in accounts.order_by("pool_id", "id"):
            assert account.cost_object_id is not None
            self.accounts.setdefault(account.cost_object_id, []).append(account)
        self.pools = {account.pool_id: account.pool for found in self.accounts.values() for account in found}
        settled = FundingRequest.objects.filter(settled_by(by), cost_object__in=ids)
        self.settled = set(settled.values_list("cost_object_id", "lines__pool_id"))

    def means(self, reference: str) -> bool:
        """Whether this reference names anything here."""
        return reference.upper() in self.named or reference.lower() in self.orders

    def of(self, facts: dict[str, Any]) -> Place:
        """Where the line belongs; what it takes there is counted."""
        reference = facts["reference"]
        if not reference:
            return Place(why=Why.REFERENCE, problem="It has no reference.")
        found = self.orders.get(reference.lower(), set())
        ids = {self.named[reference.upper()]} if reference.upper() in self.named else {thing for thing, _, _ in found}
        if len(ids) != 1:
            words = "Orders of several initiatives have this reference." if ids else "Nothing here has this reference."
            return Place(why=Why.REFERENCE, problem=words)
        thing = self.things[ids.pop()]
        pools, natures = {pool for _, pool, _ in found}, {nature for _, _, nature in found}
        pool = next((one.pool for one in self.accounts.get(thing.pk, ()) if pools == {one.pool_id}), None)
        nature = facts["nature"] or (natures.pop() if pool is not None and len(natures) == 1 else None)
        place = Place(thing, pool, nature)
        why, problem = self._obstacle(place, thing, facts)
        return replace(place, why=why, problem=problem)

    def _obstacle(self, place: Place, thing: CostObject, facts: dict[str, Any]) -> tuple[Why | None, str]:
        currency, given = facts["currency"], self.accounts.get(thing.pk, [])
        accounts = [account for account in given if account.pool.currency == currency]
        if thing.currency != currency and not accounts:
            return Why.CURRENCY, f"The line is in {currency}, the money it names in {thing.currency}."
        if thing.pk in self.over:
            return Why.OVER, "What this reference names is over."
        amount, day = facts["amount"], facts["day"]
        act, kind, to, words = SPENDING if amount > 0 else CREDITING
        late = [account.pool.year.obstacle_to_post(day, act) for account in accounts]
        if late and all(late):
            return Why.PERIOD, str(late[0])
        _, held = paying(accounts, day, place.nature, kind=kind, act=act)
        held = [one for one in held if place.pool is None or amount < 0 or one.pool_id == place.pool.pk]
        targets = {(one.pool_id, one.nature): one for one in accounts if one.kind == to}
        try:
            moves = moves_of(abs(amount), held, targets, currency, words)
        except RuleBroken as short:
            return Why.MONEY, str(short)
        if stopped := self._stopped(act, moves):
            return Why.REFUSED, stopped
        if any((thing.pk, move.source.pool_id) in self.settled for move in moves):
            return (
                Why.APPROVER,
                "Who imported the file asked for this money or approved it; another in finance posts the line.",
            )
        for move in moves:
            move.source.balance -= move.amount
            move.target.balance += move.amount
            self.pools[move.source.pool_id].spent += move.amount if act == Act.SPENT else -move.amount
        return None, ""

    def _stopped(self, act: Act, moves: list[Move]) -> str:
        """What the limit of a pool says that stops these, or nothing."""
        together: dict[int, Decimal] = {}
        for move in moves:
            together[move.source.pool_id] = together.get(move.source.pool_id, Decimal(0)) + move.amount
        marks = (mark_of(self.pools[pool], act, amount) for pool, amount in together.items())
        return next((mark.words for mark in marks if mark and mark.stops), "")


SPENDING = (Act.SPENT, Kind.COMMITTED, Kind.SPENT, "Committed and not spent")
CREDITING = (Act.CREDITED, Kind.SPENT, Kind.COMMITTED, "Spent and not credited")
