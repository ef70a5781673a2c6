"""One entry of the company's journal as its reader may read it: on the page, and as a row of a file."""

from collections.abc import Mapping
from dataclasses import dataclass

from initiatives.core.exports import Cell
from initiatives.funding.above import Name
from initiatives.funding.models import ActualLine, Transfer
from initiatives.funding.reports.journals import nature_of, thing_of

BOOK_HEADER = (
    "entry",
    "transfer",
    "day",
    "posted",
    "posted by",
    "act",
    "pool",
    "from",
    "from account",
    "to",
    "to account",
    "for",
    "cost object",
    "currency",
    "amount",
    "kind",
    "request",
    "transfer between pools",
    "reverses",
    "reversed by",
    "document",
    "memo",
    "beyond the limit because",
)


@dataclass
class BookEntry:
    """One transfer with its journal: `open` to the reader, or without name, words and people."""

    transfer: Transfer
    name: Name | None  # of what the money is for
    open: bool
    numbered: bool  # the reader reads each entry, so that no gap between the numbers tells anything
    pool_url: str
    request: int | None = None  # the request that was approved,
    line: ActualLine | None = None  # and the line of finance's file that was posted, where the reader may open them

    @property
    def nature(self) -> str:
        return nature_of(self.transfer)

    def told(self, name: str) -> str:
        """What the journal says, where the reader may read it."""
        return str(getattr(self.transfer.journal, name)) if self.open else ""

    @property
    def by(self) -> str:
        return self.told("by")

    @property
    def memo(self) -> str:
        return self.told("memo")

    @property
    def because(self) -> str:
        return self.told("because") if self.pool_url else ""


def of_names(cells: Mapping[str, Cell]) -> list[Cell]:
    return [cells.get(name) for name in BOOK_HEADER]


def cells_of(entry: BookEntry) -> list[Cell]:
    """One entry as a row of the file. Numbers that run through the whole ledger are for who reads each entry."""
    row, journal = entry.transfer, entry.transfer.journal
    cells: dict[str, Cell] = {"day": journal.on, "posted": journal.at, "posted by": entry.by, "act": journal.get_act_display()}
    cells |= {"pool": str(row.source.pool), "from": row.source.get_kind_display(), "to": row.target.get_kind_display()}
    cells |= {"for": entry.name.label if entry.name else "", "currency": row.source.pool.currency, "amount": row.amount}
    cells |= {"kind": entry.nature, "memo": entry.memo, "beyond the limit because": entry.because}
    cells |= {"request": entry.request, "document": entry.line.document if entry.line else ""}
    if entry.numbered:
        back = getattr(journal, "reversed_by", None)
        cells |= {"entry": journal.pk, "transfer": row.pk, "from account": row.source_id, "to account": row.target_id}
        cells |= {"cost object": thing_of(row), "transfer between pools": journal.virement_id}
        cells |= {"reverses": journal.reverses_id, "reversed by": back.pk if back else None}
    return of_names(cells)
