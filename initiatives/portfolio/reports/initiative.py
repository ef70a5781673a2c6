"""The named queries of the portfolio's pages, with what each page says about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.prepared import prepared
from initiatives.core.templatetags.marks import health as health_mark
from initiatives.core.templatetags.words import ago
from initiatives.funding.above import Name
from initiatives.funding.reports import money_panel
from initiatives.journey.models import Problem, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models import (
    AnsweredProblem,
    CheckIn,
    Gate,
    ImprovedTouchpoint,
    Initiative,
    Involvement,
    Milestone,
    State,
    Status,
)
from initiatives.portfolio.reports.baseline import baseline_line
from initiatives.portfolio.reports.experiments import experiment_line

CHECK_INS_SHOWN = 10
EVENTS_SHOWN = 12
INVOLVED = ("initiative", "letter", "state", "reason", "department__name", "person__name", "person__email", "person__is_active")
REPORTED = ("at", "author__name", "health", "percent", "done", "next_steps", "blockers", "no_change")


@dataclass(frozen=True)
class Step:
    """One act on the page: its button, and what stands in its way for this reader."""

    words: str
    url: str
    obstacle: str | None
    kind: str = ""
    reason: str = ""
    will: str = ""


# The next step of each status that is taken on the initiative's own page; candidates are judged in Decide.
NEXT = {
    Status.DRAFT: ("propose", "Propose", ""),
    Status.FUNDED: ("launch", "Launch", ""),
    Status.ACTIVE: ("complete", "Complete", "The work is done. Check-ins are no longer asked for."),
    Status.PAUSED: ("resume", "Resume", ""),
    Status.COMPLETED: ("realise", "Mark as realised", ""),
}
# What comes next in words, where somebody else moves first.
WAITS = {
    Status.PROPOSED: "The CXO judges value and effort next.",
    Status.ASSESSED: "The CXO ranks it next.",
    Status.PRIORITISED: "Money is asked for and allocated next.",
}
EXITS = {
    Status.PROPOSED: ("decline", "cancel"),
    Status.ASSESSED: ("decline", "cancel"),
    Status.PRIORITISED: ("decline", "cancel"),
    Status.DRAFT: ("cancel",),
    Status.FUNDED: ("cancel",),
    Status.ACTIVE: ("pause", "cancel"),
    Status.PAUSED: ("cancel",),
}
EXIT_WORDS = {
    "decline": ("Decline", "danger", "It will not be done. Everybody who sees it reads the reason."),
    "cancel": ("Cancel initiative", "danger", "It ends before its time. Everybody who sees it reads the reason."),
    "pause": ("Pause", "", "The work stops for now. Check-ins are not asked for until it resumes."),
}


def aims(initiative: Initiative, user: User) -> dict[str, Any]:
    """The problems that it answers and the touchpoints that it improves, as far as the reader may know of them."""
    return {"problems": _answered(initiative, user), "touchpoints": _improved(initiative, user)}


@prepared
def _answered(initiative: Initiative, user: User) -> QuerySet[Problem]:
    answered = AnsweredProblem.objects.living().filter(initiative=initiative)
    return Problem.objects.visible_to(user).filter(pk__in=answered.values("problem")).order_by("pk")


@prepared
def _improved(initiative: Initiative, user: User) -> QuerySet[Touchpoint, dict[str, str]]:
    improved = ImprovedTouchpoint.objects.living().filter(initiative=initiative)
    seen = Touchpoint.objects.visible_to(user).filter(pk__in=improved.values("touchpoint"))
    named: QuerySet[Touchpoint, dict[str, str]] = seen.order_by("stage__position", "pk").values("reference", "title")
    return named


@prepared
def _parts(initiative: Initiative) -> QuerySet[Involvement]:
    involved = Involvement.objects.filter(initiative=initiative).select_related("department", "person").only(*INVOLVED)
    return involved.order_by("department__name", "id")


@prepared
def _milestones(initiative: Initiative) -> QuerySet[Milestone]:
    return Milestone.objects.filter(initiative=initiative).select_related("gate")


@prepared
def _check_ins(initiative: Initiative) -> QuerySet[CheckIn, dict[str, Any]]:
    reports: QuerySet[CheckIn, dict[str, Any]] = CheckIn.objects.filter(initiative=initiative).values(*REPORTED)
    return reports[:CHECK_INS_SHOWN]


@prepared
def _events(initiative: Initiative) -> QuerySet[Event]:
    return Event.objects.about(initiative).newest_first()[:EVENTS_SHOWN]


def steps(initiative: Initiative, user: User) -> Iterator[Step]:
    """The acts that this reader finds: the next step with its obstacle, and the side exits that are theirs to take."""
    if initiative.status in NEXT:
        act, words, will = NEXT[Status(initiative.status)]
        obstacle = getattr(initiative, f"obstacle_to_{act}")(user)
        yield Step(words, _url(act, initiative), obstacle, kind="primary", will=will)
    for act in EXITS.get(Status(initiative.status), ()):
        if getattr(initiative, f"obstacle_to_{act}")(user) is None:
            words, kind, will = EXIT_WORDS[act]
            yield Step(words, _url(act, initiative), None, kind=kind, reason="required", will=will)


def _url(act: str, initiative: Initiative) -> str:
    return reverse(f"portfolio:{act}", args=[initiative.reference])


HEAD = '<p class="split"><span class="cluster">{}{}</span><span class="small quiet">{}, {}</span></p>'


def _head(report: Mapping[str, Any]) -> SafeString:
    """The first line of a check-in: health, percent, who, when."""
    percent = "" if report["percent"] is None else format_html("<span>{} %</span>", report["percent"])
    return format_html(HEAD, health_mark(report["health"]), percent, report["author__name"] or "Imported", ago(report["at"]))


def initiative_page(initiative: Initiative, user: User) -> dict[str, Any]:
    """Everything that one initiative's page shows: why, who, how much, how far, how healthy, what is next."""
    parts, milestones = _parts(initiative), _milestones(initiative)
    initiative.at_hand = {"involvements": parts, "milestones": milestones}  # obstacles read them too
    check_ins = [{**report, "head": _head(report)} for report in _check_ins(initiative)]
    today = clock.today()
    health, words = initiative.health_shown(today)
    hidden = Initiative.objects.ranks_hidden_from(user) if initiative.rank is not None else []
    panel = money_panel(user, initiative.cost_object, name=Name(str(initiative), initiative.get_absolute_url()))
    return {
        "initiative": initiative,
        "steps": list(steps(initiative, user)),
        "waits": WAITS.get(Status(initiative.status), ""),
        "health": health,
        "health_words": words,
        "parts": [part for part in parts if part.state in (State.PROPOSED, State.ACCEPTED)],
        "past_parts": [part for part in parts if part.state not in (State.PROPOSED, State.ACCEPTED)],
        "asked_to_answer": [part for part in parts if part.state == State.PROPOSED and part.letter == "A"],
        "mine": {part.pk for part in parts if user.standing.heads_department(part.department_id)},
        "milestones": milestones,
        "next_milestone": next((milestone for milestone in milestones if milestone.is_open), None),
        "check_ins": check_ins,
        "last": check_ins[0] if check_ins else None,
        "events": _events(initiative),
        "today": today,
        "rank": initiative.rank_among(hidden),
        "withheld": sorted(initiative.withheld.items()),
        "panel": panel,
        "experiment": experiment_line(initiative.tested),
        "baseline": baseline_line(initiative.kept_plan, initiative, panel),
        "may_edit": initiative.obstacle_to_edit(user) is None,
        **aims(initiative, user),
        "may_involve": initiative.obstacle_to_propose_involvement(user) is None,
        "may_guard": initiative.obstacle_to_make_confidential(user) is None,
        "may_report": initiative.obstacle_to_check_in(user) is None,
        "may_set_gate": Gate.objects.obstacle_to_set(initiative, user) is None,
        "may_plan": initiative.obstacle_to_add_milestone(user) is None,
    }


def gate_page(gate: Gate, user: User) -> dict[str, Any]:
    """One gate: what is asked, what was answered, what is missing for a go, and every verdict so far."""
    initiative = gate.milestone.initiative
    prefetch_related_objects([gate], "criteria")
    return {
        "gate": gate,
        "milestone": gate.milestone,
        "initiative": initiative,
        "criteria": list(gate.criteria.all()),
        "decisions": list(gate.decisions.select_related("by")),
        "missing": gate.missing() if gate.is_open else [],
        "money_open": initiative.cost_object.amounts_open_to(user),
        "may_answer": gate.obstacle_to_answer(user) is None,
        "decide_obstacle": gate.obstacle_to_decide(user),
        "go_obstacle": gate.obstacle_to_go(user),
        "shown": gate.shown(),
    }
