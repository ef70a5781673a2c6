"""Rules of the room decisions."""

from initiatives.core.models import Event
from initiatives.core.pages import Request
from initiatives.core.policy import SIGNED_IN, Rule, declare, permission, scoped
from initiatives.decisions.models import Scenario
from initiatives.decisions.models.log import decisions, obstacle_to_weigh
from initiatives.decisions.models.scenarios import READERS
from initiatives.organization.models import User


@permission("decisions.rank_initiatives")
def rank_initiatives(user: User) -> bool:
    """Arrange the draft and publish it."""
    return user.standing.holds("cxo")


@permission("decisions.view_decision")
def view_decision(user: User, event: Event | None = None) -> bool:
    """Everybody with a role, the decisions about what they may see."""
    return user.standing.anywhere and (event is None or decisions(user).filter(pk=event.pk).exists())


@permission("decisions.weigh_decision")
def weigh_decision(user: User, event: Event) -> bool:
    """Who decided, and the CXO."""
    return obstacle_to_weigh(event, user) is None


def decision_for(request: Request, number: int, to: str = "view") -> Event:
    """One decision of the log: unseen is 404, seen but forbidden 403."""
    return scoped(request, decisions(request.user).select_related("actor"), f"decisions.{to}_decision", pk=number)


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
    Rule("decisions:log", "GET", "decisions.view_decision", who=LOGGED),
    Rule("decisions:decision", "GET", "decisions.view_decision", of="decision", who=LOGGED),
    Rule("decisions:weigh", "GET POST", "decisions.weigh_decision", of="decision", who="who decided, CXO"),
    Rule("decisions:review", "GET POST", "decisions.weigh_decision", of="decision", who="who decided, CXO"),
    Rule("decisions:assessments", "GET", "portfolio.view_initiative", "initiative", "who may see the initiative"),
    Rule("decisions:assess", "POST", "portfolio.assess_initiative", "initiative", "CXO"),
)
