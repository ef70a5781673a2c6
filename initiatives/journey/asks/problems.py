"""A problem that was opened by itself waits until somebody works on it."""

from initiatives.duties.kinds import ask_about
from initiatives.journey.models import Problem
from initiatives.journey.models.hanging import answered_by
from initiatives.journey.models.triaging import BREACH
from initiatives.organization.models import User


def may_still_take_up(user: User, ids: set[int]) -> set[int]:
    found = Problem.objects.visible_to(user).open_now().filter(answered_by(user), pk__in=ids)
    return set(found.values_list("pk", flat=True))


ask_about(Problem.objects, BREACH, "Limit that was passed", may_still_take_up)
