"""The ask of a handoff: agree, or decline with a reason."""

from collections.abc import Mapping

from initiatives.duties.kinds import Kind, register
from initiatives.journey.models import Answer, Handoff, HandoffSide
from initiatives.journey.models.handoff_sides import ACCEPT, HandoffSideQuerySet
from initiatives.organization.models import User


def seen_sides(user: User) -> HandoffSideQuerySet:
    return HandoffSide.objects.filter(handoff__in=Handoff.objects.visible_to(user).living())


def may_still_answer(user: User, ids: set[int]) -> set[int]:
    waiting = seen_sides(user).filter(pk__in=ids, answer=Answer.PROPOSED).select_related("department")
    return {side.pk for side in waiting if side.may_answer(user)}


def sides(ids: set[int]) -> Mapping[int, HandoffSide]:
    return HandoffSide.objects.select_related("handoff__giver", "handoff__taker", "department").in_bulk(ids)


register(
    Kind(
        name=ACCEPT,
        words="Handoff to agree to",
        template="journey/answers/accept_handoff.html",
        still=may_still_answer,
        visible=seen_sides,
        subjects=sides,
        announced=True,
    )
)
