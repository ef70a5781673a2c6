"""How files name departments: by code or name, as far as the importer may see them."""

from initiatives.core.imports.mapping import folded
from initiatives.organization.models import Department, User


def departments_named(user: User) -> dict[str, Department]:
    """By folded code and name; a code goes before a name."""
    seen = list(Department.objects.visible_to(user))
    names = {folded(one.name): one for one in reversed(seen)}
    return names | {folded(one.code): one for one in seen}


def departments_offered(user: User) -> list[tuple[str, str]]:
    """(code, words) of those that a cell may mean."""
    return [(one.code, f"{one.code} · {one.name}") for one in Department.objects.visible_to(user).active().in_order()]
