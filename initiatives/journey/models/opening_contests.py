"""Who may contest an object, against whom, and who keeps it meanwhile."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.core.days import written
from initiatives.journey.models.deciding_contests import deciders
from initiatives.journey.models.inheriting import above
from initiatives.journey.models.words import State
from initiatives.organization.models import Department, Role, User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


def speaks_for(user: User, department: Department | None) -> bool:
    """Head and deputies; for a department that has neither, those of the nearest one above. None: for any department."""
    if department is None:
        return bool(user.standing.heads)
    return user.standing.heads_department(department.pk) or (bool(user.standing.heads) and user in department.deciders())


def asked(owned: "OwnedObject") -> list[Department]:
    """The departments that are asked to own it and have not answered, the first one first."""
    waiting = owned.ownerships.waiting().select_related("department").order_by("pk")
    return [ownership.department for ownership in waiting]


def other_side(owned: "OwnedObject", department: Department, names: Department) -> Department:
    """Whom the claim is directed against: who is named, else who has it, else who is asked."""
    if names != department:
        return names
    return owned.department or asked(owned)[0]


def obstacle_to_contest(
    owned: "OwnedObject", department: Department | None = None, names: Department | None = None, by: User | None = None
) -> str | None:
    """Say in one sentence why `by` cannot say (for `department`) that the object is of `names`, or None."""
    if by is not None and not speaks_for(by, department):
        return f"Only the head of {department or 'a department'} or a deputy contests {owned.reference}."
    if owned.archived_on is not None:
        return f"{owned.reference} is no longer in use."
    if owned.state == State.CONTESTED:
        return f"{owned.reference} is contested already; make your claim in that case."
    if owned.locked_until is not None and owned.locked_until >= clock.company_day():
        return f"Who owns {owned.reference} was settled; it can be contested again after {written(owned.locked_until)}."
    if owned.department_id is None and not owned.ownerships.waiting().exists():
        return f"Nobody owns {owned.reference} and nobody is asked: a head takes it on without a contest."
    return _obstacle_of_claim(owned, department, names) if department and names else None


def _obstacle_of_claim(owned: "OwnedObject", department: Department, names: Department) -> str | None:
    if names.closed_on is not None or not names.deciders():
        return f"{names} has nobody who could answer."
    has = owned.department_id == department.pk
    if names == department:
        if has:
            return f"{department} has {owned.reference} already."
        waiting = [one.pk for one in asked(owned)]
        return f"{department} is asked to own {owned.reference}: accept it." if waiting == [department.pk] else None
    if not has and department not in asked(owned):
        return f"Only a department that has {owned.reference}, or is asked to own it, can say that it is another’s."
    return f"{names} has {owned.reference} already." if owned.department_id == names.pk else None


def interim_steward(owned: "OwnedObject", sides: Collection[int]) -> User | None:
    """Who keeps the object while it is contested: who owns what stands above it, else the CXO, else the CEO.

    Nobody who belongs to a department with a stake in it.
    """
    owners = [one.person for one in above(owned) if one.person is not None and one.person.is_active]
    interested = set(Role.objects.current().filter(department__in=sides).values_list("person_id", flat=True))
    return next((person for person in [*owners, *deciders(sides)] if person.pk not in interested), None)
