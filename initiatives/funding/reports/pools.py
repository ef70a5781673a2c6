"""Pools of a year, and one pool: each figure with the records that it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from initiatives.core.exports import Cell
from initiatives.funding import above
from initiatives.funding.models import Account, FiscalYear, FundingRequest, Kind, Pool, Transfer
from initiatives.funding.reports.journals import JOURNAL_ACTS, NONE, ROWS, Given, Page, journal
from initiatives.funding.reports.requests import RequestRow, request_rows
from initiatives.organization.models import User


@dataclass
class Pools:
    """The pools of one fiscal year that the reader may see, and their sums."""

    year: FiscalYear | None
    years: list[FiscalYear]
    rows: list[Pool]
    totals: dict[str, Decimal]
    currency: str

    @property
    def uncommitted(self) -> Decimal:
        return self.totals["allocated"] - self.totals["committed"] - self.totals["spent"]


def pools(user: User, years: list[FiscalYear], year: FiscalYear | None) -> Pools:
    rows = list(Pool.objects.visible_to(user).filter(year=year).in_order()) if year else []
    names = ("appropriated", "free", "asked", "allocated", "committed", "spent")
    totals = {name: sum((getattr(pool, name) for pool in rows), NONE) for name in names}
    return Pools(year, years, rows, totals, rows[0].currency if rows else "")


def given(user: User, pool: Pool) -> list[Given]:
    """By cost object, the largest first; what may not be opened is one line, so that the sum agrees with the pool."""
    rows: dict[int, Given] = {}
    balances = Account.objects.filter(pool=pool, cost_object__isnull=False).exclude(balance=0)
    for cost_object, kind, balance in balances.values_list("cost_object_id", "kind", "balance"):
        row = rows.setdefault(cost_object, Given(above.RESTRICTED))
        setattr(row, "left" if kind == Kind.ALLOCATED else kind, balance)
    names = above.names(user, rows)
    restricted = Given(above.RESTRICTED)
    open_rows = []
    for cost_object, row in rows.items():
        if cost_object in names:
            row.name = names[cost_object]
            open_rows.append(row)
        else:
            restricted.left += row.left
            restricted.committed += row.committed
            restricted.spent += row.spent
    open_rows.sort(key=lambda row: (-row.allocated, row.name.label))
    return [*open_rows, restricted] if restricted.allocated else open_rows


@dataclass
class PoolPage:
    pool: Pool
    given: list[Given]
    requests: "list[RequestRow]"
    journal: Page
    act: str  # the journal shows this act only, or all
    acts: tuple[str, ...] = JOURNAL_ACTS


def pool_page(user: User, pool: Pool, *, act: str = "", before: int | None = None) -> PoolPage:
    waiting = FundingRequest.objects.visible_to(user).undecided().with_people().filter(lines__pool=pool)
    entries = pool_entries(user, pool, act=act, before=before)
    return PoolPage(pool, given(user, pool), request_rows(user, waiting, of=pool), entries, act)


def pool_entries(user: User, pool: Pool, *, act: str = "", before: int | None = None, rows: int = ROWS) -> Page:
    transfers = Transfer.objects.of_pool(pool)
    transfers = transfers.filter(journal__act=act) if act in JOURNAL_ACTS else transfers
    return journal(user, transfers, one_by_one=user.standing.holds("finance"), before=before, rows=rows)


FILE_ROWS = 5_000  # read at once for a file
JOURNAL_HEADER = ("at", "act", "for", "memo", "by", "currency", "amount", "effect on free", "day")


def journal_rows(user: User, pool: Pool, *, act: str = "") -> Iterator[list[Cell]]:
    """The rows of the pool's journal for a file: those of its pages, nothing else."""
    before, more = None, True
    while more:
        part = pool_entries(user, pool, act=act, before=before, rows=FILE_ROWS)
        for entry in part.entries:
            yield [entry.at, entry.act, entry.label, entry.memo, entry.by, pool.currency, entry.amount, entry.effect, entry.on]
        before, more = part.older, part.older is not None
