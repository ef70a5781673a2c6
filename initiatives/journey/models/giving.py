"""What was decided about ownership from above: the department owns it at once, through its head, until it names somebody."""

from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.journey.models.asking import owner_is_sought
from initiatives.journey.models.ownership import Ownership
from initiatives.journey.models.settling import settle
from initiatives.journey.models.words import Answer, Ending
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


def obstacle_to_give(department: Department) -> str | None:
    """Say in one sentence why nothing can be given to this department, or None."""
    if department.closed_on is not None:
        return f"{department} is closed."
    return None if department.deciders() else f"{department} has nobody who could answer for it: neither a head nor a deputy."


def heir_of(department: Department) -> Department:
    """Who stands in the place of a department: itself, or when it was closed or merged the nearest that follows it."""
    while department.closed_on is not None and department.parent is not None:
        department = department.parent
    return department


def give(owned: "OwnedObject", department: Department, *, by: User | None, why: str) -> None:
    """Let the department own it, inside the act that decides so; the object is locked before.

    Whoever owned it until now no longer does, and nobody else is asked. Its own ownership goes on with the person it named.
    """
    head, kept = next(iter(department.deciders()), None), Ownership.objects.of(owned)
    if head is not None and (kept is None or kept.department_id != department.pk):
        if kept is not None:
            kept.finish(Ending.RULED, why)
        for waiting in Ownership.objects.filter(owned=owned).waiting().order_by("pk"):
            waiting.unask(by=by, reason=why)
        now = clock.now()
        Ownership.objects.create(
            owned=owned,
            department=department,
            person=head,
            answer=Answer.ACCEPTED,
            why=why,
            proposed_by=by,
            answer_by=clock.day_of(now),
            answered_by=by,
            answered_at=now,
        )
    settle(owned, ruled=True)
    owner_is_sought(owned, by=by)


def give_back(owned: "OwnedObject") -> None:
    """Nothing was decided: the object is again what its handshakes say."""
    settle(owned, ruled=True)
