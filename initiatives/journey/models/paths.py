"""Customer journeys: named paths through the touchpoints of the map."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.journey.models.drawn import Drawn, DrawnQuerySet
from initiatives.journey.models.map import Touchpoint
from initiatives.organization.models import User


class Journey(Drawn):
    """The path of a customer towards one goal, through touchpoints in order; the same one may be met twice."""

    EDITABLE = ("title", "goal", "path")
    _path: list[int] | None = None

    title = models.CharField(max_length=120)
    goal = models.CharField(max_length=300, blank=True)
    archived_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DrawnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("title"), name=says("one_journey_per_title", "There is a journey of this title already.")
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("journey:journey", args=[self.pk])

    @property
    def called(self) -> str:
        return f"the journey “{self.title}”"

    @property
    def is_archived(self) -> bool:
        return self.archived_on is not None

    def go_out_of_use(self, by: User) -> None:
        self.archived_on = clock.company_day()

    @property
    def path(self) -> list[int]:
        """The keys of the touchpoints on it, first to last."""
        if self._path is None:
            self._path = list(self.steps.order_by("position").values_list("touchpoint_id", flat=True)) if self.pk else []
        return self._path

    @path.setter
    def path(self, touchpoints: list[int]) -> None:
        self._path = list(touchpoints)

    def lock(self, *, version: int | None = None) -> None:
        super().lock(version=version)
        self._path = None

    def obstacle_to_add(self, by: User | None = None) -> str | None:
        return super().obstacle_to_add(by) or self._obstacle_on(set(self.path))

    def obstacle_to_become(self, changes: Mapping[str, Any], by: User) -> str | None:
        """Only what is in use comes onto the path anew; what stands on it already may stay."""
        return self._obstacle_on(set(changes.get("path", ())) - set(self.path))

    def _obstacle_on(self, new: set[int]) -> str | None:
        gone = new - set(Touchpoint.objects.in_use().filter(pk__in=new).values_list("pk", flat=True))
        return "A touchpoint of the path is archived, or never was." if gone else None

    def after_edit(self, changed: set[str]) -> None:
        if "path" in changed:
            path = self.path
            self.steps.all().delete()
            Step.objects.bulk_create(
                Step(journey=self, touchpoint_id=pk, position=place) for place, pk in enumerate(path, 1)
            )  # fmt: skip

    def more_to_record(self, before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        return {"path": [before["path"], changed["path"]]} if "path" in changed else {}


class Step(models.Model):
    """One touchpoint on a journey's path. The path is replaced as a whole; the event keeps the one before."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="steps")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name=says("one_step_per_position", "Two steps stand at the same place."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.touchpoint}"
