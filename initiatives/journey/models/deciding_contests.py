"""Who decides a case: the CXO, else the CEO; never somebody who belongs to a department that has a stake in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from initiatives.organization.models import Role, User


@dataclass(frozen=True)
class Excluded:
    """Somebody whose office would decide, and why they do not."""

    person: User
    why: str


def candidates(office: str) -> list[User]:
    """Who holds this office today."""
    return list(User.objects.holding(office).in_order())


def excluded(sides: Iterable[int]) -> list[Excluded]:
    """CXO and CEO who belong to one of these departments today."""
    roles = Role.objects.current().filter(department__in=list(sides), person__in=User.objects.holding("cxo", "ceo"))
    found: dict[int, Excluded] = {}
    for role in roles.select_related("person", "department").order_by("person__name", "id"):
        found.setdefault(role.person_id, Excluded(role.person, f"{role.title}: the department has a stake in it."))
    return list(found.values())


def deciders(sides: Iterable[int], *, without: Iterable[int] = (), ceo_only: bool = False) -> list[User]:
    """Who may decide between these departments now: the CXO, else the CEO (`ceo_only`: at once)."""
    out = {one.person.pk for one in excluded(sides)} | set(without)
    for office in ("ceo",) if ceo_only else ("cxo", "ceo"):
        if found := [person for person in candidates(office) if person.pk not in out]:
            return found
    return []
