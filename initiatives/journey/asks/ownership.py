"""Asks about ownership: who may still see and answer each, and what it is about."""

from initiatives.core import clock
from initiatives.duties.kinds import Kind, ask_about, register
from initiatives.journey.models import OwnedObject, Ownership, State
from initiatives.journey.models.asking import ACCEPT, ATTEST, FIND
from initiatives.journey.models.proposing import may_ask
from initiatives.organization.models import User
from initiatives.organization.models.people import UserQuerySet


def may_still_answer(user: User, ids: set[int]) -> set[int]:
    waiting = Ownership.objects.visible_to(user).waiting().filter(pk__in=ids).select_related("department")
    return {ownership.pk for ownership in waiting if ownership.may_answer(user)}


def may_still_find(user: User, ids: set[int]) -> set[int]:
    lost = OwnedObject.objects.visible_to(user).in_use().filter(pk__in=ids, state=State.UNOWNED)
    return {owned.pk for owned in lost if may_ask(user, owned)}


ask_about(
    Ownership.objects.select_related("owned", "department", "person", "proposed_by"),
    ACCEPT,
    "Ownership to accept",
    may_still_answer,
    template="journey/answers/accept_ownership.html",
)
ask_about(OwnedObject.objects, FIND, "Owner to find", may_still_find)


def may_still_attest(user: User, ids: set[int]) -> set[int]:
    """One's own ask, while something of one's own is due."""
    return ids & {user.pk} if owners_to_attest(user).filter(pk=user.pk).exists() else set()


def owners_to_attest(user: User) -> UserQuerySet:
    """Whose ownership is due to be attested, as far as this person may see what they own."""
    due = OwnedObject.objects.visible_to(user).to_attest(clock.company_day())
    return User.objects.visible_to(user).filter(pk__in=due.values("person"))


register(
    Kind(
        name=ATTEST,
        words="Ownership to attest",
        template="",
        still=may_still_attest,
        visible=owners_to_attest,
        announced=True,
    )
)
