"""The seam through which the rooms above say what is done about a touchpoint, without this room knowing them.

The room above calls `work_with` once, when the product starts.
"""

from collections.abc import Callable, Sequence
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
