"""The lines of a ranking: of the draft, computed; placed in it by hand; and of a published one, written down for good."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import says
from initiatives.decisions.models.assessment import Assessment
from initiatives.portfolio.models import Initiative
from initiatives.portfolio.models.belonging import BelongingQuerySet

if TYPE_CHECKING:
    from initiatives.decisions.models.ranking import Ranking


@dataclass(frozen=True)
class Row:
    """One candidate in the draft: where the CXO has it, where the model has it, and why they differ."""

    assessment: Assessment
    position: int
    model_position: int
    placed: bool
    reason: str

    @property
    def initiative(self) -> Initiative:
        return self.assessment.initiative

    @property
    def unexplained(self) -> bool:
        return self.placed and not self.reason


class Placement(models.Model):
    """A candidate that the CXO put by hand at a place in the draft. Part of the draft, so it may change and go."""

    ranking = models.ForeignKey("decisions.Ranking", models.CASCADE, related_name="placements")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    reason = models.TextField(max_length=2_000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ranking", "initiative"], name="one_placement_each"),
            models.UniqueConstraint(fields=["ranking", "position"], name="one_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} at {self.position}"


class RankedItemQuerySet(BelongingQuerySet["RankedItem"]):
    """What is left out of what a reader sees leaves no gap: see `reports.positions`."""

    def in_order(self) -> Self:
        return self.order_by("position")


class RankedItem(models.Model):
    """One line of a published ranking. Only ever added, and only together with its publication."""

    ranking = models.ForeignKey("decisions.Ranking", models.PROTECT, related_name="items")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="ranked")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    model_position = models.PositiveIntegerField()
    placed = models.BooleanField(default=False)  # by hand, and not by the model
    reason = models.TextField(max_length=2_000, blank=True)

    objects = RankedItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ranking", "position"], name=says("one_item_a_position", "Two items have one position.")
            ),
            models.UniqueConstraint(
                fields=["ranking", "initiative"], name=says("ranked_once", "An initiative stands in a ranking once.")
            ),
            models.CheckConstraint(
                condition=Q(placed=True) & ~Q(reason="") | Q(placed=False, reason=""),
                name=says("overruled_with_a_reason", "Who overrules the model says why."),
            ),
            models.CheckConstraint(condition=Q(position__gte=1, model_position__gte=1), name="positions_start_at_one"),
        ]
        triggers: ClassVar = [
            *APPEND_ONLY,
            pgtrigger.Trigger(
                name="written_with_its_ranking",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF (SELECT state FROM decisions_ranking WHERE id = NEW.ranking_id) <> 'draft' THEN"
                    " RAISE EXCEPTION 'A published ranking stays as it is.' USING ERRCODE = 'check_violation',"
                    " CONSTRAINT = 'published_ranking_stays'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.initiative}"

    @classmethod
    def of(cls, ranking: "Ranking", row: Row) -> "RankedItem":
        return cls(
            ranking=ranking,
            initiative=row.initiative,
            assessment=row.assessment,
            position=row.position,
            model_position=row.model_position,
            placed=row.placed,
            reason=row.reason,
        )
