"""Asked of each department's head: to vote on the charter."""

from initiatives.duties.kinds import ask_about
from initiatives.journey.models import Ballot
from initiatives.journey.models.charter_votes import VOTE, answers_for
from initiatives.organization.models import User


def may_still_vote(user: User, ids: set[int]) -> set[int]:
    waiting = Ballot.objects.visible_to(user).waiting().filter(pk__in=ids, department__in=answers_for(user))
    return set(waiting.values_list("pk", flat=True))


ask_about(Ballot.objects, VOTE, "Vote on the charter", may_still_vote, named=False)
