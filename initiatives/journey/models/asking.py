"""What ownership waits for: a department's answer, the name of a successor, somebody who finds an owner."""

from typing import TYPE_CHECKING

from django.urls import reverse

from initiatives.core import clock
from initiatives.duties.models import Obligation
from initiatives.journey.models.map import MapPolicy
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.proposing import may_ask
from initiatives.journey.models.words import State
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.ownership import Ownership

ACCEPT = "journey.accept_ownership"
FIND = "journey.find_owner"
ATTEST = "journey.attest"


def ask_to_accept(ownership: "Ownership", *, by: User | None) -> None:
    """Wait for the department's answer: of its head, or a deputy in their place."""
    reference = ownership.owned.reference
    Obligation.objects.open_for(
        ownership.department.deciders(),
        ACCEPT,
        ownership,
        due_on=ownership.answer_by,
        words=f"Name who owns {reference} now" if ownership.succession else f"Own {reference}",
        url=reverse("journey:ownership", args=[ownership.pk]),
        department=ownership.department,
        by=by,
    )


def answer_was_given(ownership: "Ownership", *, by: User) -> None:
    Obligation.objects.meet(ACCEPT, ownership, by=by)


def no_answer_needed(ownership: "Ownership", *, by: User | None, reason: str) -> None:
    Obligation.objects.excuse(ACCEPT, ownership, by=by, reason=reason)


def ask_to_find_owner(ownership: "Ownership", *, by: User | None) -> None:
    """Nobody is asked any more: whoever asked last, else the CXO, finds somebody else."""
    owned, asker = ownership.owned, ownership.proposed_by
    if owned.state != State.UNOWNED or owned.archived_on is not None:
        return
    able = asker is not None and asker.is_active and may_ask(asker, owned)
    person = asker if able else User.objects.holding("cxo").in_order().first()
    if person is not None:
        Obligation.objects.open(
            FIND,
            owned,
            person=person,
            due_on=working_days_after(clock.company_day(), MapPolicy.objects.current().days_to_answer),
            words=f"Find who owns {owned.reference}",
            url=reverse("journey:ownership", args=[ownership.pk]),
            by=by,
        )


def owner_is_sought(owned: "OwnedObject", *, by: User | None) -> None:
    """Somebody is asked again, or owns it."""
    for ask in Obligation.objects.open_now().about(owned).filter(kind=FIND):
        if by is not None:
            Obligation.objects.meet(FIND, owned, by=by, person=ask.person)
        else:
            Obligation.objects.excuse(FIND, owned, by=None, reason="Somebody is asked.")


def ask_to_attest(person: User, *, by: User | None) -> None:
    """Wait for this person's word that what they own is still theirs: one ask for all of it, while any of it is due."""
    today = clock.company_day()
    soonest = (
        OwnedObject.objects.to_attest(today).filter(person=person).select_related("department").order_by("attest_by").first()
    )
    if soonest is None:
        nothing_to_attest(person, by=by, reason="Nothing of theirs is due to be attested.")
        return
    Obligation.objects.open(
        ATTEST,
        person,
        person=person,
        due_on=soonest.attest_by or today,
        words="Attest what you own",
        url=reverse("journey:attest"),
        department=soonest.department,
        by=None,
    )


def nothing_to_attest(person: User, *, by: User | None, reason: str) -> None:
    Obligation.objects.excuse(ATTEST, person, by=by, reason=reason)


def all_was_attested(person: User, *, by: User) -> None:
    """Close the ask when nothing of this person's is due any more."""
    if not OwnedObject.objects.to_attest(clock.company_day()).filter(person=person).exists():
        Obligation.objects.meet(ATTEST, person, by=by)
