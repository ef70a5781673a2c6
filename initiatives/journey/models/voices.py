"""What a signal is about, and who says "me too"."""

from typing import ClassVar

import pgtrigger
from django.db import models

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.journey.models.map import Touchpoint
from initiatives.organization.models import User


class SignalTouchpoint(models.Model):
    """One touchpoint that a signal is about."""

    signal = models.ForeignKey("journey.Signal", models.PROTECT, related_name="links")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="signal_links")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signal", "touchpoint"], name=says("signal_once_a_touchpoint", "This touchpoint is named already.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.signal_id} at {self.touchpoint_id}"


class Voice(models.Model):
    """One person who says "me too"."""

    signal = models.ForeignKey("journey.Signal", models.PROTECT, related_name="voices")
    person = models.ForeignKey(User, models.PROTECT, related_name="voices")
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signal", "person"], name=says("one_voice_each", "Your voice counts already.")),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.person}: me too"
