"""What a gate is made of: its questions, and the verdicts that were given on their answers."""

from typing import ClassVar

import pgtrigger
from django.db import models

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.organization.models import User


class GateState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    PASSED = "passed", "Passed"
    KILLED = "killed", "Killed"


class Verdict(models.TextChoices):
    """What a gate may answer. Only go and kill end the waiting."""

    GO = "go", "Go"
    HOLD = "hold", "Hold"
    RECYCLE = "recycle", "Recycle"
    KILL = "kill", "Kill"


class Criterion(models.Model):
    """One question of a gate. `met` None: not answered."""

    gate = models.ForeignKey("portfolio.Gate", models.PROTECT, related_name="criteria")
    place = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    must = models.BooleanField()
    met = models.BooleanField(null=True)
    evidence = models.TextField(max_length=2_000, blank=True)

    class Meta:
        ordering: ClassVar = ["place"]
        triggers: ClassVar = [pgtrigger.Protect(name="criterion_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.words

    def answered(self) -> dict[str, object]:
        """The question as it stands, with its answer."""
        return {"words": self.words, "must": self.must, "met": self.met, "evidence": self.evidence}


class GateDecision(models.Model):
    """One verdict, and the answers that it was given on. Rows are only ever added."""

    gate = models.ForeignKey("portfolio.Gate", models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    answers = models.JSONField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}, {self.at:%Y-%m-%d}"
