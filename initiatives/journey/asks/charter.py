"""Asked of each department's head: to vote on the charter."""

from initiatives.duties.kinds import Kind, register
from initiatives.journey.models import Ballot
from initiatives.journey.models.charter_votes import VOTE, answers_for
from initiatives.organization import departures
from initiatives.organization.models import User


def may_still_vote(user: User, ids: set[int]) -> set[int]:
    waiting = Ballot.objects.visible_to(user).waiting().filter(pk__in=ids, department__in=answers_for(user))
    return set(waiting.values_list("pk", flat=True))


def ask_others(person: User, by: User | None) -> None:
    """Ask who votes for the department when this person has left; a vote is the department's, so nothing is listed."""
    for ballot in Ballot.objects.waiting().select_related("version", "department").order_by("pk"):
        ballot.ask(by=by)


register(
    Kind(
        name=VOTE,
        words="Vote on the charter",
        template="",
        still=may_still_vote,
        visible=lambda user: Ballot.objects.visible_to(user),
        announced=True,
    )
)
departures.register(hand_over=ask_others)
