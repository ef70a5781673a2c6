"""The file of a case: what each department claims, the evidence, and the rulings. Evidence and rulings are only ever added."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import says
from initiatives.organization.models import Department, User


class Claim(models.Model):
    """What one department says now: whose it is. It may say otherwise as long as nobody has ruled; each time is an event."""

    contest = models.ForeignKey("journey.Contest", models.PROTECT, related_name="claims")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    names = models.ForeignKey(Department, models.PROTECT, related_name="+")  # "ours": the department itself
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "department"], name=says("one_claim_each", "This department has made its claim already.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.department}: it is of {self.names}"

    @property
    def is_ours(self) -> bool:
        return self.names_id == self.department_id


class Exhibit(models.Model):
    """One statement of one department, numbered within the case; the reasons of claims and appeals are evidence too."""

    contest = models.ForeignKey("journey.Contest", models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField()
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    words = models.TextField(max_length=5_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "number"], name=says("evidence_numbered", "Somebody added evidence at the same moment.")
            ),
            models.CheckConstraint(condition=~Q(words=""), name=says("evidence_says_something", "Write down the evidence.")),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"E{self.number}, {self.department}"


class Ruling(models.Model):
    """Whose it is, why, and on what evidence; the second one, on appeal, by another decider."""

    contest = models.ForeignKey("journey.Contest", models.PROTECT, related_name="rulings")
    on_appeal = models.BooleanField(default=False)
    decider = models.ForeignKey(User, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    rationale = models.TextField(max_length=5_000)
    cites = models.ManyToManyField(Exhibit, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["on_appeal"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "on_appeal"], name=says("one_ruling_each_time", "Somebody else has ruled at the same moment.")
            ),
            models.UniqueConstraint(
                fields=["contest", "decider"],
                name=says("another_rules_on_appeal", "Who ruled first does not rule on the appeal."),
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name=says("ruled_with_a_rationale", "Say why you rule so.")),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.department}, ruled by {self.decider}"
