"""What a sweep waits for: of each stage, an entry or a signature."""

from typing import TYPE_CHECKING

from django.urls import reverse

from initiatives.duties.models import Obligation
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.swept import SweepStage

SWEEP = "journey.sweep"


def ask(asked: "SweepStage", *, by: User) -> None:
    """Wait for the department that answers for the stage: its head, or a deputy; where there is none, for the CXO."""
    deciders = asked.department.deciders() if asked.department else []
    Obligation.objects.open_for(
        deciders or [by],
        SWEEP,
        asked,
        due_on=asked.sweep.due_on,
        words=f"{asked.sweep}: say what fails in {asked.stage.reference}",
        url=reverse("journey:sweeps"),
        department=asked.department,
        by=by,
    )


def was_answered(asked: "SweepStage", *, by: User) -> None:
    Obligation.objects.meet(SWEEP, asked, by=by)


def no_answer_needed(asked: "SweepStage", *, by: User, reason: str) -> None:
    Obligation.objects.excuse(SWEEP, asked, by=by, reason=reason)
