"""The seam through which the rooms above say what is done about a touchpoint and a problem, without this room knowing them.

The room above calls `work_with`, `initiatives_with` and `aimless_with` once, when the product starts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from initiatives.journey.models import Touchpoint
    from initiatives.organization.models import User


class Work(NamedTuple):
    """One piece of work that improves a touchpoint: what it is called, where it is shown, where it stands."""

    words: str
    url: str
    state: str = ""


Answer = Callable[["User", "Touchpoint"], Sequence[Work]]

_answers: list[Answer] = []


def work_with(answer: Answer) -> None:
    """`answer(user, touchpoint)` gives the work on this touchpoint that the person may see."""
    _answers[:] = [answer]


def work_on(user: "User", touchpoint: "Touchpoint") -> Sequence[Work]:
    return [work for answer in _answers for work in answer(user, touchpoint)]


Initiatives = Callable[["User", "Collection[int] | None"], Mapping[int, Sequence[Work]]]

_initiatives: list[Initiatives] = []


def initiatives_with(answer: Initiatives) -> None:
    """`answer(user, ids)` gives the living initiatives that answer these problems (None: all), as far as the person sees them."""
    _initiatives[:] = [answer]


def initiatives_for(user: "User", problems: "Collection[int] | None") -> Mapping[int, Sequence[Work]]:
    """By problem; a problem that no initiative answers which this person may see is not there."""
    return _initiatives[0](user, problems) if _initiatives else {}


class Aimless(NamedTuple):
    """How many living initiatives answer no problem, and where they are listed."""

    number: int
    url: str


_aimless: list[Callable[["User"], Aimless]] = []


def aimless_with(answer: Callable[["User"], Aimless]) -> None:
    """`answer(user)` counts the initiatives that answer no problem, as far as the person sees them."""
    _aimless[:] = [answer]


def aimless_for(user: "User") -> Aimless | None:
    return _aimless[0](user) if _aimless else None
