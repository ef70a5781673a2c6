"""Two departments become one, or one becomes two: people keep a role, what the department held passes on, history stays."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from initiatives.core.rules import RuleBroken
from initiatives.organization import departures, reorganization
from initiatives.organization.models.departments import Department
from initiatives.organization.models.people import User
from initiatives.organization.models.roles import Role, RoleKind, project_stewards, today


def obstacle_to_merge(department: Department, into: Department | None = None) -> str | None:
    """Say in one sentence why this department cannot become a part of (any) other, or None."""
    if department.closed_on is not None:
        return f"{department} is closed."
    if into is None:
        return None
    if into.pk == department.pk:
        return "A department cannot be merged into itself."
    if into.closed_on is not None:
        return f"{into} is closed."
    return f"{into} stands under {department}; move it first." if department.pk in into._above() else None


@transaction.atomic
def merge(department: Department, into: Department, *, by: User | None, reason: str) -> None:
    """Close the department: its people become contributors of the other, its parts stand under it, what it held passes on.

    It stands under the other itself from now on: what keeps its name, like a pool of money, is decided there.
    """
    people = _locked(User.objects.active().filter(pk__in=department.roles.not_over().values("person")))
    for one in sorted((department, into), key=lambda one: one.pk):
        one.lock()
    if obstacle := obstacle_to_merge(department, into):
        raise RuleBroken(obstacle)
    _end_roles(department, None, by, reason)
    for person in people:
        _give(person, RoleKind.CONTRIBUTOR, into, by, reason)
    for part in department.children.active().order_by("pk"):
        part.lock()
        part.parent, part.version = into, part.version + 1
        part.save(update_fields=["parent", "version"])
        part.record("moved", by=by, reason=reason)
    department.parent, department.closed_on, department.version = into, today(), department.version + 1
    department.save(update_fields=["parent", "closed_on", "version"])
    reorganization.pass_all(department, into, by=by, reason=reason)
    for person in people:
        departures.role_ended(person, department, by=by)
    department.record("merged", by=by, reason=reason, into=into.code)


def obstacle_to_split(department: Department, head: User | None = None, by: User | None = None) -> str | None:
    """Say in one sentence why this department cannot be split (with this head of the new one), or None."""
    if department.closed_on is not None:
        return f"{department} is closed."
    if head is not None and by is not None and head.pk == by.pk:
        return "Nobody grants a role to themselves; ask another administrator."
    return None


@transaction.atomic
def split(
    department: Department,
    *,
    code: str,
    name: str,
    by: User,
    reason: str,
    cost_centre: str = "",
    head: User | None = None,
    people: Iterable[User] = (),
    holdings: Mapping[str, Collection[int]] | None = None,
) -> Department:
    """A new department beside this one takes these people, and what was chosen of what this one holds. Returns the new one.

    `holdings`: by room, the numbers that `reorganization.held_by` gave. The head need not have belonged here.
    """
    moving = _locked(User.objects.active().filter(pk__in={person.pk for person in people} | ({head.pk} if head else set())))
    department.lock()
    if obstacle := obstacle_to_split(department, head, by):
        raise RuleBroken(obstacle)
    new = Department.objects.establish(code=code, name=name, cost_centre=cost_centre, parent=department.parent, by=by)
    _end_roles(department, moving, by, reason)
    for person in moving:
        _give(person, RoleKind.HEAD if head and person.pk == head.pk else RoleKind.CONTRIBUTOR, new, by, reason)
    reorganization.pass_chosen(department, new, holdings or {}, by=by, reason=reason)
    for person in moving:
        departures.role_ended(person, department, by=by)
    department.record("split", by=by, reason=reason, into=new.code)
    return new


def _locked(people: "Iterable[User]") -> list[User]:
    """These people, each locked, in one order for everybody; before departments, as roles are granted."""
    found = sorted(people, key=lambda person: person.pk)
    for person in found:
        person.lock()
    return found


def _end_roles(department: Department, people: Collection[User] | None, by: User | None, reason: str) -> None:
    roles = department.roles.not_over().select_for_update(of=("self",)).order_by("pk")
    for role in roles if people is None else roles.filter(person__in=people):
        role.lock()
        role.finish(by=by, reason=reason)


def _give(person: User, kind: str, department: Department, by: User | None, reason: str) -> None:
    """The role that follows from it, unless it is held already. Nobody grants to themselves: then nobody granted it."""
    if Role.objects.not_over().filter(person=person, department=department).exists():
        return
    granted_by = None if by is None or by.pk == person.pk else by
    role = Role(person=person, kind=kind, department=department, starts=today(), granted_by=granted_by)
    role.save()
    role.record("granted", by=by, reason=reason, **role.facts())
    if kind == RoleKind.HEAD:
        project_stewards([department.pk])
