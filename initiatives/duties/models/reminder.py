"""One line of one letter: this person was to be told of this ask at this step."""

from typing import ClassVar

from django.db import models

from initiatives.core.rules import says
from initiatives.duties.models.letter import Letter
from initiatives.duties.models.obligation import Obligation
from initiatives.organization.models import User


class Reminder(models.Model):
    """That `recipient` is told of `obligation` at `step` (days after the due day), once. `letter` holds the line."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="reminders")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField()
    step = models.SmallIntegerField()
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="reminders")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["obligation", "recipient", "due_on", "step"],
                name=says("one_reminder_each_step", "This reminder was already written."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation}, step {self.step}"
