"""Rules of the room portfolio: who may do what to an initiative. The sentences of a refusal stand with the acts.

Everything begins with seeing: a permission on an initiative that one may not see is refused, whatever else one is.
"""

from collections.abc import Callable

from django.db.models import QuerySet

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.rules import import_rules
from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.core.prepared import prepared
from initiatives.organization.models import User
from initiatives.portfolio.imports.target import Initiatives
from initiatives.portfolio.models import Gate, Initiative, Involvement, Milestone, SavedView

Answer = Callable[[Initiative, User], bool]


@permission("portfolio.view_initiative")
def view_initiative(user: User, initiative: Initiative | None = None) -> bool:
    """Every active person with a role; a confidential one, its insiders and who sees everything."""
    return user.standing.anywhere if initiative is None else initiative.seen_by(user)


@permission("portfolio.export_initiatives")
def export_initiatives(user: User) -> bool:
    """Everybody who sees the list, except who is an administrator and nothing else."""
    return user.standing.takes_part


@permission("portfolio.create_initiative")
def create_initiative(user: User) -> bool:
    """Contributors, heads and deputies, for their own department; the CXO."""
    return bool(user.standing.belongs_to) or user.standing.holds("cxo")


@permission("portfolio.import_initiatives")
def import_initiatives(user: User) -> bool:
    """The CXO; heads and deputies for what their own department leads, asked of each row."""
    return user.standing.holds("cxo") or bool(user.standing.heads)


@permission("portfolio.follow_import")
def follow_import(user: User, run: ImportRun | None = None) -> bool:
    """One's own imports; the CXO all of them."""
    return import_initiatives(user) and (run is None or run.seen_by(user))


def _of_cxo(initiative: Initiative, user: User) -> bool:
    return user.standing.holds("cxo")


def _may_cancel(initiative: Initiative, user: User) -> bool:
    return user.standing.holds("cxo") or user.standing.heads_department(initiative.lead_department_id)


def _may_involve(initiative: Initiative, user: User) -> bool:
    return initiative.may_edit(user) or initiative.may_run(user)


def _who_sees(answer: Answer) -> Callable[[User, Initiative], bool]:
    def asked(user: User, initiative: Initiative) -> bool:
        return answer(initiative, user) and initiative.seen_by(user)

    return asked


ANSWERS: dict[str, Answer] = {
    "edit": Initiative.may_edit,
    "propose": Initiative.may_edit,
    "assess": _of_cxo,
    "prioritise": _of_cxo,
    "launch": Initiative.may_run,
    "complete": Initiative.may_run,
    "realise": _of_cxo,
    "decline": _of_cxo,
    "pause": Initiative.may_run,
    "resume": Initiative.may_run,
    "cancel": _may_cancel,
    "make_confidential": Initiative.may_guard,
    "open_up": Initiative.may_guard,
    "involve": _may_involve,
    "plan": Initiative.may_plan,
    "gate": _of_cxo,
    "check_in": Initiative.may_report,
}
for act, answer in ANSWERS.items():
    permission(f"portfolio.{act}_initiative")(_who_sees(answer))


SHOWN = ("lead_department", "sponsor", "accountable_department", "accountable_person", "cost_object")
ACTED_ON = ("accountable_department", "accountable_person")  # an act asks who answers; the rest only when it is refused


def initiative_for(request: Request, ref: str, to: str = "view") -> Initiative:
    """The initiative of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen = to_act_on if request.method == "POST" else to_show
    return scoped(request, seen(request.user, ref), f"portfolio.{to}_initiative")


@prepared
def to_act_on(user: User, ref: str) -> QuerySet[Initiative]:
    return Initiative.objects.visible_to(user).filter(reference=ref).select_related(*ACTED_ON)[:1]


@prepared
def to_show(user: User, ref: str) -> QuerySet[Initiative]:
    return Initiative.objects.visible_to(user).filter(reference=ref).select_related(*SHOWN).with_plan()[:1]


@permission("portfolio.answer_involvement")
def answer_involvement(user: User, involvement: Involvement) -> bool:
    """Head and deputies of the department that was asked."""
    return involvement.may_answer(user) and involvement.initiative.seen_by(user)


@permission("portfolio.end_involvement")
def end_involvement(user: User, involvement: Involvement) -> bool:
    """Head and deputies of the department, and the CXO."""
    may = user.standing.holds("cxo") or involvement.may_answer(user)
    return may and involvement.initiative.seen_by(user)


@permission("portfolio.change_saved_view")
def change_saved_view(user: User, view: SavedView) -> bool:
    """One's own."""
    return view.owner_id == user.pk


def involvement_for(request: Request, ref: str, number: int, to: str = "answer") -> Involvement:
    """A department's part, looked up through its initiative."""
    initiative = initiative_for(request, ref)
    parts = Involvement.objects.filter(initiative=initiative).select_related("department", "person")
    found = scoped(request, parts, f"portfolio.{to}_involvement", pk=number)
    found.initiative = initiative
    return found


def milestone_for(request: Request, ref: str, number: int, to: str = "plan") -> Milestone:
    """A milestone, looked up through its initiative, for somebody who may do `to` there."""
    initiative = initiative_for(request, ref, to=to)
    found = scoped(request, Milestone.objects.filter(initiative=initiative), "portfolio.change_milestone", pk=number)
    found.initiative = initiative
    return found


@permission("portfolio.change_milestone")
def change_milestone(user: User, milestone: Milestone) -> bool:
    """Who may plan the initiative."""
    return milestone.initiative.may_plan(user) and milestone.initiative.seen_by(user)


def gate_for(request: Request, ref: str, number: int, to: str = "view") -> Gate:
    """The gate of a milestone, looked up through its initiative."""
    initiative = initiative_for(request, ref)
    gates = Gate.objects.of(initiative).select_related("milestone")
    found = scoped(request, gates, f"portfolio.{to}_gate", milestone=number)
    found.milestone.initiative = initiative
    return found


@permission("portfolio.view_gate")
def view_gate(user: User, gate: Gate) -> bool:
    """Who sees the initiative; the amount, who sees its money."""
    return gate.milestone.initiative.seen_by(user)


@permission("portfolio.answer_gate")
def answer_gate(user: User, gate: Gate) -> bool:
    """Who may plan the initiative."""
    return gate.milestone.initiative.may_plan(user) and gate.milestone.initiative.seen_by(user)


@permission("portfolio.decide_gate")
def decide_gate(user: User, gate: Gate) -> bool:
    """The CXO."""
    return user.standing.holds("cxo") and gate.milestone.initiative.seen_by(user)


OWNERS = "the accountable person, head and deputies of the accountable and the lead department, the CXO"
LEADERS = "head and deputies of the lead department, the CXO"
EDITORS = "who drafted it in the lead department, its head and deputies, the CXO"
REPORTERS = "the accountable person, heads of the accountable and the lead department, who is responsible"
IMPORTERS = "the CXO; heads and deputies for what their own department leads"
READERS = "everybody with a role; confidential ones, the insiders and who sees everything"


def _rule(url: str, methods: str, act: str, who: str, of: str = "initiative") -> Rule:
    return Rule(f"portfolio:{url}", methods, f"portfolio.{act}_{of}", of=of, who=who)


declare(
    Rule("portfolio:list", "GET", "portfolio.view_initiative", who=READERS),
    Rule("portfolio:board", "GET", "portfolio.view_initiative", who=READERS),
    Rule("portfolio:export", "GET", "portfolio.export_initiatives", who="who sees the list, not the administrator", export=True),
    Rule("portfolio:saved_views", "GET", "portfolio.view_initiative", who="one’s own, and what colleagues share"),
    Rule("portfolio:save_view", "POST", "portfolio.view_initiative", who="everybody with a role, for oneself"),
    _rule("rename_view", "GET POST", "change", "its owner", of="saved_view"),
    _rule("discard_view", "POST", "change", "its owner", of="saved_view"),
    Rule("portfolio:create", "GET POST", "portfolio.create_initiative", who="people of a department for it, the CXO for all"),
    _rule("initiative", "GET", "view", READERS),
    _rule("edit", "GET POST", "edit", EDITORS),
    _rule("answer_problem", "GET POST", "edit", EDITORS),
    _rule("leave_problem", "POST", "edit", EDITORS),
    _rule("improve", "GET POST", "edit", EDITORS),
    _rule("leave_touchpoint", "POST", "edit", EDITORS),
    _rule("propose", "POST", "propose", EDITORS),
    _rule("launch", "POST", "launch", OWNERS),
    _rule("complete", "POST", "complete", OWNERS),
    _rule("realise", "POST", "realise", "the CXO"),
    _rule("decline", "POST", "decline", "the CXO"),
    _rule("pause", "POST", "pause", OWNERS),
    _rule("resume", "POST", "resume", OWNERS),
    _rule("cancel", "POST", "cancel", LEADERS),
    _rule("make_confidential", "GET POST", "make_confidential", LEADERS),
    _rule("open_up", "POST", "open_up", LEADERS),
    _rule("propose_involvement", "GET POST", "involve", f"{EDITORS}; {OWNERS}"),
    _rule("involvement", "GET", "end", "head and deputies of its department, the CXO", of="involvement"),
    _rule("accept_involvement", "POST", "answer", "head and deputies of its department", of="involvement"),
    _rule("decline_involvement", "POST", "answer", "head and deputies of its department", of="involvement"),
    _rule("end_involvement", "POST", "end", "head and deputies of its department, the CXO", of="involvement"),
    _rule("hand_involvement", "POST", "end", "head and deputies of its department, the CXO", of="involvement"),
    _rule("check_in", "GET POST", "check_in", REPORTERS),
    _rule("report_no_change", "POST", "check_in", REPORTERS),
    _rule("add_milestone", "GET POST", "plan", f"{EDITORS}; {OWNERS}; who is responsible"),
    _rule("meet_milestone", "POST", "change", "who may plan its initiative", of="milestone"),
    _rule("move_milestone", "GET POST", "change", "who may plan its initiative", of="milestone"),
    _rule("drop_milestone", "POST", "change", "who may plan its initiative", of="milestone"),
    _rule("set_gate", "GET POST", "gate", "the CXO"),
    _rule("gate", "GET", "view", READERS, of="gate"),
    _rule("gate_answer", "GET POST", "answer", "who may plan its initiative", of="gate"),
    _rule("gate_go", "POST", "decide", "the CXO", of="gate"),
    _rule("gate_hold", "GET POST", "decide", "the CXO", of="gate"),
    _rule("gate_recycle", "POST", "decide", "the CXO", of="gate"),
    _rule("gate_kill", "POST", "decide", "the CXO", of="gate"),
    *import_rules(Initiatives(), who=IMPORTERS, followers="who uploaded the file; the CXO"),
)
