"""Who opens and completes sweeps, and who signs for a stage."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.models import Sweep, SweepStage
from initiatives.organization.models import User


@permission("journey.view_sweep")
def view_sweep(user: User, sweep: Sweep | None = None) -> bool:
    """Everybody with a role."""
    return user.standing.anywhere


@permission("journey.lead_sweep")
def lead_sweep(user: User, sweep: Sweep | None = None) -> bool:
    """The CXO."""
    return user.standing.holds("cxo")


@permission("journey.sign_swept_stage")
def sign_swept_stage(user: User, asked: SweepStage) -> bool:
    """Head and deputies of the department that answers for the stage; where there is none, the CXO."""
    return asked.may_sign(user) and asked.stage.owned.seen_by(user)


def sweep_for(request: Request, number: int, to: str = "view") -> Sweep:
    return scoped(request, Sweep.objects.visible_to(request.user), f"journey.{to}_sweep", number=number)


def swept_stage_for(request: Request, number: int, pk: int) -> SweepStage:
    """A stage in a sweep, for somebody who may sign for it."""
    seen = SweepStage.objects.visible_to(request.user).select_related("sweep", "stage__owned", "department", "signed_by")
    return scoped(request, seen, "journey.sign_swept_stage", sweep__number=number, pk=pk)


declare(
    Rule("journey:sweeps", "GET", "journey.view_sweep", who="everybody with a role; restricted stages, who sees them"),
    Rule("journey:open_sweep", "GET POST", "journey.lead_sweep", who="the CXO"),
    Rule("journey:complete_sweep", "POST", "journey.lead_sweep", of="sweep", who="the CXO"),
    Rule("journey:cancel_sweep", "POST", "journey.lead_sweep", of="sweep", who="the CXO"),
    Rule(
        "journey:sign_nothing",
        "POST",
        "journey.sign_swept_stage",
        of="swept stage",
        who="head and deputies of the department that answers for the stage; the CXO where there is none",
    ),
)
