"""What the room decisions waits for: papers and reviews of decisions, and how each department divides a round's amount."""

from initiatives.decisions.models import Paper, RoundBallot
from initiatives.decisions.models.log import REVIEW, WEIGH, decisions, obstacle_to_weigh
from initiatives.decisions.models.portions import DIVIDE
from initiatives.decisions.models.wanted import lacking
from initiatives.duties.kinds import Kind, ask_about, register
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import User


def may_still_review(user: User, ids: set[int]) -> set[int]:
    if not user.is_active:
        return set()
    waiting = Paper.objects.visible_to(user).to_review().filter(pk__in=ids).select_related("event")
    return {paper.pk for paper in waiting if paper.obstacle_to_review(user) is None}


def may_still_weigh(user: User, ids: set[int]) -> set[int]:
    waiting = lacking(decisions(user).filter(pk__in=ids)).select_related("actor")
    return {event.pk for event in waiting if obstacle_to_weigh(event, user) is None}


def may_still_divide(user: User, ids: set[int]) -> set[int]:
    waiting = RoundBallot.objects.visible_to(user).waiting().filter(pk__in=ids, department__in=answers_for(user))
    return set(waiting.values_list("pk", flat=True))


register(Kind(WEIGH, "Decision without a paper", "", may_still_weigh, visible=decisions, announced=True))
ask_about(Paper.objects.select_related("event"), REVIEW, "Decision to review", may_still_review, announced=False)
ask_about(RoundBallot.objects.select_related("round", "department"), DIVIDE, "Amount to divide", may_still_divide)
