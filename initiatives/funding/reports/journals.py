"""Transfers and balances as pages show them, under names that the reader may know."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Kind, Transfer
from initiatives.funding.models.ledger import TransferQuerySet
from initiatives.organization.models import User

NONE = Decimal(0)


@dataclass
class Given:
    """What one pool gave to one cost object, or to all those together that the reader may not open."""

    name: Name
    left: Decimal = NONE
    committed: Decimal = NONE
    spent: Decimal = NONE

    @property
    def allocated(self) -> Decimal:
        return self.left + self.committed + self.spent


@dataclass
class Entry:
    """One transfer as a pool's or a cost object's journal shows it."""

    act: str
    amount: Decimal
    name: Name | None = None
    at: datetime | None = None
    by: str = ""
    memo: str = ""
    effect: Decimal = NONE  # on what is free in the pool
    journal: int = 0
    obstacle: str = ""  # to its reversal
    key: UUID = field(default_factory=uuid4)

    @property
    def label(self) -> str:
        return self.name.label if self.name else ""


JOURNAL_ACTS = ("appropriated", "allocated", "committed", "spent", "released", "transferred", "reversed")


def journal(user: User, transfers: TransferQuerySet, *, one_by_one: bool) -> list[Entry]:
    """The transfers, newest first. What the reader may not open is one line an act, without name, text, day or count.

    Finance reads each entry (`one_by_one`), though not the name or the text of what it may not open.
    """
    rows = list(
        transfers.select_related("journal__by", "journal__reversed_by", "journal__virement", "source", "target").newest_first()
    )
    ids = {row.target.cost_object_id or row.source.cost_object_id for row in rows} - {None}
    names = above.names(user, {pk for pk in ids if pk is not None})
    entries: list[Entry] = []
    merged: dict[str, Entry] = {}
    for row in rows:
        cost_object = row.target.cost_object_id or row.source.cost_object_id
        open_to_reader = cost_object is None or cost_object in names
        if not open_to_reader and not one_by_one:
            entry = merged.setdefault(row.journal.act, Entry(row.journal.get_act_display(), NONE, above.RESTRICTED))
            entry.amount += row.amount
            entry.effect += _effect(row)
            continue
        entries.append(
            Entry(
                row.journal.get_act_display(),
                row.amount,
                names.get(cost_object, above.RESTRICTED) if cost_object else _other_pool(row),
                row.journal.at,
                str(row.journal.by) if open_to_reader else "",
                row.journal.memo if open_to_reader else "",
                _effect(row),
                row.journal_id,
                row.journal.obstacle_to_reverse(user) or "",
            )
        )
    return [*entries, *merged.values()]


def _effect(row: Transfer) -> Decimal:
    return row.amount * ((row.target.kind == Kind.AVAILABLE) - (row.source.kind == Kind.AVAILABLE))


def _other_pool(row: Transfer) -> Name | None:
    """Of a transfer between pools, what leads to both sides."""
    virement = row.journal.virement
    return Name(str(virement), virement.get_absolute_url()) if virement else None
