"""The memory of ownership: what each object was, from when until when, so that any day can be asked."""

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core.rules import says
from initiatives.journey.models.words import State
from initiatives.organization.models import Department, User


class SpellQuerySet(models.QuerySet["Spell"]):
    def at(self, instant: datetime) -> Self:
        """What was true at this instant: at most one spell for each object."""
        return self.filter(began__lte=instant).filter(Q(until=None) | Q(until__gt=instant))


class Spell(models.Model):
    """A time in which the ownership and the weight of one object stayed as they were: [began, until)."""

    KEPT = ("state", "department_id", "person_id", "lapses", "weight", "archived_on")

    owned = models.ForeignKey("journey.OwnedObject", models.PROTECT, related_name="spells")
    began = models.DateTimeField()
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lapses = models.PositiveSmallIntegerField()
    weight = models.DecimalField(max_digits=14, decimal_places=2)
    archived_on = models.DateField(null=True)

    objects = SpellQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owned"],
                condition=Q(until=None),
                name=says("one_running_spell", "Somebody changed this at the same time."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owned", "began"], name="spell_by_begin")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="ended_stays_ended", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__until=None)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.owned_id} {self.state} from {self.began}"
