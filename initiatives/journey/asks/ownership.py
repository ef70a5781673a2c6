"""Asks about ownership: who may still see and answer each, and what it is about."""

from collections.abc import Mapping

from initiatives.core import clock
from initiatives.duties.kinds import Kind, register
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


def ownerships(ids: set[int]) -> Mapping[int, Ownership]:
    return Ownership.objects.select_related("owned", "department", "person", "proposed_by").in_bulk(ids)


def owned_objects(ids: set[int]) -> Mapping[int, OwnedObject]:
    return OwnedObject.objects.in_bulk(ids)


register(
    Kind(
        name=ACCEPT,
        words="Ownership to accept",
        template="journey/answers/accept_ownership.html",
        still=may_still_answer,
        visible=lambda user: Ownership.objects.visible_to(user),
        subjects=ownerships,
        announced=True,
    )
)
register(
    Kind(
        name=FIND,
        words="Owner to find",
        template="",
        still=may_still_find,
        visible=lambda user: OwnedObject.objects.visible_to(user),
        subjects=owned_objects,
        announced=True,
    )
)


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
