"""The ownership dashboard: who owns what, how it does, what it costs, and where decisions wait.

One grouped query over the initiatives and the figures kept beside them; nothing is joined to check-ins or transfers, so that
its cost hardly grows with the portfolio. Everything is counted among what the reader may see.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from initiatives.boards.reports import cells, figures
from initiatives.boards.reports.abroad import MONEY, Rates, Sum
from initiatives.boards.reports.cells import Part
from initiatives.boards.reports.counted import Cell, portfolio
from initiatives.boards.reports.figures import HEALTHS, IDLE, LIVING, NOBODY, Amount, Count, Purse
from initiatives.core import clock
from initiatives.decisions.reports.ranking import top
from initiatives.duties.kinds import answerable
from initiatives.duties.models.obligation import asked
from initiatives.duties.reports import Latency, waiting_by_department
from initiatives.journey.reports.coverage import Part as Coverage
from initiatives.journey.reports.holdings import holdings
from initiatives.organization.models import Department, User
from initiatives.organization.models.departments import chart
from initiatives.portfolio.models import Status

NONE = Decimal(0)


@dataclass(frozen=True)
class Owner:
    """What one department answers for; `department` None: what nobody answers for."""

    department: Department | None
    total: Count
    healths: dict[str, Count]  # of what is worked on now
    idle: Count
    money: dict[str, Amount]
    most: int = 0  # the largest total of all rows: the bar's full width; 0: no bar

    @property
    def cells(self) -> SafeString:
        """The row behind its name, from left to right."""
        name = self.department.name if self.department else "Nobody"
        return _row(name, self.total, (*self.healths.items(), ("idle", self.idle)), tuple(self.money.values()), self.most)


@cells.kept
def _row(name: str, total: Count, counts: tuple[tuple[str, Count], ...], money: tuple[Amount, ...], most: int) -> SafeString:
    drawn = cells.bar(name, tuple(_parts(counts, most)))
    return cells.joined([cells.total(total), drawn, *(cells.counted(count) for _, count in counts), cells.amounts(money)])


def _parts(counts: tuple[tuple[str, Count], ...], most: int) -> Iterable[Part]:
    at, words = 0.0, {**HEALTHS, "idle": "Not running"}
    for key, count in counts:
        if count.number and most:
            width = 100 * count.number / most
            yield Part(key, words[key], count.number, count.url, f"{at:.3f}", f"{width:.3f}")
            at += width


@dataclass(frozen=True)
class Stage:
    """What stands at one status."""

    status: str
    words: str
    count: Count
    money: dict[str, Amount]

    @property
    def cells(self) -> SafeString:
        return cells.joined([cells.counted(self.count), cells.amounts(tuple(self.money.values()))])


def _running(found: Iterable[Cell], healths: tuple[str, ...]) -> Count:
    """Of what is worked on now, those whose shown health is one of these."""
    number = _count(found, lambda cell: cell.status == Status.ACTIVE and cell.health in healths)
    return Count(number, figures.initiatives([Status.ACTIVE], health=healths))


def _count(found: Iterable[Cell], keep: Callable[[Cell], bool]) -> int:
    return sum(cell.count for cell in found if keep(cell))


def _amounts(found: list[Cell], opens: bool, **where: Any) -> dict[str, Amount]:
    """The three sums over these cells, or what says that they are withheld."""
    hidden = sum(cell.closed for cell in found)
    if not opens or hidden:
        return {name: Amount(None, hidden=hidden if opens else 0) for name in MONEY}
    return {name: _amount(name, found, **where) for name in MONEY}


def _amount(name: str, found: list[Cell], **where: Any) -> Amount:
    own = Sum(sum((getattr(cell, name) for cell in found), NONE))
    whole = own.plus((row for cell in found for row in cell.foreign), name)
    return Amount(whole.number, figures.money(name, **where), without=whole.without)


def _owner(found: list[Cell], department: Department | None, purse: Purse, code: str, most: int) -> Owner:
    living = [cell for cell in found if cell.status in LIVING]
    active = [cell for cell in living if cell.status == Status.ACTIVE]

    def link(status: Iterable[str], health: str = "") -> str:
        return figures.initiatives(tuple(status), code, health)

    healths = {
        key: Count(_count(active, lambda cell, key=key: cell.health == key), link([Status.ACTIVE], key))  # type: ignore[misc]  # a default of a lambda has no type
        for key in HEALTHS
    }
    return Owner(
        department,
        Count(_count(living, lambda cell: True), link(LIVING)),
        healths,
        Count(_count(living, lambda cell: cell.status in IDLE), link(IDLE)),
        _amounts(found, purse.everything if not code else purse.opens(department.pk if department else None), accountable=code),
        most,
    )


@dataclass(frozen=True)
class Wait:
    """How long a department's answers are waited for, with the lists of the asks."""

    latency: Latency
    all: Count
    overdue: Count

    @property
    def cells(self) -> SafeString:
        return cells.joined([cells.counted(self.all), cells.counted(self.overdue)])


def _waits(user: User, mine: list[int], departments: Mapping[int, Department]) -> list[Wait]:
    return [
        Wait(
            latency,
            Count(latency.waiting, figures.waiting(figures.code_of(latency.department))),
            Count(latency.overdue, figures.waiting(figures.code_of(latency.department), overdue=True)),
        )
        for latency in waiting_by_department(user, mine=mine, departments=departments)
    ]


def own(user: User) -> dict[str, Any]:
    """The dashboard as `user` sees it."""
    today = clock.today()
    found, purse = portfolio(user, today), Purse(user)
    departments = chart(user)
    by_department: dict[int | None, list[Cell]] = {}
    for cell in found:
        by_department.setdefault(cell.department, []).append(cell)
    shown = [one for one in departments if one.pk in by_department or one.closed_on is None]
    totals = {pk: _count(some, lambda cell: cell.status in LIVING) for pk, some in by_department.items()}
    most = max(totals.values(), default=0)
    owners = [_owner(by_department.get(one.pk, []), one, purse, one.code, most) for one in shown]
    owners.sort(key=lambda owner: (-owner.total.number, owner.department.name if owner.department else ""))
    mine = answerable(user, asked(user.pk))
    waits = _waits(user, mine, {one.pk: one for one in departments})
    return {
        "owners": owners,
        "owning": sum(owner.total.number > 0 for owner in owners),
        "unowned": _owner(by_department.get(None, []), None, purse, NOBODY, most),
        "rates": Rates.of(row for cell in found for row in cell.foreign),
        "together": _owner(found, None, purse, "", 0),
        "stages": [_stage(found, status, purse) for status in Status if any(cell.status == status for cell in found)],
        "active": Count(_count(found, lambda cell: cell.status == Status.ACTIVE), figures.initiatives([Status.ACTIVE])),
        "troubled": _running(found, ("red", "amber")),
        "silent": _running(found, ("stale", "unknown")),
        "mine": len(mine),
        "waits": waits,
        "waiting": Count(sum(wait.all.number for wait in waits), figures.waiting()),
        "late": Count(sum(wait.overdue.number for wait in waits), figures.waiting(overdue=True)),
        "top": top(user),
        "journey": journey(user),
        "healths": HEALTHS,
        "some_hidden": not user.standing.sees_everything,
        "today": today,
    }


def journey(user: User) -> Coverage | None:
    """How much of the journey has an owner, for who may open its page; two queries."""
    return Coverage.of(holdings(user)) if user.standing.anywhere else None


def _stage(found: list[Cell], status: Status, purse: Purse) -> Stage:
    here = [cell for cell in found if cell.status == status]
    count = Count(_count(here, lambda cell: True), figures.initiatives([status]))
    return Stage(status, str(status.label), count, _amounts(here, purse.everything, status=[str(status)]))
