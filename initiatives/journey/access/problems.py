"""Who may see problems, pose them, and say what becomes of them."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.access.signals import EXPORTERS, READERS, TRIAGERS
from initiatives.journey.models import Problem
from initiatives.journey.models.hanging import WHO_ANSWERS
from initiatives.organization.models import User


@permission("journey.pose_problem")
def pose_problem(user: User) -> bool:
    """People of departments and the CXO; where, the act asks: at what they answer for."""
    return bool(user.standing.belongs_to) or user.standing.holds("cxo")


@permission("journey.view_problem")
def view_problem(user: User, problem: Problem | None = None) -> bool:
    """Every active person with a role; on restricted touchpoints, who may see all of these."""
    return user.standing.anywhere if problem is None else problem.seen_by(user)


@permission("journey.work_problem")
def work_problem(user: User, problem: Problem) -> bool:
    """Who answers for its first touchpoint."""
    return problem.may_work(user) and problem.seen_by(user)


def problem_for(request: Request, ref: str, to: str = "view") -> Problem:
    """The problem of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen = Problem.objects.visible_to(request.user).select_related("posed_by", *(f"touchpoint__{name}" for name in WHO_ANSWERS))
    return scoped(request, seen, f"journey.{to}_problem", reference=ref)


declare(
    Rule("journey:problems", "GET", "journey.view_problem", who=READERS),
    Rule("journey:export_problems", "GET", "journey.export_signals", who=EXPORTERS, export=True),
    Rule("journey:pose_problem", "GET POST", "journey.pose_problem", who="people of departments, for what they answer; the CXO"),
    Rule("journey:problem", "GET", "journey.view_problem", of="problem", who=READERS),
    Rule("journey:edit_problem", "GET POST", "journey.work_problem", of="problem", who=TRIAGERS),
    Rule("journey:add_evidence", "GET POST", "journey.work_problem", of="problem", who=TRIAGERS),
    *(
        Rule(f"journey:{act}_problem", "POST", "journey.work_problem", of="problem", who=TRIAGERS)
        for act in ("solve", "dismiss", "reopen")
    ),
)
