"""What a person leaves behind. Rooms above say what somebody is accountable for, and hand it over when they leave or move."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from initiatives.organization.models import Department, User

Accountable = list[tuple[str, str]]  # (words, url): ("Accountable for CX-042", "/initiatives/CX-042/")
Listing = Callable[["User", "User | None"], Accountable]
HandOver = Callable[["User", "User | None"], None]
RoleEnded = Callable[["User", "Department | None", "User | None"], None]

_listings: list[tuple[Listing | None, HandOver | None]] = []
_role_ended: list[RoleEnded] = []


def register(listing: Listing | None = None, hand_over: HandOver | None = None) -> None:
    """Say what `person` is accountable for, as far as `by` may see it (`listing(person, by)`, changes nothing).

    `hand_over(person, by)` runs in the transaction that deactivates the person, when roles and access have ended. Words
    hold references, not titles: they are kept in the audit trail.
    """
    _listings.append((listing, hand_over))


def accountable_for(person: "User", *, by: "User | None") -> Accountable:
    """Everything that needs somebody else when `person` leaves, as far as `by` may see it."""
    return [item for listing, _ in _listings if listing is not None for item in listing(person, by)]


def hand_over(person: "User", *, by: "User | None") -> None:
    """Let every room pass on what `person` held."""
    for _, act in _listings:
        if act is not None:
            act(person, by)


def when_role_ends(act: RoleEnded) -> None:
    """`act(person, department, by)` runs in the transaction that ends a role today: in the department, or of the company (None).

    It may run again at any time; it does what is still to be done.
    """
    _role_ended.append(act)


def role_ended(person: "User", department: "Department | None", *, by: "User | None") -> None:
    """Let every room take back what the person held by that role. A role that ends by date, each room sees by itself."""
    for act in _role_ended:
        act(person, department, by)
