"""Between which accounts a posting moves money, and whether its form did so before: one question, under the pool's lock."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Exists, Q

from initiatives.core.prepared import prepared
from initiatives.core.rules import BadInput
from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.entrusted import settled_by
from initiatives.funding.models.ledger import Journal
from initiatives.funding.models.natures import UNDIVIDED
from initiatives.funding.models.posting import Act

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject
    from initiatives.funding.models.pools import Pool
    from initiatives.funding.models.years import FiscalYear
    from initiatives.organization.models import User

MOVES = {
    Act.COMMITTED: (Kind.ALLOCATED, Kind.COMMITTED),
    Act.DECOMMITTED: (Kind.COMMITTED, Kind.ALLOCATED),
    Act.SPENT: (Kind.COMMITTED, Kind.SPENT),
    Act.RELEASED: (Kind.ALLOCATED, Kind.AVAILABLE),
}


class Ends(NamedTuple):
    """The accounts where an act finds a cost object's money, and by nature those where it lays it."""

    pool: "Pool"
    sources: list[Account]
    targets: dict[str, Account]
    done: bool  # a form of this person's with this key was acted on already
    settled: bool  # this person asked for what is to be spent, or approved it

    @property
    def available(self) -> Account:
        """Where the pool's free money lies; of a release only."""
        return self.targets[UNDIVIDED]

    @property
    def year(self) -> "FiscalYear":
        return next(iter(self.targets.values())).pool.year

    def of(self, nature: str | None) -> tuple[Account | None, Account | None]:
        """From where to where money of this kind moves; without a kind, of the only one that lies there."""
        found = [row for row in self.sources if nature in (None, row.nature)]
        lying = [row for row in found if row.balance > 0] or found
        if len(lying) > 1:
            raise BadInput(f"Say which kind of expenditure it is: {self.pool} gave money of several kinds.")
        if not lying:
            return None, None
        return lying[0], self.targets.get(lying[0].nature, self.targets.get(UNDIVIDED))


def locked_ends(act: Act, pool: "Pool", cost_object: "CostObject", *, by: "User", key: UUID) -> Ends:
    """The ends of a posting, locked with the pool until the transaction ends. The caller has locked the cost object."""
    source, target = MOVES[act]
    asked = pool.pk, cost_object.pk, source, target, by.pk, key
    rows: list[Any] = _paying(cost_object.requests.model, *asked) if act == Act.SPENT else _prepared(*asked)
    return Ends(
        pool,
        [row for row in rows if row.kind == source],
        {row.nature: row for row in rows if row.kind == target},
        done=any(row.done for row in rows),
        settled=any(getattr(row, "settled", False) for row in rows),
    )


def _between(pool: Any, cost_object: Any, source: Any, target: Any, by: Any, key: Any) -> models.QuerySet[Account]:
    whose = Q(cost_object=None) | Q(cost_object_id=cost_object)
    rows = Account.objects.filter(whose, Q(kind=source) | Q(kind=target), pool_id=pool)
    return rows.annotate(done=Exists(Journal.objects.filter(by_id=by, key=key))).locking()


_prepared = prepared(_between)


@prepared
def _paying(requests: Any, pool: Any, cost_object: Any, source: Any, target: Any, by: Any, key: Any) -> models.QuerySet[Account]:
    had_a_part = requests.objects.filter(settled_by(by), cost_object_id=cost_object, lines__pool_id=pool)
    return _between(pool, cost_object, source, target, by, key).annotate(settled=Exists(had_a_part))


def not_enough(act: Act, source: Account | None, pool: "Pool", amount: Decimal) -> str:
    """Why so much cannot be posted: what lies where the act takes it from."""
    where = "Committed and not spent are" if MOVES[act][0] == Kind.COMMITTED else "Allocated and not committed are"
    return f"{where} {source.balance if source else 0:,.2f} {pool.currency} from {pool}; {amount:,.2f} is more."
