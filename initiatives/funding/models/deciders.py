"""Who decides about the money of a department: along the tree of departments."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from initiatives.organization.models import Department, Role, RoleKind, User

if TYPE_CHECKING:
    from initiatives.funding.models.pools import Pool


def deciders(pool: "Pool", *, without: Collection[int] = ()) -> list[User]:
    """Who decides about money from this pool today, first the one who is asked: head, then deputies.

    Where nobody is left (absent, or in `without` because of separation of duties) the nearest department above decides,
    and above the top, as for the central pool, the CXO. Empty when nobody may.
    """
    parents = dict(Department.objects.values_list("id", "parent_id")) if pool.department_id else {}
    above, here = [], pool.department_id
    while here is not None and here not in above:
        above.append(here)
        here = parents[here]
    roles = Role.objects.current().held_by_the_active().exclude(person__in=without).select_related("person")
    leads = roles.filter(kind__in=(RoleKind.HEAD, RoleKind.DEPUTY), department__in=above).order_by("starts", "id")
    by_place: dict[int | None, list[Role]] = {}
    for role in leads:
        by_place.setdefault(role.department_id, []).append(role)
    for place in above:
        if place in by_place:
            return _apart(sorted(by_place[place], key=lambda role: role.kind != RoleKind.HEAD))
    return _apart(roles.filter(kind=RoleKind.CXO).order_by("starts", "id"))


def financiers(*, without: Collection[int] = ()) -> list[User]:
    """Who gives the last approval, first the one who is asked: people in finance."""
    roles = Role.objects.current().held_by_the_active().exclude(person__in=without).select_related("person")
    return _apart(roles.filter(kind=RoleKind.FINANCE).order_by("starts", "id"))


def _apart(roles: Iterable[Role]) -> list[User]:
    """The people of these roles, once each, without those who administer the product (they have no say over money)."""
    people = {role.person_id: role.person for role in roles}
    administrators = set(
        Role.objects.current().filter(kind=RoleKind.ADMINISTRATOR, person__in=people).values_list("person_id", flat=True)
    )
    return [person for key, person in people.items() if key not in administrators]
