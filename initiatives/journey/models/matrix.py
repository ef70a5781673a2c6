"""What one system does with the data of one entity: a cell of the matrix."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.journey.models.seen import seen
from initiatives.journey.models.system_words import EVERYWHERE, DataRole
from initiatives.organization.models import User


class MatrixCellQuerySet(models.QuerySet["MatrixCell"]):
    def living(self) -> Self:
        return self.filter(ended_at=None)

    def records(self) -> Self:
        """Systems of record, accepted and claimed."""
        return self.filter(role=DataRole.RECORD)

    def visible_to(self, user: User) -> Self:
        """Those of which one may see both the entity and the system."""
        return self.filter(seen(user, "entity__owned__"), seen(user, "system__owned__"))


class MatrixCell(models.Model):
    """One system has one role for one entity in one region, from a day until a day."""

    entity = models.ForeignKey("journey.DataEntity", models.PROTECT, related_name="cells")
    system = models.ForeignKey("journey.System", models.PROTECT, related_name="cells")
    role = models.CharField(max_length=10, choices=DataRole)
    region = models.CharField(max_length=40, blank=True, default=EVERYWHERE)
    claimed = models.BooleanField(default=False)  # a second system of record: a conflict, until it is ruled
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = MatrixCellQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entity", "region"],
                condition=Q(role=DataRole.RECORD, claimed=False, ended_at=None),
                name=says("one_system_of_record", "Another system is the system of record of these data already."),
            ),
            models.UniqueConstraint(
                fields=["entity", "system", "role", "region"],
                condition=Q(ended_at=None),
                name=says("one_cell_per_role", "The system has this role already."),
            ),
            models.CheckConstraint(
                condition=Q(role=DataRole.RECORD) | Q(claimed=False),
                name=says("only_records_are_claimed", "Only a system of record is claimed."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=DataRole.values), name=says("data_role", "There is no such role of a system.")
            ),
            models.CheckConstraint(
                condition=Q(region=Upper(F("region"))), name=says("region_in_capitals", "A region is written in capitals.")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="ended_stays_ended", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__ended_at=None)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.role} of {self.entity_id}"

    @property
    def words(self) -> str:
        """What it is, in words: "System of record, claimed (EU)"."""
        return f"{self.get_role_display()}{', claimed' if self.claimed else ''}{f' ({self.region})' if self.region else ''}"

    def rivals(self) -> "list[MatrixCell]":
        """All systems of record of the entity in this region, this one among them."""
        records = MatrixCell.objects.living().records().filter(entity=self.entity_id, region=self.region)
        return list(records.select_related("system__owned"))
