"""A problem that was opened by itself waits until somebody works on it."""

from collections.abc import Mapping

from initiatives.duties.kinds import Kind, register
from initiatives.journey.models import Problem
from initiatives.journey.models.hanging import answered_by
from initiatives.journey.models.triaging import BREACH
from initiatives.organization.models import User


def may_still_take_up(user: User, ids: set[int]) -> set[int]:
    found = Problem.objects.visible_to(user).open_now().filter(answered_by(user), pk__in=ids)
    return set(found.values_list("pk", flat=True))


def problems(ids: set[int]) -> Mapping[int, Problem]:
    return Problem.objects.in_bulk(ids)


register(
    Kind(
        name=BREACH,
        words="Limit that was passed",
        template="",
        still=may_still_take_up,
        visible=lambda user: Problem.objects.visible_to(user),
        subjects=problems,
        announced=True,
    )
)
