"""A department did not take something on. What follows from it, others say: `when_refused`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from initiatives.journey.models.words import State
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject

Refused = Callable[["OwnedObject", "User | None"], None]

_refused: list[Refused] = []


def when_refused(act: Refused) -> None:
    """`act(owned, by)` runs in the transaction in which an offer was declined (`by` is None: it lapsed), after it was counted."""
    if act not in _refused:
        _refused.append(act)


def count_refusal(owned: "OwnedObject", by: User | None) -> None:
    """One more department would not have it. What is owned was only offered by its owner: that counts as no refusal."""
    if owned.state == State.OWNED:
        return
    owned.refusals += 1
    owned.save(update_fields=["refusals"])
    for act in _refused:
        act(owned, by)
