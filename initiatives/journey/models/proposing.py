"""Who may ask whom to own something, and why not."""

from typing import TYPE_CHECKING

from initiatives.journey.models.inheriting import owns_above
from initiatives.journey.models.words import Kind, State
from initiatives.organization.models import Department, Role, User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


OFFERED = (State.UNOWNED, State.PROPOSED, State.VACANT)  # in these states any department can be asked


def may_ask(user: User, owned: "OwnedObject") -> bool:
    """Who may ask any department: the CXO, who owns what stands above, head and deputies of the department that has it."""
    standing = user.standing
    return standing.holds("cxo") or standing.heads_department(owned.department_id) or owns_above(user, owned)


def who_may_ask(owned: "OwnedObject") -> str:
    above = {Kind.TOUCHPOINT: "the owner of its stage", Kind.FACET: "the owner of its touchpoint"}.get(Kind(owned.kind))
    own = f"the head of {owned.department}" if owned.department else None
    return " or ".join(who for who in ("the CXO", above, own) if who)


def obstacle_to_propose(
    owned: "OwnedObject", department: Department | None = None, by: User | None = None, person: User | None = None
) -> str | None:
    """Say in one sentence why this department (any department) cannot be asked to own the object, or None."""
    raises_hand = by is not None and (
        by.standing.heads_department(department.pk) if department is not None else bool(by.standing.heads)
    )
    if by is not None and not raises_hand and not may_ask(by, owned):
        who = who_may_ask(owned)
        return f"Only {who} can ask a department to own {owned.reference}; a head can take it on for the own department."
    if owned.archived_on is not None:
        return f"{owned.reference} is no longer in use."
    if owned.state == State.CONTESTED:
        return f"{owned.reference} is contested; who owns it is ruled on first."
    if owned.state == State.OWNED and by is not None and not by.standing.heads_department(owned.department_id):
        owner = f"{owned.department} owns {owned.reference}, with {owned.person}."
        return f"{owner} They hand it over, or another department contests it."
    return _obstacle_of(department, owned, person) if department is not None else None


def _obstacle_of(department: Department, owned: "OwnedObject", person: User | None) -> str | None:
    """What stands in the way on the side of the department."""
    if department.closed_on is not None:
        return f"{department} is closed."
    if owned.state == State.OWNED and owned.department_id == department.pk:
        return f"{department} owns {owned.reference} already."
    if owned.ownerships.waiting().filter(department=department).exists():
        return f"{department} is already asked to own {owned.reference}."
    if not department.deciders():
        return f"{department} has nobody who could answer: neither a head nor a deputy, nor does any department above it."
    return obstacle_to_name(person, department) if person is not None else None


def obstacle_to_name(person: User, department: Department) -> str | None:
    """Say why this person cannot own something for the department, or None: asked of the roles as they are now."""
    if not person.is_active:
        return f"{person} is no longer active."
    if not Role.objects.current().filter(person=person, department=department).exists():
        return f"{person} holds no role in {department}."
    return None
