"""What follows from acts elsewhere in this room: a module that has to do something then says so here, once."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from initiatives.journey.models.map import Touchpoint
    from initiatives.journey.models.owned_objects import OwnedObject
    from initiatives.organization.models import User

_followers: list[Callable[["OwnedObject"], None]] = []
_enders: list[Callable[["OwnedObject", "User", str], None]] = []
_counters: list[Callable[["Collection[Touchpoint]", "User"], None]] = []


def follow(act: Callable[["OwnedObject"], None]) -> None:
    """`act(owned)` runs in the transaction of each change of state of an owned object, after it."""
    if act not in _followers:
        _followers.append(act)


def follows_from(owned: "OwnedObject") -> None:
    for act in _followers:
        act(owned)


def when_out_of_use(act: Callable[["OwnedObject", "User", str], None]) -> None:
    """`act(owned, by, reason)` runs in the transaction in which an owned object is archived or retired, after it."""
    if act not in _enders:
        _enders.append(act)


def went_out_of_use(owned: "OwnedObject", by: "User", reason: str) -> None:
    for act in _enders:
        act(owned, by, reason)


def when_entered(act: Callable[["Collection[Touchpoint]", "User"], None]) -> None:
    """`act(touchpoints, by)` runs in the transaction in which a signal is raised or a problem posed at them."""
    if act not in _counters:
        _counters.append(act)


def entered(touchpoints: "Collection[Touchpoint]", by: "User") -> None:
    for act in _counters:
        act(touchpoints, by)
