"""Asks about the map itself: a proposed change to decide about, a stage to review."""

from initiatives.duties.kinds import ask_about
from initiatives.journey.models import MapChange, Stage
from initiatives.journey.models.proposed import DECIDE
from initiatives.journey.models.reviewing import REVIEW
from initiatives.organization.models import User

ALONG = ("touchpoint__owned", "asked_stage__owned__department", "stage", "channel", "journey", "proposed_by")


def may_still_decide(user: User, ids: set[int]) -> set[int]:
    waiting = MapChange.objects.visible_to(user).waiting().filter(pk__in=ids).select_related(*ALONG)
    return {change.pk for change in waiting if change.may_answer(user)}


def may_still_review(user: User, ids: set[int]) -> set[int]:
    stages = Stage.objects.visible_to(user).in_use().filter(pk__in=ids).select_related("owned")
    return {stage.pk for stage in stages if stage.obstacle_to_review(user) is None}


ask_about(
    MapChange.objects.select_related(*ALONG),
    DECIDE,
    "Change of the map",
    may_still_decide,
    template="journey/answers/decide_change.html",
)
ask_about(Stage.objects, REVIEW, "Stage to review", may_still_review)
