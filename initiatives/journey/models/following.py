"""What follows when somebody else comes to answer for an object: what hangs on it in this room says so here, once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject

_followers: list[Callable[["OwnedObject"], None]] = []


def follow(act: Callable[["OwnedObject"], None]) -> None:
    """`act(owned)` runs in the transaction of each change of state of an owned object, after it."""
    if act not in _followers:
        _followers.append(act)


def follows_from(owned: "OwnedObject") -> None:
    for act in _followers:
        act(owned)
