"""The company's journal: every entry that the reader may see, through pools or through cost objects, as the filters say.

Who answers for the company's money reads each entry; others read those of their pools and of what they work on. What a reader may
not open is kept from them as on a pool's page: it is one sum for each act and pool, without a day. Only who reads each entry
reads it as one, without its name, its words and its people.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum

from initiatives.core.exports import Cell
from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Act, ActualLine, CostObject, FundingRequest, Pool, Transfer
from initiatives.funding.models.ledger import TransferQuerySet
from initiatives.funding.reports.book_entries import BookEntry, cells_of, of_names
from initiatives.funding.reports.journals import ROWS, THING, thing_of
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

# By these what the reader may not open is added up; others would tell its day or words.
TOLD = {"act", "year", "pool", "department"}
WORDS = {"q", "person"}  # by these it is not even found by who reads each entry
FILE_ROWS = 5_000  # read at once for a file


@dataclass
class Heap:
    """Transfers of one act in one currency; of what the reader may not open, in one pool and without their number."""

    act: str
    currency: str
    amount: Decimal
    count: int = 0
    journals: int = 0  # to which they belong; each has one act and one currency
    pool: Pool | None = None


@dataclass
class BookPage:
    entries: list[BookEntry]
    page: "Page[Transfer]"
    sums: list[Heap]
    hidden: list[Heap]
    left_out: bool  # these filters leave out what the reader may not open, for they would tell of it

    @property
    def count(self) -> int:
        """How many entries the transfers found belong to."""
        return sum(heap.journals for heap in self.sums)


class Book:
    """The journal for one reader, narrowed to what a valid form asks for. `pools` are those that the reader may see."""

    def __init__(self, user: User, facts: Mapping[str, Any], pools: Collection[Pool]) -> None:
        self.user, self.facts, self.pools = user, facts, {pool.pk: pool for pool in pools}
        self.reads_each = user.standing.holds(*SEE_ALL_MONEY)

    @cached_property
    def seen(self) -> TransferQuerySet:
        """All of which the reader may see something."""
        if self.reads_each:
            return Transfer.objects.annotate(thing=THING)
        mine = CostObject.objects.visible_to(self.user).values("pk")
        return Transfer.objects.annotate(thing=THING).filter(Q(source__pool__in=self.pools) | Q(thing__in=mine))

    @cached_property
    def things(self) -> set[int]:
        return {pk for pk in self.seen.order_by().values_list(THING, flat=True).distinct() if pk is not None}

    @cached_property
    def names(self) -> Mapping[int, Name]:
        """Of everything in the journal that the reader may open."""
        return above.names(self.user, self.things)

    @cached_property
    def found(self) -> TransferQuerySet:
        """The entries that are asked for and that the reader may read, each by itself."""
        rows = self.seen
        if not self.reads_each or WORDS & self.facts.keys():
            rows = rows.filter(Q(thing=None) | Q(thing__in=self.names.keys()))
        return self._narrowed(rows)

    def _narrowed(self, rows: TransferQuerySet) -> TransferQuerySet:
        """As the filters say."""
        for name, value in self.facts.items():
            if name == "q":
                for word in value.split():
                    rows = rows.filter(Q(journal__memo__icontains=word) | self._of_document(word))
            elif name == "department":
                rows = rows.filter(source__pool__department__in=value) if value else rows.filter(source__pool__department=None)
            else:
                rows = rows.filter(**{FILTERS[name]: value})
        return rows

    def _of_document(self, word: str) -> Q:
        lines = ActualLine.objects.filter(document__icontains=word)
        return Q(journal__in=lines.visible_to(self.user).exclude(journal=None).values("journal"))

    @cached_property
    def closed(self) -> set[int]:
        """What got money and the reader may not open; nothing for who reads each entry."""
        return set() if self.reads_each else self.things - self.names.keys()

    def hidden(self) -> list[Heap]:
        """One sum for each pool and act among what the reader may not open."""
        if not self.closed or not self.facts.keys() <= TOLD:
            return []
        rows = self._narrowed(self.seen.filter(Q(thing__in=self.closed), source__pool__in=self.pools))
        sums = rows.order_by("source__pool", "journal__act").values_list("source__pool", "journal__act")
        found = [(self.pools[pool], act, amount) for pool, act, amount in sums.annotate(amount=Sum("amount"))]
        return [Heap(str(Act(act).label), pool.currency, amount, pool=pool) for pool, act, amount in found]

    def sums(self) -> list[Heap]:
        """The entries found, by act in the order of acts, and by currency."""
        rows = self.found.order_by().values_list("journal__act", "source__pool__currency")
        order = Act.values
        sums = rows.annotate(amount=Sum("amount"), count=Count("pk"), journals=Count("journal", distinct=True))
        found = sorted(sums, key=lambda one: (order.index(one[0]), one[1]))
        return [Heap(str(Act(act).label), currency, *numbers) for act, currency, *numbers in found]

    def page(self, number: int) -> BookPage:
        sums = self.sums()
        paginator = Paginator(self.found.with_papers().latest_day_first(), ROWS)
        paginator.__dict__["count"] = sum(heap.count for heap in sums)  # known by now: it is not asked again
        page = paginator.get_page(number)
        left_out = bool(self.closed) and not self.facts.keys() <= TOLD
        return BookPage(list(self.entries(list(page))), page, sums, self.hidden(), left_out)

    def entries(self, transfers: Collection[Transfer]) -> Iterator[BookEntry]:
        """As the reader may read them."""
        things = {pk for row in transfers if (pk := thing_of(row)) is not None}
        names = above.names(self.user, things) if self.reads_each else self.names
        requests = self._openable(FundingRequest.objects.visible_to(self.user), {row.journal.request_id for row in transfers})
        found = {line.pk: line for row in transfers if (line := getattr(row.journal, "actual_line", None)) is not None}
        lines = self._openable(ActualLine.objects.visible_to(self.user), found)
        for row in transfers:
            thing, journal = thing_of(row), row.journal
            line = getattr(journal, "actual_line", None)
            readable = thing is None or thing in names
            yield BookEntry(
                row,
                None if thing is None else names.get(thing, above.RESTRICTED),
                readable,
                self.reads_each,
                row.source.pool.get_absolute_url() if row.source.pool_id in self.pools else "",
                journal.request_id if journal.request_id in requests else None,
                line if readable and line is not None and line.pk in lines else None,
            )

    def _openable(self, rows: "QuerySet[Any, Any]", keys: Iterable[int | None]) -> Collection[int]:
        """Those of these records that the reader may open."""
        asked = {key for key in keys if key is not None}
        return asked if self.reads_each or not asked else set(rows.filter(pk__in=asked).values_list("pk", flat=True))

    def cells(self) -> Iterator[list[Cell]]:
        """Exactly what the pages show, for a file; sums of what the reader may not open stand at its end."""
        rows, at = self.found.with_papers().latest_day_first(), 0
        while part := list(rows[at : at + FILE_ROWS]):
            yield from map(cells_of, self.entries(part))
            at += FILE_ROWS
        for heap in self.hidden():
            sums: dict[str, Cell] = {"act": heap.act, "pool": str(heap.pool), "for": above.RESTRICTED.label}
            yield of_names(sums | {"currency": heap.currency, "amount": heap.amount})


FILTERS = {
    "act": "journal__act",
    "year": "source__pool__year__name",
    "pool": "source__pool",
    "start": "journal__on__gte",
    "end": "journal__on__lte",
    "initiative": "thing",
    "cost_object": "thing",
    "person": "journal__by__name__icontains",
    "low": "amount__gte",
    "high": "amount__lte",
    "entry": "journal",
}
