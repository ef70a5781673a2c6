"""The handshake: a department is asked to own something; its head or deputy accepts with a name, declines, or lets it lapse."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import says
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.words import Answer
from initiatives.organization.models import Department, User

LIVING = (Answer.PROPOSED, Answer.ACCEPTED)


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    def living(self) -> Self:
        """Asked for or accepted."""
        return self.filter(answer__in=LIVING)

    def accepted(self) -> Self:
        return self.filter(answer=Answer.ACCEPTED)

    def waiting(self) -> Self:
        return self.filter(answer=Answer.PROPOSED)


class Ownership(Recorded):
    """One department asked to own one object end to end, its answer, and how its ownership ended."""

    owned = models.ForeignKey(OwnedObject, models.PROTECT, related_name="ownerships")
    department = models.ForeignKey(Department, models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="ownerships")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.PROPOSED)
    why = models.TextField("why this department", max_length=2_000, blank=True)
    reason = models.TextField(max_length=2_000, blank=True)  # of declining, withdrawing, ending
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owned"],
                condition=Q(answer=Answer.ACCEPTED),
                name=says("one_accepted_owner", "Another department has already accepted to own this."),
            ),
            models.UniqueConstraint(
                fields=["owned", "department"],
                condition=Q(answer=Answer.PROPOSED),
                name=says("asked_once", "This department is already asked to own this."),
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.ACCEPTED) | Q(person__isnull=False),
                name=says("ownership_accepted_by_name", "A department accepts with the name of a person."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["department", "answer"], name="ownership_by_department")]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.department}: {self.get_answer_display().lower()}"
