"""What the room decisions waits for: the review of a decision on the day that was named."""

from collections.abc import Mapping

from initiatives.decisions.models import Paper
from initiatives.decisions.models.log import REVIEW
from initiatives.duties.kinds import Kind, register
from initiatives.organization.models import User


def may_still_review(user: User, ids: set[int]) -> set[int]:
    if not user.is_active:
        return set()
    waiting = Paper.objects.visible_to(user).to_review().filter(pk__in=ids).select_related("event")
    return {paper.pk for paper in waiting if paper.obstacle_to_review(user) is None}


def papers(ids: set[int]) -> Mapping[int, Paper]:
    return Paper.objects.select_related("event").in_bulk(ids)


register(
    Kind(
        name=REVIEW,
        words="Decision to review",
        template="",
        still=may_still_review,
        visible=lambda user: Paper.objects.visible_to(user),
        subjects=papers,
    )
)
