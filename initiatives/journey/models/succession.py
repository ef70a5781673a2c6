"""Succession: whoever owned something is gone, so its department keeps it, vacant, until somebody accepts.

Each function runs inside the transaction of what happened: a person left or moved, departments merged, split or closed.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from initiatives.journey.models import asking, asking_contests, following
from initiatives.journey.models.opening_contests import interim_steward
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.ownership import Ownership
from initiatives.journey.models.settling import settle
from initiatives.journey.models.words import Answer, Ending, State
from initiatives.organization.models import Department, Role, User

if TYPE_CHECKING:
    from collections.abc import Collection

    from initiatives.journey.models.ownership import OwnershipQuerySet


def vacate(ownership: Ownership, ending: Ending, *, by: User | None, reason: str, to: Department | None = None) -> None:
    """End what was accepted; the department (or `to`, which follows it) keeps the object, and its head names who owns it."""
    owned = ownership.owned
    owned.lock()
    ownership.lock()
    if ownership.answer != Answer.ACCEPTED:
        return
    ownership.finish(ending, reason)
    _keep(ownership, to or ownership.department, by=by, reason=reason)
    ownership.tell("vacated", by, reason)


def _keep(after: Ownership, department: Department, *, by: User | None, reason: str) -> None:
    """The department becomes the one that keeps the object; where nobody can answer for it, an owner is looked for."""
    owned, name = after.owned, after.person
    for asked in owned.ownerships.waiting().filter(department=department).order_by("pk"):
        asked.unask(by=by, reason=reason)
    if owned.archived_on is not None or not department.deciders():
        settle(owned)
        asking.ask_to_find_owner(after, by=by)
        return
    moved_along = (
        name is not None and name.is_active and Role.objects.current().filter(person=name, department=department).exists()
    )
    successor = Ownership.objects.begin(
        owned, department, by=None, succession=True, succeeds=after, person=name if moved_along else None
    )
    asking.ask_to_accept(successor, by=by)


def person_left(person: User, by: User | None) -> None:
    """What they owned falls vacant; where they were only named, their department is still asked."""
    for ownership in _of(Ownership.objects.accepted().filter(person=person)):
        vacate(ownership, Ending.LEFT, by=by, reason=f"{person} left.")
    for asked in _of(Ownership.objects.waiting().filter(person=person)):
        asked.owned.lock()
        asked.lock()
        asked.person = None
        asked.save(update_fields=["person"])
        asked.tell("name_dropped", by, f"{person} left.")
    asking.nothing_to_attest(person, by=by, reason=f"{person} left.")
    _renew_stewards(person, by)


def role_ended(person: User, department: Department | None, by: User | None) -> None:
    """Somebody who belongs to the department no longer owns nothing for it."""
    if department is not None and not Role.objects.current().filter(person=person, department=department).exists():
        for ownership in _of(Ownership.objects.accepted().filter(person=person, department=department)):
            vacate(ownership, Ending.MOVED, by=by, reason=f"{person} no longer holds a role in {department}.")
    _renew_stewards(person, by)


@transaction.atomic
def follow_roles() -> int:
    """Roles end by date: do then what would have been done on the day. Returns how much fell vacant."""
    member = Role.objects.current().filter(person=OuterRef("person_id"), department=OuterRef("department_id"))
    strangers = list(_of(Ownership.objects.accepted().exclude(Exists(member))))
    for ownership in strangers:
        if ownership.person is not None:
            role_ended(ownership.person, ownership.department, None)
    return len(strangers)


def _renew_stewards(person: User, by: User | None) -> None:
    """What they kept as a steward is kept by whoever heads the department now; after a leaver what is contested by whoever
    has no stake in it, and what nobody owns by nobody.
    """
    for owned in OwnedObject.objects.filter(steward=person).order_by("pk"):
        owned.lock()
        if owned.state == State.VACANT:
            settle(owned)
        elif not person.is_active:
            contest = owned.contests.filter(ended_at=None).first()
            steward = interim_steward(owned, contest.side_ids()) if contest is not None else None
            owned.become(owned.state, department=owned.department, steward=steward)
            if contest is not None:
                asking_contests.ask_to_keep(contest, by=by)


def nobody_is_asked(owned: OwnedObject, by: User, reason: str) -> None:
    """What is no longer in use is offered to nobody."""
    for asked in owned.ownerships.waiting().order_by("pk"):
        asked.lock()
        asked.unask(by=by, reason=reason)


following.when_out_of_use(nobody_is_asked)


# -- Departments ------------------------------------------------------------------------------------------------------------


def pass_to(department: Department, heir: Department, only: "Collection[int] | None", by: User | None, reason: str) -> None:
    """What the department owns, keeps or is asked for becomes the other's, vacant until somebody there accepts.

    `only` names the owned objects that pass on; None: all do. Every ownership stays in the history as it ended.
    """
    rows = Ownership.objects.filter(department=department)
    if only is not None:
        rows = rows.filter(owned__in=list(only))
    for ownership in _of(rows.accepted()):
        vacate(ownership, Ending.MERGED, by=by, reason=reason, to=heir)
    for asked in _of(rows.waiting()):
        _pass_question(asked, heir, by=by, reason=reason)


def department_closed(department: Department, by: User | None, reason: str) -> None:
    """What it owned is kept by the department above it; where none stands above, an owner is looked for."""
    above = department.parent or department
    for ownership in _of(Ownership.objects.filter(department=department).accepted()):
        vacate(ownership, Ending.CLOSED, by=by, reason=reason, to=above)
    for asked in _of(Ownership.objects.filter(department=department).waiting()):
        _pass_question(asked, above, by=by, reason=reason)


def _pass_question(asked: Ownership, heir: Department, *, by: User | None, reason: str) -> None:
    """The other department is asked instead, unless it is asked already or owns it."""
    owned = asked.owned
    owned.lock()
    asked.lock()
    asked.unask(by=by, reason=reason)
    theirs = owned.ownerships.living().filter(department=heir)
    if asked.succession:
        _keep(asked, heir, by=by, reason=reason)
    elif heir.pk != asked.department_id and heir.deciders() and not theirs.exists():
        asker = asked.proposed_by if asked.proposed_by and asked.proposed_by.is_active else None
        again = Ownership.objects.begin(owned, heir, by=asker, why=asked.why, succeeds=asked.succeeds)
        asking.ask_to_accept(again, by=by)
    else:
        settle(owned)
    asked.tell("passed_on", by, reason)


def _of(rows: "OwnershipQuerySet") -> "OwnershipQuerySet":
    return rows.select_related("owned", "department__parent", "person", "proposed_by").order_by("owned_id", "pk")
