"""The named queries of the stages' pages: all of them in order with what stands in each, and one of them."""

from typing import Any

from django.db.models import Count, Q, Sum

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.duties.models import Obligation
from initiatives.journey.models import Channel, MapChange, MapPolicy, Stage, State, Touchpoint
from initiatives.journey.models.reviewing import REVIEW
from initiatives.journey.reports.consistency import stage_rows
from initiatives.organization.models import User

EVENTS_SHOWN = 12


def _tallies(user: User, by: str) -> dict[int, dict[str, Any]]:
    """Touchpoints that the reader may see: how many, how many without an owner, their weight, by stage or channel."""
    seen = Touchpoint.objects.visible_to(user).in_use().order_by().values(by)
    rows = seen.annotate(count=Count("pk"), gaps=Count("pk", filter=~Q(owned__state=State.OWNED)), weight=Sum("owned__weight"))
    return {row[by]: row for row in rows}


def stages_page(user: User) -> dict[str, Any]:
    """The stages and channels in use, in order, each with what stands there."""
    today, nothing = clock.today(), {"count": 0, "gaps": 0, "weight": 0}
    in_stages, in_channels = _tallies(user, "stage"), _tallies(user, "channel")
    stages = Stage.objects.visible_to(user).in_use().select_related("owned__department", "owned__person")
    rows = [(stage, in_stages.get(stage.pk, nothing), stage.is_stale(today)) for stage in stages]
    channels = [(one, in_channels.get(one.pk, nothing)) for one in Channel.objects.visible_to(user).in_use()]
    return {
        "stages": rows,
        "channels": channels,
        "stale": sum(stale for _, _, stale in rows),
        "may_keep": user.standing.holds("cxo"),
    }


def stage_page(stage: Stage, user: User) -> dict[str, Any]:
    """One stage: its touchpoints by weight, who owns it, its review, what is proposed."""
    seen = Touchpoint.objects.visible_to(user).in_use().filter(stage=stage)
    names = ("reference", "title", "channel__name", "owned__state", "owned__weight", "owned__department__name", "moment_of_truth")
    rows = list(seen.order_by("-owned__weight", "pk").values(*names))
    policy = MapPolicy.objects.current()
    return {
        "stage": stage,
        "owned": stage.owned,
        "rows": stage_rows(user, [stage], policy),
        "policy": policy,
        "asked": stage.owned.ownerships.waiting().select_related("department").order_by("-pk").first(),
        "touchpoints": rows,
        "gaps": sum(row["owned__state"] != State.OWNED for row in rows),
        "stale": stage.is_stale(clock.today()),
        "review_asked": Obligation.objects.open_now().about(stage).filter(kind=REVIEW).select_related("person").first(),
        "waiting": MapChange.objects.visible_to(user).waiting().filter(Q(stage=stage) | Q(asked_stage=stage)).count(),
        "may_edit": stage.may_edit(user),
        "edit_obstacle": stage.obstacle_to_edit(),
        "review_obstacle": stage.obstacle_to_review(user),
        "ask_obstacle": stage.obstacle_to_ask_to_review(user),
        "events": (Event.objects.about(stage) | Event.objects.about(stage.owned)).newest_first()[:EVENTS_SHOWN],
    }
