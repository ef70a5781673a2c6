"""Rules of handoffs: who sees them, asks for them, answers them."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.access.seeing import READERS
from initiatives.journey.models import Handoff
from initiatives.organization.models import User

BOTH = "the CXO, and head and deputies of the departments on either side"


@permission("journey.view_handoff")
def view_handoff(user: User, handoff: Handoff) -> bool:
    """Who may know of both ends."""
    return handoff.seen_by(user)


@permission("journey.propose_handoff")
def propose_handoff(user: User) -> bool:
    """The CXO, heads and deputies; between which touchpoints, the act says."""
    return user.standing.holds("cxo") or bool(user.standing.heads)


@permission("journey.run_handoff")
def run_handoff(user: User, handoff: Handoff) -> bool:
    return handoff.seen_by(user) and handoff.may_run(user)


@permission("journey.answer_handoff")
def answer_handoff(user: User, handoff: Handoff) -> bool:
    return handoff.seen_by(user) and handoff.may_answer(user)


def handoff_for(request: Request, ref: str, to: str = "view_handoff") -> Handoff:
    """The handoff of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    along = ("giver__owned__department", "taker__owned__department", "giver__stage", "taker__stage")
    return scoped(request, Handoff.objects.visible_to(request.user).select_related(*along), f"journey.{to}", reference=ref)


declare(
    Rule("journey:handoffs", "GET", "journey.view_map", who="everybody with a role, over what they may see"),
    Rule("journey:handoff", "GET", "journey.view_handoff", of="handoff", who=f"{READERS}; both ends must be seen"),
    Rule("journey:propose_handoff", "GET POST", "journey.propose_handoff", who=BOTH),
    Rule("journey:accept_handoff", "POST", "journey.answer_handoff", of="handoff", who="head and deputies of either side"),
    Rule("journey:decline_handoff", "POST", "journey.answer_handoff", of="handoff", who="head and deputies of either side"),
    Rule("journey:change_handoff", "GET POST", "journey.run_handoff", of="handoff", who=BOTH),
    Rule("journey:end_handoff", "POST", "journey.run_handoff", of="handoff", who=BOTH),
)
