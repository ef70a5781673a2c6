"""Rules of the room decisions."""

from initiatives.core.models import Event
from initiatives.core.pages import Request
from initiatives.core.policy import SIGNED_IN, Rule, TaskRule, declare, permission, scoped
from initiatives.decisions.models import Round, RoundBallot, Scenario
from initiatives.decisions.models.log import is_seen, obstacle_to_weigh
from initiatives.decisions.models.scenarios import READERS
from initiatives.organization.models import User


@permission("decisions.rank_initiatives")
def rank_initiatives(user: User) -> bool:
    """Arrange the draft and publish it."""
    return user.standing.holds("cxo")


@permission("decisions.view_decision")
def view_decision(user: User, event: Event | None = None) -> bool:
    """Everybody with a role, the decisions about what they may see."""
    return user.standing.anywhere and (event is None or is_seen(event, user))


@permission("decisions.weigh_decision")
def weigh_decision(user: User, event: Event) -> bool:
    """Who decided, and the CXO."""
    return obstacle_to_weigh(event, user) is None


@permission("decisions.put_paper_bound")
def put_paper_bound(user: User) -> bool:
    return user.standing.holds("cxo")


def decision_for(request: Request, number: int, to: str = "view") -> Event:
    """One decision of the log: unseen is 404, seen but forbidden 403."""
    found = [event for event in Event.objects.filter(pk=number).select_related("actor") if is_seen(event, request.user)]
    return scoped(request, found, f"decisions.{to}_decision")


@permission("decisions.view_scenarios")
def view_scenarios(user: User) -> bool:
    """Who sees every initiative, and all money."""
    return user.standing.holds(*READERS)


@permission("decisions.view_scenario")
def view_scenario(user: User, scenario: Scenario) -> bool:
    return user.standing.holds(*READERS)


@permission("decisions.plan_scenario")
def plan_scenario(user: User, scenario: Scenario | None = None) -> bool:
    return user.standing.holds("cxo")


@permission("decisions.approve_scenario")
def approve_scenario(user: User, scenario: Scenario) -> bool:
    return user.standing.holds("cxo", "ceo")


@permission("decisions.request_scenario")
def request_scenario(user: User, scenario: Scenario | None = None) -> bool:
    return user.standing.holds("cxo")


@permission("decisions.view_round")
def view_round(user: User, chosen: Round | None = None) -> bool:
    """Every active person with a role; each the initiatives that they may see."""
    return user.standing.anywhere


@permission("decisions.close_round")
def close_round(user: User, chosen: Round) -> bool:
    return user.standing.holds("cxo")


@permission("decisions.divide_round")
def divide_round(user: User, ballot: RoundBallot) -> bool:
    """Head and deputies of the department, for it."""
    return ballot.may_divide(user)


def round_for(request: Request, number: int, to: str = "view_round") -> Round:
    """One round; only its permission differs by act."""
    return scoped(request, Round.objects.visible_to(request.user).select_related("opened_by"), f"decisions.{to}", pk=number)


def ballot_for(request: Request, number: int, department: int) -> RoundBallot:
    """The ballot of this department in this round, for somebody who divides for it."""
    seen = RoundBallot.objects.visible_to(request.user).select_related("round", "department")
    return scoped(request, seen, "decisions.divide_round", round=number, department=department)


DIVIDERS = "head and deputies of the department; of one that has neither, those of the nearest above"
LOGGED = "everybody with a role; each the decisions about what they may see"

declare(
    Rule("decisions:ranking", "GET", SIGNED_IN, who="everybody; each sees positions among the initiatives that they may see"),
    Rule("decisions:published", "GET", SIGNED_IN, who="everybody; each sees positions among the initiatives that they may see"),
    Rule("decisions:history", "GET", SIGNED_IN, who="everybody"),
    Rule("decisions:draft", "GET POST", "decisions.rank_initiatives", who="CXO"),
    Rule("decisions:publish", "POST", "decisions.rank_initiatives", who="CXO"),
    Rule("decisions:scenarios", "GET", "decisions.view_scenarios", who="CXO, CEO, auditor"),
    Rule("decisions:scenario_write", "GET POST", "decisions.plan_scenario", who="CXO"),
    Rule("decisions:scenario", "GET", "decisions.view_scenario", of="scenario", who="CXO, CEO, auditor"),
    Rule("decisions:scenario_plan", "GET POST", "decisions.plan_scenario", of="scenario", who="CXO"),
    Rule("decisions:scenario_approve", "GET POST", "decisions.approve_scenario", of="scenario", who="CXO, CEO"),
    Rule("decisions:scenario_request", "POST", "decisions.request_scenario", of="scenario", who="CXO"),
    Rule("decisions:log", "GET", "decisions.view_decision", who=LOGGED),
    Rule("decisions:decision", "GET", "decisions.view_decision", of="decision", who=LOGGED),
    Rule("decisions:weigh", "GET POST", "decisions.weigh_decision", of="decision", who="who decided, CXO"),
    Rule("decisions:paper_bound", "GET POST", "decisions.put_paper_bound", who="CXO"),
    Rule("decisions:review", "GET POST", "decisions.weigh_decision", of="decision", who="who decided, CXO"),
    Rule("decisions:rounds", "GET", "decisions.view_round", who="everybody with a role"),
    Rule("decisions:round_open", "GET POST", "decisions.rank_initiatives", who="CXO"),
    Rule("decisions:round", "GET", "decisions.view_round", of="round", who="everybody with a role"),
    Rule("decisions:round_close", "POST", "decisions.close_round", of="round", who="CXO"),
    Rule("decisions:ballot", "GET POST", "decisions.divide_round", of="round ballot", who=DIVIDERS),
    TaskRule("decisions.ring", "closes rounds whose last day is over, asks for missing papers; in nobody’s name"),
    Rule("decisions:assessments", "GET", "portfolio.view_initiative", "initiative", "who may see the initiative"),
    Rule("decisions:assess", "POST", "portfolio.assess_initiative", "initiative", "CXO"),
)
