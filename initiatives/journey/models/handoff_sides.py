"""The two sides of a handoff: who gives and who takes, and what each department answered."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import says
from initiatives.duties.models import Obligation
from initiatives.journey.models.map import MapPolicy
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.words import Answer, State
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.handoffs import Handoff

ACCEPT = "journey.accept_handoff"
HELD = (State.OWNED, State.CONTESTED, State.VACANT)  # a department stands behind it, whoever the person is


def holder(owned: OwnedObject) -> Department | None:
    """The department that answers for one end of a handoff, or None."""
    return owned.department if owned.state in HELD else None


class HandoffSideQuerySet(models.QuerySet["HandoffSide"]):
    def of(self, handoff: "Handoff") -> "HandoffSideQuerySet":
        """Both sides, who gives first, locked until the transaction ends."""
        return self.filter(handoff=handoff).order_by("taking").select_for_update(of=("self",)).select_related("department")


class HandoffSide(Recorded):
    """What the department that gives (or takes) says to the terms as they stand. Without one nobody can be asked."""

    handoff = models.ForeignKey("journey.Handoff", models.PROTECT, related_name="sides")
    taking = models.BooleanField()
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.PROPOSED)
    reason = models.TextField(max_length=2_000, blank=True)  # of declining
    answer_by = models.DateField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = HandoffSideQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["handoff", "taking"], name=says("one_side_each", "A handoff has one side that gives and one that takes.")
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.PROPOSED) | Q(department__isnull=False, answered_by__isnull=False),
                name=says("side_answered_by_name", "A side is answered by a person, for a department."),
            ),
            models.CheckConstraint(
                condition=Q(answer__in=(Answer.PROPOSED, Answer.ACCEPTED, Answer.DECLINED)),
                name=says("side_answer", "There is no such answer to a handoff."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["department", "answer"], name="handoff_side_by_department")]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{'Takes' if self.taking else 'Gives'}: {self.department or 'nobody'}"

    @property
    def waits(self) -> bool:
        """Somebody is asked and has not answered."""
        return self.answer == Answer.PROPOSED and self.department_id is not None

    def may_answer(self, user: User) -> bool:
        """Head and deputies; for a department that has neither, those of the nearest one above."""
        if self.department is None:
            return False
        return user.standing.heads_department(self.department_id) or user in self.department.deciders()

    def give(self, answer: str, *, by: User, reason: str = "") -> None:
        """Keep the department's answer; whoever was asked is no longer waited for."""
        self.answer, self.answered_by, self.answered_at, self.reason = answer, by, clock.now(), reason
        self.save(update_fields=["answer", "answered_by", "answered_at", "reason"])
        Obligation.objects.meet(ACCEPT, self, by=by)

    def open(self, department: Department | None, *, by: User | None, why: str) -> None:
        """Ask anew, now `department`; what was asked before is excused. Who asks and may answer has accepted by asking."""
        Obligation.objects.excuse(ACCEPT, self, by=by, reason=why)
        self.department, self.answer, self.reason = department, Answer.PROPOSED, ""
        self.answered_by = self.answered_at = self.answer_by = None
        if department is not None:
            self.answer_by = due(department)
        self.save(update_fields=["department", "answer", "reason", "answered_by", "answered_at", "answer_by"])
        if by is not None and self.may_answer(by):
            self.give(Answer.ACCEPTED, by=by)
        elif department is not None:
            self._ask(department, by)

    def _ask(self, department: Department, by: User | None) -> None:
        Obligation.objects.open_for(
            department.deciders(),
            ACCEPT,
            self,
            due_on=self.answer_by or due(department),
            words=f"Agree to {self.handoff.reference}: {'what is taken over' if self.taking else 'what is passed on'}",
            url=reverse("journey:handoff", args=[self.handoff.reference]),
            department=department,
            by=by,
        )


def due(department: Department) -> date:
    """By when a department answers: as many working days as for an ownership."""
    today = clock.company_day()
    return working_days_after(today, MapPolicy.objects.current().days_to_answer, department)
