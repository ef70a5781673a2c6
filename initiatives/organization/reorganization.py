"""Departments merge, split and close. Rooms above say what a department holds, and pass it on in the same transaction."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from initiatives.organization.models import Department, User

Held = list[tuple[int, str]]  # (number, words): (12, "Owns TP-014")


@dataclass(frozen=True)
class Holder:
    """What one room keeps for a department.

    holds     (department, by) → what it holds, as far as `by` may see it; the choice of a split. Changes nothing
    pass_to   (department, heir, chosen numbers or None for everything, by, reason): it becomes the other department's
    close     (department, by, reason): it has no heir but what stands above it
    """

    name: str
    holds: Callable[["Department", "User"], Held]
    pass_to: Callable[["Department", "Department", Collection[int] | None, "User | None", str], None]
    close: Callable[["Department", "User | None", str], None]


_holders: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    """Let a room above take part when departments change."""
    _holders[holder.name] = holder


def held_by(department: "Department", by: "User") -> dict[str, Held]:
    """By room, what the department holds, as far as `by` may see it."""
    return {name: holder.holds(department, by) for name, holder in _holders.items()}


def pass_all(department: "Department", heir: "Department", *, by: "User | None", reason: str) -> None:
    for holder in _holders.values():
        holder.pass_to(department, heir, None, by, reason)


def pass_chosen(
    department: "Department", heir: "Department", chosen: Mapping[str, Collection[int]], *, by: "User | None", reason: str
) -> None:
    """Only what was chosen of each room."""
    for name, numbers in chosen.items():
        _holders[name].pass_to(department, heir, numbers, by, reason)


def close(department: "Department", *, by: "User | None", reason: str) -> None:
    for holder in _holders.values():
        holder.close(department, by, reason)
