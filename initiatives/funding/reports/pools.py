"""Pools of a year, and one pool: each figure with the records that it is made of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from django.conf import settings

from initiatives.core import clock
from initiatives.core.exports import Cell
from initiatives.funding import above
from initiatives.funding.models import (
    Account,
    Act,
    BudgetChange,
    CarryOver,
    ControlChange,
    ExchangeRate,
    FiscalYear,
    FundingRequest,
    Pool,
    Transfer,
)
from initiatives.funding.models.changes import PoolChange
from initiatives.funding.models.natures import nature_name
from initiatives.funding.models.posting import may_post
from initiatives.funding.reports.currencies import in_company_totals
from initiatives.funding.reports.guardrails import outside_now
from initiatives.funding.reports.journals import NONE, ROWS, Given, Page, journal
from initiatives.funding.reports.requests import RequestRow, request_rows
from initiatives.organization.models import User

Changes = list[tuple[PoolChange, str | None]]
FIGURES = ("appropriated", "free", "asked", "allocated", "committed", "spent")


@dataclass
class Pools:
    """The pools of one fiscal year that the reader may see, and their sums."""

    year: FiscalYear | None
    years: list[FiscalYear]
    rows: list[Pool]
    totals: dict[str, Decimal]
    currency: str
    used: list[ExchangeRate] = field(default_factory=list)  # that the totals are counted with
    left_out: list[str] = field(default_factory=list)  # currencies that the totals leave out, because they have no rate
    outside: tuple[int, int] | None = None  # of how many guardrails the year's money is outside, and of how many

    @property
    def uncommitted(self) -> Decimal:
        return self.totals["allocated"] - self.totals["committed"] - self.totals["spent"]


def pools(user: User, years: list[FiscalYear], year: FiscalYear | None) -> Pools:
    """The pools of one currency are added up in it; those of several in the company's, at the newest rates of the day."""
    rows = list(Pool.objects.visible_to(user).filter(year=year).in_order()) if year else []
    return totalled(rows, years, year, outside_now(user, year) if year else None)


def totalled(rows: list[Pool], years: list[FiscalYear], year: FiscalYear | None, outside: tuple[int, int] | None = None) -> Pools:
    """These pools with their sums."""
    kept = {pool.currency for pool in rows}
    if len(kept) < 2:
        plain = {name: sum((getattr(pool, name) for pool in rows), NONE) for name in FIGURES}
        return Pools(year, years, rows, plain, next(iter(kept), ""), outside=outside)
    rates = ExchangeRate.objects.on(clock.company_day())
    left_out = sorted(kept - rates.keys() - {settings.CURRENCY})
    used = [rates[code] for code in sorted(kept & rates.keys())]
    return Pools(year, years, rows, in_company_totals(rows, FIGURES, rates), settings.CURRENCY, used, left_out, outside)


def given(user: User, pools: Collection[Pool]) -> tuple[list[Given], list[Given]]:
    """By cost object, the largest first, and by kind of expenditure.

    What may not be opened is one line, so that the sum agrees with the pools.
    """
    rows: dict[int, Given] = {}
    natures: dict[str, Given] = {}
    balances = Account.objects.filter(pool__in=pools, cost_object__isnull=False).exclude(balance=0)
    for cost_object, kind, nature, balance in balances.values_list("cost_object_id", "kind", "nature", "balance"):
        rows.setdefault(cost_object, Given(above.RESTRICTED)).add(kind, balance)
        natures.setdefault(nature, Given(above.RESTRICTED, nature=nature)).add(kind, balance)
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
    found = [*open_rows, restricted] if restricted.allocated else open_rows
    return found, [natures[nature] for nature in sorted(natures, reverse=True)] if any(natures) else []


@dataclass
class PoolPage:
    pool: Pool
    given: list[Given]
    natures: list[Given]  # the same by kind of expenditure, where the pool divides them
    requests: "list[RequestRow]"
    journal: Page
    act: str  # the journal shows this act only, or all
    restrictions: list[str] = field(default_factory=list)  # for what it gives money, where that is not everything
    changes: Changes = field(default_factory=list)  # that wait, and why the reader cannot decide
    carries: bool = False  # whether what it has free can be carried forward, and the reader may propose it
    acts: Collection[str] = tuple(Act.values)


def pool_page(user: User, pool: Pool, *, act: str = "", before: int | None = None) -> PoolPage:
    waiting = FundingRequest.objects.visible_to(user).undecided().with_people().filter(pk__in=pool.lines.values("request"))
    entries = pool_entries(user, pool, act=act, before=before)
    rows = request_rows(user, waiting, of=pool)
    over = pool.year.ends < clock.company_day() and not pool.year.is_closed
    carries = over and pool.free > 0 and may_post(user)
    return PoolPage(pool, *given(user, [pool]), rows, entries, act, restrictions(pool), changes(user, pool), carries)


def changes(user: User, pool: Pool) -> Changes:
    """What is proposed for the pool and waits, each with what keeps the reader from deciding it."""
    budgets, controls = (kind.objects.waiting().filter(pool=pool).with_pools() for kind in (BudgetChange, ControlChange))
    carried = CarryOver.objects.waiting().of(pool).with_pools()
    return [(change, change.obstacle_to_decide(user)) for change in chain[PoolChange](budgets, controls, carried)]


def restrictions(pool: Pool) -> list[str]:
    """For what the pool gives money, a sentence each; nothing where it gives for everything."""
    found = [f"It pays {nature_name(pool.nature).lower()} only."] if pool.nature else []
    for rows, words in ((pool.for_departments.in_order(), "departments"), (pool.for_stages.all(), "stages")):
        if names := [getattr(row, "title", str(row)) for row in rows]:
            found.append(f"It gives money for these {words} only: {', '.join(names)}.")
    if pool.for_types:
        found.append(f"It gives money for initiatives of these types only: {', '.join(pool.type_names)}.")
    return [*found, *filter(None, (pool.posting_words, pool.seed_words))]


def pool_entries(user: User, pool: Pool, *, act: str = "", before: int | None = None, rows: int = ROWS) -> Page:
    transfers = Transfer.objects.of_pool(pool)
    transfers = transfers.filter(journal__act=act) if act in Act.values else transfers
    return journal(user, transfers, one_by_one=user.standing.holds("finance"), before=before, rows=rows)


FILE_ROWS = 5_000  # read at once for a file
JOURNAL_HEADER = ("at", "act", "for", "memo", "by", "currency", "amount", "effect on free", "day", "kind")


def journal_rows(user: User, pool: Pool, *, act: str = "") -> Iterator[list[Cell]]:
    """The rows of the pool's journal for a file: those of its pages, nothing else."""
    before, more = None, True
    while more:
        part = pool_entries(user, pool, act=act, before=before, rows=FILE_ROWS)
        for entry in part.entries:
            what = [entry.at, entry.act, entry.label, entry.memo, entry.by]
            yield [*what, pool.currency, entry.amount, entry.effect, entry.on, entry.nature]
        before, more = part.older, part.older is not None
