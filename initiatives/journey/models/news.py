"""That somebody hears what became of a signal: one line of one letter."""

from typing import ClassVar

import pgtrigger
from django.db import models

from initiatives.core import clock
from initiatives.duties.models import Letter
from initiatives.organization.models import User


class News(models.Model):
    """What became of `signal` is told to `person` in `letter`, which says what is true when it is sent."""

    signal = models.ForeignKey("journey.Signal", models.PROTECT, related_name="news")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="news")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.signal_id} to {self.person}"
