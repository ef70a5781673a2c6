"""Rules of the map itself: drawing and proposing, reviewing, restricting, deciding about proposals, its numbers."""

from django.db.models import QuerySet

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.rules import import_rules
from initiatives.core.pages import Request
from initiatives.core.policy import MailRule, Rule, declare, permission, scoped
from initiatives.journey.access.seeing import READERS
from initiatives.journey.imports.target import Touchpoints
from initiatives.journey.models import Channel, Journey, MapChange, Stage, Touchpoint
from initiatives.organization.models import User


@permission("journey.draw_map")
def draw_map(user: User, thing: Stage | Touchpoint | None = None) -> bool:
    """Everybody with a role: the CXO and who owns the stage edit, the others propose."""
    return user.standing.anywhere and (thing is None or thing.owned.seen_by(user))


@permission("journey.draw_journey")
def draw_journey(user: User, thing: Journey | Channel) -> bool:
    """Everybody with a role: the CXO edits, the others propose."""
    return user.standing.anywhere


@permission("journey.keep_map")
def keep_map(user: User) -> bool:
    """The CXO."""
    return user.standing.holds("cxo")


@permission("journey.review_stage")
def review_stage(user: User, stage: Stage) -> bool:
    """The CXO and who owns the stage."""
    return user.standing.holds("cxo") or stage.is_owned_by(user)


@permission("journey.guard_touchpoint")
def guard_touchpoint(user: User, touchpoint: Touchpoint) -> bool:
    """The CXO; head and deputies of the owning department, its accountable person."""
    return touchpoint.may_guard(user) and touchpoint.owned.seen_by(user)


def _sees(user: User, change: MapChange) -> bool:
    return user.standing.anywhere and (change.touchpoint is None or change.touchpoint.owned.seen_by(user))


@permission("journey.view_change")
def view_change(user: User, change: MapChange) -> bool:
    """Everybody who sees what it is about."""
    return _sees(user, change)


@permission("journey.answer_change")
def answer_change(user: User, change: MapChange) -> bool:
    """The CXO, and who owns the stage that is asked."""
    return change.may_answer(user) and _sees(user, change)


@permission("journey.withdraw_change")
def withdraw_change(user: User, change: MapChange) -> bool:
    """Who proposed it."""
    return change.proposed_by_id == user.pk and _sees(user, change)


@permission("journey.import_touchpoints")
def import_touchpoints(user: User) -> bool:
    """The CXO; who owns a stage for its touchpoints, asked of each row."""
    return user.standing.holds("cxo") or (bool(user.standing.belongs_to) and Stage.objects.owned_by(user).exists())


@permission("journey.follow_import")
def follow_import(user: User, run: ImportRun | None = None) -> bool:
    """One's own imports; the CXO all of them."""
    return import_touchpoints(user) and (run is None or run.seen_by(user))


def stage_for(request: Request, ref: str, to: str = "draw_map") -> Stage:
    seen: QuerySet[Stage] = Stage.objects.visible_to(request.user).select_related(
        "owned__department", "owned__person", "owned__steward"
    )
    return scoped(request, seen, f"journey.{to}", reference=ref)


def journey_for(request: Request, number: int) -> Journey:
    seen: QuerySet[Journey] = Journey.objects.visible_to(request.user)
    return scoped(request, seen, "journey.draw_journey", pk=number)


def channel_for(request: Request, number: int) -> Channel:
    seen: QuerySet[Channel] = Channel.objects.visible_to(request.user)
    return scoped(request, seen, "journey.draw_journey", pk=number)


def change_for(request: Request, number: int, to: str = "view") -> MapChange:
    along = ("touchpoint__owned", "stage__owned", "channel", "journey", "asked_stage__owned__department", "proposed_by")
    seen: QuerySet[MapChange] = MapChange.objects.visible_to(request.user).select_related(*along, "answered_by")
    return scoped(request, seen, f"journey.{to}_change", pk=number)


DRAW = "everybody with a role; the CXO and who owns the stage edit, others propose"
DECIDE = "the CXO, who owns the stage"


def _draws(url: str, methods: str, of: str = "", to: str = "draw_map", who: str = DRAW) -> Rule:
    return Rule(f"journey:{url}", methods, f"journey.{to}", of=of, who=who)


declare(
    _draws("add_touchpoint", "GET POST"),
    _draws("edit_touchpoint", "GET POST", of="touchpoint"),
    _draws("split_touchpoint", "GET POST", of="touchpoint"),
    _draws("archive_touchpoint", "GET POST", of="touchpoint"),
    _draws("restrict", "GET POST", "touchpoint", "guard_touchpoint", "the CXO, the owner, the stewards of the owning department"),
    _draws("open_up", "POST", "touchpoint", "guard_touchpoint", "the CXO, the owner, the stewards of the owning department"),
    _draws("stages", "GET", who=READERS, to="view_map"),
    _draws("stage", "GET", of="stage", who=READERS),
    _draws("add_stage", "GET POST"),
    _draws("edit_stage", "GET POST", of="stage"),
    _draws("archive_stage", "GET POST", of="stage"),
    _draws("order_stages", "POST", to="keep_map", who="the CXO"),
    _draws("review_stage", "GET POST", of="stage", to="review_stage", who=DECIDE),
    _draws("ask_to_review", "POST", of="stage", who="everybody with a role"),
    _draws("add_channel", "GET POST"),
    _draws("edit_channel", "GET POST", of="channel", to="draw_journey"),
    _draws("archive_channel", "GET POST", of="channel", to="draw_journey"),
    _draws("order_channels", "POST", to="keep_map", who="the CXO"),
    _draws("journeys", "GET", who=READERS, to="view_map"),
    _draws("journey", "GET", of="customer journey", to="draw_journey", who=READERS),
    _draws("add_journey", "GET POST"),
    _draws("edit_journey", "GET POST", of="customer journey", to="draw_journey"),
    _draws("archive_journey", "GET POST", of="customer journey", to="draw_journey"),
    _draws("changes", "GET", who="everybody with a role; of what they may see", to="view_map"),
    _draws("change", "GET", of="change", to="view_change", who="everybody with a role; of what they may see"),
    _draws("accept_change", "POST", of="change", to="answer_change", who=DECIDE),
    _draws("decline_change", "POST", of="change", to="answer_change", who=DECIDE),
    _draws("withdraw_change", "POST", of="change", to="withdraw_change", who="who proposed it"),
    _draws("policy", "GET", who="everybody with a role", to="view_map"),
    _draws("set_policy", "GET POST", to="keep_map", who="the CXO"),
    *import_rules(Touchpoints(), who="the CXO; who owns a stage for its touchpoints", followers="who uploaded the file; the CXO"),
    MailRule("map_change", who="who proposed the change, while they may see what it is about"),
)
