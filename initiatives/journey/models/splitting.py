"""What a touchpoint weighs, its parts, and the act `split`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import transaction

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.journey.models.drawn import Adds, DrawnOwnable
from initiatives.journey.models.ownable import OwnableQuerySet
from initiatives.journey.models.weighing import weigh
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.map import MapPolicy


class Part(NamedTuple):
    """One part of a touchpoint that is split: its name and its contacts a year."""

    title: str
    reach: int


class TouchpointQuerySet(Adds, OwnableQuerySet):
    """Touchpoints."""


class Weighed(DrawnOwnable):
    """A touchpoint as it is edited: by the CXO and by who owns its stage."""

    EDITABLE: ClassVar[tuple[str, ...]] = ("title", "stage", "channel", "description", "reach", "moment_of_truth")

    stage: Any
    stage_id: Any
    channel: Any
    reach: Any
    moment_of_truth: Any
    parent: Any
    parent_id: Any
    parts: Any
    steps: Any

    class Meta:
        abstract = True

    # -- Who may, and why not --------------------------------------------------------------------------------------------

    def may_edit(self, user: User) -> bool:
        return user.standing.holds("cxo") or bool(self.stage.is_owned_by(user))

    def who_edits(self) -> str:
        return f"the CXO or the owner of the stage “{self.stage.title}”"

    def obstacle_to_add(self, by: User | None = None) -> str | None:
        if obstacle := super().obstacle_to_add(by) or _obstacle_there(self.stage, self.channel):
            return obstacle
        return self.parent.obstacle_to_split(by) if self.parent is not None else None

    def obstacle_to_become(self, changes: Mapping[str, Any], by: User) -> str | None:
        """It moves to another stage only with the consent of who owns that one; its parts go with it."""
        stage, channel = changes.get("stage", self.stage), changes.get("channel", self.channel)
        if stage.pk != self.stage_id and not (by.standing.holds("cxo") or stage.is_owned_by(by)):
            return f"Only the CXO or the owner of the stage “{stage.title}” can move it there."
        return _obstacle_there(stage, channel) if {"stage", "channel"} & set(changes) else None

    def obstacle_to_archive(self, by: User | None = None) -> str | None:
        if obstacle := super().obstacle_to_archive(by):
            return obstacle
        if self.parts.in_use().exists():
            return f"{self.called} has parts. Archive them first."
        passing = self.steps.filter(journey__archived_on=None).values_list("journey__title", flat=True)
        if titles := sorted(set(passing)):
            return f"{self.called} stands on {len(titles)} customer journeys ({titles[0]}). Take it off their paths first."
        return None

    def obstacle_to_split(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be divided into parts, or None."""
        if obstacle := self.obstacle_to_edit(by):
            return obstacle
        if self.parent_id is not None:
            return f"{self.called} is itself a part. Split {self.parent.called} further instead."
        return None

    @transaction.atomic
    def add(self, *, by: User) -> None:
        """Put it onto the map. What is added as a part is as restricted as its whole, and takes its share of the weight."""
        if self.parent is not None:
            self.parent.lock()
            self.parent.owned.lock()
        super().add(by=by)
        if self.parent is not None and self.parent.owned.restricted:
            self.owned.see_as(self.parent.owned)

    # -- Weight ----------------------------------------------------------------------------------------------------------

    def weigh(self, policy: "MapPolicy | None" = None) -> None:
        """Renew the weight: reach × the moment factor; of parts, their share of the parent's; of a parent with parts, 0.

        Parts share by their reach, equally when none has any, exact to the cent: the last one takes what is left.
        """
        weights = weigh(policy, only=[self.parent_id or self.pk])
        self.owned.weight = weights.get(self.owned.pk, self.owned.weight)

    def after_edit(self, changed: set[str]) -> None:
        if {"reach", "moment_of_truth"} & changed:
            self.weigh()

    def after_archive(self, by: User) -> None:
        super().after_archive(by)
        if self.parent_id is not None:
            self.weigh()

    @transaction.atomic
    def edit(self, changes: Mapping[str, Any], *, by: User, version: int | None = None) -> None:
        """Change it; when it moves to another stage, the parts that stood with it move along."""
        self.lock(version=version)
        before = self.stage_id
        super().edit(changes, by=by, version=version)
        if self.stage_id != before:
            for part in self.parts.in_use().filter(stage=before).order_by("pk"):
                part.edit({"stage": self.stage}, by=by)

    # -- Parts -----------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def split(self, parts: Sequence[Part], *, by: User, version: int | None = None) -> list[Any]:
        """Divide it into parts that are owned apart. They share its weight, so that nothing is counted twice.

        A part is as restricted as the whole. May be done again, which adds parts.
        """
        self.lock(version=version)
        if obstacle := self.obstacle_to_split(by):
            raise RuleBroken(obstacle)
        if len(parts) + self.parts.in_use().count() < 2:
            raise BadInput("Give at least two parts.")
        made = [self._part(part) for part in parts]
        self.version += 1
        self.save(update_fields=["version"])
        self.weigh()
        self.record("split", by=by, parts=[part.reference for part in made])
        for part in made:
            part.record("added", by=by, title=part.reference, part_of=self.reference)
        return made

    def _part(self, part: Part) -> Any:
        same = {"stage": self.stage, "channel": self.channel, "parent": self}
        made: Any = type(self)(**same, **part._asdict())
        made.save()
        if self.owned.restricted:
            made.owned.see_as(self.owned)
        return made


def _obstacle_there(stage: Any, channel: Any) -> str | None:
    for where in (stage, channel):
        if where.is_archived:
            return f"{where.called} is archived. Choose another one."
    return None
