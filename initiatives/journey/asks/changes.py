"""Asks about the map itself: a proposed change to decide about, a stage to review."""

from collections.abc import Mapping

from initiatives.duties.kinds import Kind, register
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


def changes(ids: set[int]) -> Mapping[int, MapChange]:
    return MapChange.objects.select_related(*ALONG).in_bulk(ids)


def stages(ids: set[int]) -> Mapping[int, Stage]:
    return Stage.objects.in_bulk(ids)


register(
    Kind(
        name=DECIDE,
        words="Change of the map",
        template="journey/answers/decide_change.html",
        still=may_still_decide,
        visible=lambda user: MapChange.objects.visible_to(user),
        subjects=changes,
        announced=True,
    )
)
register(
    Kind(
        name=REVIEW,
        words="Stage to review",
        template="",
        still=may_still_review,
        visible=lambda user: Stage.objects.visible_to(user),
        subjects=stages,
        announced=True,
    )
)
