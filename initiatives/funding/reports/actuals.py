"""Lines of finance's files as pages show them: by what became of them, each sum beside its count."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator

from initiatives.core.imports.models import ImportRun
from initiatives.core.models import Event
from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.imports.posting import given_up
from initiatives.funding.models import ActualLine, Delivery, LineState
from initiatives.funding.models.actuals import ActualLineQuerySet
from initiatives.organization.models import User

ROWS = 100
ORDER = (LineState.WAITING, LineState.DOUBTED, LineState.SET_ASIDE, LineState.POSTED)


@dataclass
class Heap:
    """All lines in one state: how many, and what they add up to in each currency."""

    state: LineState
    count: int
    sums: list[tuple[str, Decimal]]


@dataclass
class Queue:
    state: str
    heaps: list[Heap]
    rows: "list[tuple[ActualLine, Name | None]]"
    page: "Page[ActualLine]"
    delivery: Delivery | None  # only its lines are shown
    given_up: list[ImportRun]  # files whose posting stopped for good, and of which lines wait

    @property
    def waiting(self) -> Heap:
        return self.heaps[0]


def queue(user: User, found: ActualLineQuerySet, facts: Mapping[str, Any], *, number: int = 1) -> Queue:
    """The lines that a valid form asks for; the heaps are of all lines."""
    state, delivery = facts.get("state", LineState.WAITING), facts.get("delivery")
    sums = found.sums()
    heaps = []
    for one in ORDER:
        mine = sorted((currency, n, amount) for (kept, currency), (n, amount) in sums.items() if kept == one)
        heaps.append(Heap(one, sum(n for _, n, _ in mine), [(currency, amount) for currency, _, amount in mine]))
    rows = found.in_state(state).asked_for(facts.get("q", ""), facts.get("amount"))
    rows = rows.filter(**{name: facts[name] for name in ("delivery", "why") if name in facts})
    page = Paginator(rows.with_people().newest_first(), ROWS).get_page(number)
    left = given_up().filter(pk__in=found.values("delivery__run"))
    return Queue(state, heaps, named(user, list(page)), page, delivery, list(left))


def named(user: User, lines: list[ActualLine]) -> "list[tuple[ActualLine, Name | None]]":
    """Each line with the name of what it was posted to, as far as the reader may know it."""
    names = above.names(user, {line.cost_object_id for line in lines if line.cost_object_id and line.journal_id})
    return [
        (line, names.get(line.cost_object_id or 0, above.RESTRICTED) if line.journal_id is not None else None) for line in lines
    ]


@dataclass
class LinePage:
    line: ActualLine
    name: Name | None  # of what it was posted to
    others: list[ActualLine]  # that say something else of the same document
    shares: "list[tuple[str, Decimal]]"  # by pool
    events: list[Event]
    obstacles: dict[str, str | None]


def line_page(user: User, line: ActualLine) -> LinePage:
    family = ActualLine.objects.visible_to(user).of_document(line.source, line.document).exclude(pk=line.pk)
    paid = line.journal.transfers.select_related("source__pool__year", "source__pool__department") if line.journal else ()
    obstacles = {
        "match": line.obstacle_to_match(user),
        "set_aside": line.obstacle_to_set_aside(user),
        "confirm": line.obstacle_to_confirm(user),
        "put_back": line.obstacle_to_put_back(user),
    }
    return LinePage(
        line,
        named(user, [line])[0][1],
        list(family.newest_first()),
        [(str(one.source.pool), one.amount) for one in paid],
        list(Event.objects.about(line).newest_first()[:20]),
        obstacles,
    )
