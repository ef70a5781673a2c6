"""Figures and their records: a number, and the page that lists exactly what it counts."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from initiatives.core.templatetags.words import number as written
from initiatives.organization.models import Department, User
from initiatives.organization.purview import SEE_ALL_MONEY, purview
from initiatives.portfolio.models import CANDIDATES, Health, Status

NOBODY = "none"  # stands for "no accepted department" in addresses
IDLE = (*CANDIDATES, Status.FUNDED, Status.PAUSED)  # in the portfolio, but not worked on now: they report nothing
LIVING = (*IDLE, Status.ACTIVE)  # neither a draft nor over
HEALTHS = {
    "red": str(Health.RED.label),
    "amber": str(Health.AMBER.label),
    "green": str(Health.GREEN.label),
    "stale": "Stale",
    "unknown": "No report",
}


@lru_cache(maxsize=4096)
def _address(name: str, *query: tuple[str, str | tuple[str, ...]]) -> str:
    """An address is made once and kept: a dashboard has hundreds, which are the same every time."""
    asked = urlencode([(key, value) for key, value in query if value], doseq=True)
    return f"{reverse(name)}?{asked}" if asked else reverse(name)


def initiatives(status: Sequence[str] = (), accountable: str = "", health: str | tuple[str, ...] = "") -> str:
    """The portfolio's list of these."""
    return _address("portfolio:list", ("accountable", accountable), ("status", tuple(status)), ("health", health))


def money(figure: str, status: Sequence[str] = (), accountable: str = "") -> str:
    """The list of what an amount is made of."""
    return _address("boards:money", ("figure", figure), ("accountable", accountable), ("status", tuple(status)))


def waiting(department: str = "", overdue: bool = False) -> str:
    """The list of asks that wait."""
    return _address("boards:waiting", ("department", department), ("overdue", "1" if overdue else ""))


class Count(NamedTuple):
    """How many, and the list of exactly these."""

    number: int
    url: str

    @property
    def text(self) -> str:
        """Written with its thousands apart; short numbers need no formatting, and a dashboard has hundreds of them."""
        return str(self.number) if self.number < 1000 else written(self.number)


class Amount(NamedTuple):
    """Money, and the list of the initiatives that it is made of. None: the reader may not know; then there is no list.

    `hidden` counts initiatives that the reader sees, but not their money; they are not in `number`. Nor is what `without`
    names: amounts in currencies that have no rate.
    """

    number: Decimal | None
    url: str = ""
    hidden: int = 0
    without: tuple[tuple[str, Decimal], ...] = ()


def code_of(department: Department | None) -> str:
    return department.code if department else NOBODY


class Purse:
    """Which departments' money a reader may read: everybody's, those one heads, or none (docs/ACCESS.md)."""

    def __init__(self, user: User) -> None:
        self.everything = user.standing.holds(*SEE_ALL_MONEY)
        self.departments = frozenset[int]() if self.everything else purview(user)

    def opens(self, department_id: int | None) -> bool:
        """Of one department; None: of what no department answers for."""
        return self.everything or department_id in self.departments
