"""Transfers and balances as pages show them, under names that the reader may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Act, Kind, Transfer
from initiatives.funding.models.ledger import TransferQuerySet
from initiatives.funding.models.natures import nature_name
from initiatives.organization.models import User

NONE = Decimal("0.00")


@dataclass
class Given:
    """What one pool gave to one cost object, or to all those together that the reader may not open."""

    name: Name
    left: Decimal = NONE
    committed: Decimal = NONE
    spent: Decimal = NONE
    nature: str = ""  # which kind of expenditure

    def add(self, kind: str, balance: Decimal) -> None:
        """Count the balance of one more account in."""
        name = "left" if kind == Kind.ALLOCATED else kind
        setattr(self, name, getattr(self, name) + balance)

    @property
    def nature_name(self) -> str:
        return nature_name(self.nature)

    @property
    def allocated(self) -> Decimal:
        return self.left + self.committed + self.spent


@dataclass
class Entry:
    """One transfer as a pool's or a cost object's journal shows it."""

    act: str
    amount: Decimal
    name: Name | None = None
    on: date | None = None
    at: datetime | None = None
    by: str = ""
    memo: str = ""
    nature: str = ""  # which kind of expenditure, in words; nothing where it is not divided
    effect: Decimal = NONE  # on what is free in the pool
    over_limit: bool = False  # it went beyond the limit of its pool,
    because: str = ""  # and was let pass for this reason
    journal: int = 0
    obstacle: str = ""  # to its reversal
    line: str = ""  # the page of the line of finance's file that it was posted from, where the reader may open it
    currency: str = ""
    key: UUID = field(default_factory=uuid4)

    @property
    def label(self) -> str:
        return self.name.label if self.name else ""


THING = Coalesce("target__cost_object", "source__cost_object")


def thing_of(row: Transfer) -> int | None:
    return row.target.cost_object_id or row.source.cost_object_id


def nature_of(row: Transfer) -> str:
    """Which kind of expenditure, in words; nothing where it is not divided."""
    nature = row.target.nature or row.source.nature
    return nature_name(nature) if nature else ""


ROWS = 100  # on one page of a journal


@dataclass
class Page:
    """Some entries of a journal, newest first, and the key of the page with older ones: ?before=…"""

    entries: list[Entry]
    older: int | None = None


def journal(user: User, transfers: TransferQuerySet, *, one_by_one: bool, before: int | None = None, rows: int = ROWS) -> Page:
    """The transfers, newest first. What the reader may not open is one line an act, without name, text, day or count.

    Finance reads each entry (`one_by_one`), though not the name or the text of what it may not open. Pages are cut by key among
    what is shown, and the lines of the rest stand on the first page, so that no page says how much is hidden.
    """
    things = set(transfers.order_by().annotate(thing=THING).values_list("thing", flat=True).distinct()) - {None}
    names = above.names(user, {pk for pk in things if pk is not None})
    hidden = transfers.none() if one_by_one else transfers.annotate(thing=THING).filter(thing__in=things - names.keys())
    shown = transfers if one_by_one else transfers.annotate(thing=THING).filter(Q(thing=None) | Q(thing__in=names.keys()))
    shown = shown.filter(pk__lt=before) if before else shown
    papers = ("by", "reversed_by", "virement", "carryover", "actual_line")
    along = (*(f"journal__{name}" for name in papers), "source__pool", "target")
    found = list(shown.select_related(*along).newest_first()[: rows + 1])
    entries = [_entry(row, names, user) for row in found[:rows]]
    for row, entry in zip(found, entries, strict=False):
        line = getattr(row.journal, "actual_line", None) if one_by_one else None
        entry.line = line.get_absolute_url() if line is not None and entry.memo else ""
    older = found[rows - 1].pk if len(found) > rows else None
    return Page(entries if before else [*entries, *_merged(hidden)], older)


def _entry(row: Transfer, names: Mapping[int, Name], user: User) -> Entry:
    cost_object = thing_of(row)
    open_to_reader = cost_object is None or cost_object in names
    return Entry(
        row.journal.get_act_display(),
        row.amount,
        names.get(cost_object, above.RESTRICTED) if cost_object else _other_pool(row),
        row.journal.on,
        row.journal.at,
        str(row.journal.by) if open_to_reader else "",
        row.journal.memo if open_to_reader else "",
        nature_of(row),
        _effect(row),
        row.journal.over_limit and row.source.cost_object_id is not None,
        row.journal.because if open_to_reader else "",
        row.journal_id,
        row.journal.obstacle_to_reverse(user) or "",
        currency=row.source.pool.currency,
    )


def _merged(hidden: TransferQuerySet) -> list[Entry]:
    """One line for each act among what the reader may not open."""
    into, out = Q(target__kind=Kind.AVAILABLE), Q(source__kind=Kind.AVAILABLE)
    sums = (
        hidden.order_by("journal__act")
        .values_list("journal__act")
        .annotate(
            all=Sum("amount"), in_=Coalesce(Sum("amount", filter=into), NONE), out=Coalesce(Sum("amount", filter=out), NONE)
        )
    )
    return [Entry(str(Act(act).label), amount, above.RESTRICTED, effect=came - went) for act, amount, came, went in sums]


def _effect(row: Transfer) -> Decimal:
    return row.amount * ((row.target.kind == Kind.AVAILABLE) - (row.source.kind == Kind.AVAILABLE))


def _other_pool(row: Transfer) -> Name | None:
    """Of a transfer between pools, what leads to both sides; of what was carried forward, the pool of the other year."""
    virement, carry = row.journal.virement, row.journal.carryover
    if carry is not None:
        back = row.journal.act == Act.BROUGHT
        url = reverse("funding:pool", args=[carry.pool_id if back else carry.into_id])
        return Name("from the year before" if back else "into the year that follows", url)
    return Name(str(virement), virement.get_absolute_url()) if virement else None
