"""The acts by which an initiative is tied to what it is for, and untied.

Events name problems and touchpoints by id only: who reads the initiative's history may not know of all of them.
"""

from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.journey.models import MapPolicy, Problem, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models.aims import AnsweredProblem, ImprovedTouchpoint
from initiatives.portfolio.models.reported import Reported


class Aimed(Reported):
    """What it answers and improves; whoever may edit the description decides."""

    class Meta:
        abstract = True

    def obstacle_to_answer_problem(self, by: User | None = None, problem: Problem | None = None) -> str | None:
        """Say in one sentence why it cannot be said to answer this problem (any problem), or None."""
        if obstacle := self.obstacle_to_edit(by):
            return obstacle
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()}."
        if problem is None:
            return None
        if by is not None and not problem.seen_by(by):
            return "There is no such problem."
        if not problem.is_open:
            return f"{problem.reference} is {problem.get_state_display().lower()}."
        if AnsweredProblem.objects.living().filter(initiative_id=self.pk, problem=problem).exists():
            return f"{self.reference} answers {problem.reference} already."
        return None

    @transaction.atomic
    def answer_problem(self, problem: Problem, *, by: User) -> None:
        """Say that this initiative answers a problem, and so improves the touchpoints at which it stands."""
        self.lock()
        problem.lock()
        if obstacle := self.obstacle_to_answer_problem(by, problem):
            raise RuleBroken(obstacle)
        AnsweredProblem.objects.create(initiative_id=self.pk, problem=problem, by=by)
        improved = ImprovedTouchpoint.objects.living().filter(initiative_id=self.pk).values_list("touchpoint", flat=True)
        new = problem.links.exclude(touchpoint__in=improved).values_list("touchpoint", flat=True)
        ImprovedTouchpoint.objects.bulk_create(
            ImprovedTouchpoint(initiative_id=self.pk, touchpoint_id=touchpoint, by=by) for touchpoint in new
        )
        self.record("problem_answered", by=by, problem=problem.pk)

    @transaction.atomic
    def leave_problem(self, problem: Problem, *, by: User, reason: str) -> None:
        """Say that it does not answer the problem any more, and why. The touchpoints stay until they are left too."""
        self.lock()
        self._leave(AnsweredProblem.objects.living().filter(problem=problem), by, reason)
        self.record("problem_left", by=by, reason=reason.strip(), problem=problem.pk)

    def obstacle_to_improve(self, by: User | None = None, touchpoint: Touchpoint | None = None) -> str | None:
        """Say in one sentence why it cannot be said to improve this touchpoint (any touchpoint), or None."""
        if obstacle := self.obstacle_to_edit(by):
            return obstacle
        if self.is_over:
            return f"{self.reference} is {self.get_status_display().lower()}."
        if touchpoint is None:
            return None
        if by is not None and not touchpoint.owned.seen_by(by):
            return "There is no such touchpoint."
        if touchpoint.owned.archived_on is not None:
            return f"{touchpoint.reference} is no longer in use."
        if ImprovedTouchpoint.objects.living().filter(initiative_id=self.pk, touchpoint=touchpoint).exists():
            return f"{self.reference} improves {touchpoint.reference} already."
        return None

    @transaction.atomic
    def improve(self, touchpoint: Touchpoint, *, by: User) -> None:
        """Say that this initiative improves a touchpoint."""
        self.lock()
        if obstacle := self.obstacle_to_improve(by, touchpoint):
            raise RuleBroken(obstacle)
        ImprovedTouchpoint.objects.create(initiative_id=self.pk, touchpoint=touchpoint, by=by)
        self.record("touchpoint_improved", by=by, touchpoint=touchpoint.pk)

    @transaction.atomic
    def leave_touchpoint(self, touchpoint: Touchpoint, *, by: User, reason: str) -> None:
        """Say that it does not improve the touchpoint any more, and why."""
        self.lock()
        self._leave(ImprovedTouchpoint.objects.living().filter(touchpoint=touchpoint), by, reason)
        self.record("touchpoint_left", by=by, reason=reason.strip(), touchpoint=touchpoint.pk)

    def _leave(self, aims: "models.QuerySet[models.Model]", by: User, reason: str) -> None:
        if obstacle := self.obstacle_to_edit(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason.")
        if not aims.filter(initiative_id=self.pk).update(left_by=by, left_at=clock.now(), reason=reason.strip()):
            raise RuleBroken("That was not so any more.")

    def lacks_a_problem(self) -> bool:
        """Whether the map's policy asks drafts for the problem that they answer, and this one names none.

        Only drafts that people write: what was imported was decided elsewhere, and what is proposed already stays so.
        """
        if self.external_id or not MapPolicy.objects.current().initiatives_need_problem:
            return False
        return not AnsweredProblem.objects.living().filter(initiative_id=self.pk).exists()
