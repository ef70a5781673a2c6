"""The portfolio counted by who is accountable, by status and by shown health, with the money that a reader may read."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Case, CharField, F, Q, QuerySet, Value, When
from django.db.models import Count as Counted
from django.db.models import Sum as Added
from django.db.models.functions import Coalesce

from initiatives.boards.reports.abroad import MONEY, Abroad, rows_of, told
from initiatives.core import clock
from initiatives.core.prepared import prepared
from initiatives.funding.models import CostObject
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY
from initiatives.portfolio.models import Initiative

PLACES = ("accountable_department", "status", "shown")
NONE = Decimal(0)


@dataclass(frozen=True)
class Cell:
    """Initiatives with the same accountable department, status and shown health, and their money that the reader may read."""

    department: int | None
    status: str
    health: str
    count: int
    closed: int  # of them, those whose money is withheld
    abroad: int  # how many other currencies their money is in
    asked: Decimal
    allocated: Decimal
    spent: Decimal
    foreign: tuple[Abroad, ...] = ()


def portfolio(user: User, today: date) -> list[Cell]:
    """The whole portfolio in one query; in one more where money is in other currencies as well."""
    opened: Q | None = None
    if user.standing.holds(*SEE_ALL_MONEY):
        found = [Cell(*row) for row in _all_open(user, today)]
    else:
        opened = Q(cost_object__in=CostObject.objects.visible_to(user).values("pk"))
        found = [Cell(*row) for row in _grouped(user, today, opened, Counted("pk", filter=~opened))]
    return _with_foreign(found, user, today, opened) if any(cell.abroad for cell in found) else found


def _with_foreign(found: list[Cell], user: User, today: date, opened: Q | None) -> list[Cell]:
    day = clock.company_day()
    rows = _foreign_open(user, today, day) if opened is None else _foreign(user, today, day, opened)
    by_place: dict[tuple[Any, ...], list[Abroad]] = {}
    for row in told(rows):
        by_place.setdefault(row.place, []).append(row)
    return [replace(cell, foreign=tuple(by_place.get((cell.department, cell.status, cell.health), ()))) for cell in found]


@prepared
def _foreign_open(user: User, today: date, day: date) -> QuerySet[Initiative, Any]:
    return _foreign(user, today, day, Q())


def _foreign(user: User, today: date, day: date, opened: Q) -> QuerySet[Initiative, Any]:
    readable = Initiative.objects.visible_to(user).filter(opened).annotate(shown=_shown(today))
    return rows_of(readable, day, *PLACES)


@prepared
def _all_open(user: User, today: date) -> QuerySet[Initiative, Any]:
    return _grouped(user, today, None, Added(Value(0)))


def _shown(today: date) -> Case:
    return Case(
        When(health="", then=Value("unknown")),
        When(stale_on__lte=today, then=Value("stale")),
        default=F("health"),
        output_field=CharField(),
    )


def _grouped(user: User, today: date, opened: Q | None, closed: Aggregate) -> QuerySet[Initiative, Any]:
    """`opened`: whose money the reader may read; `closed`: of how many not."""
    sums: dict[str, Any] = {"abroad": Coalesce(Added("cost_object__other_currencies", filter=opened), 0)}
    sums |= {name: Coalesce(Added(f"cost_object__{name}", filter=opened), NONE) for name in MONEY}
    found = Initiative.objects.visible_to(user).order_by().annotate(shown=_shown(today))
    return found.values_list(*PLACES).annotate(count=Counted("pk"), closed=closed, **sums)
