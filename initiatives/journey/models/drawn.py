"""The base of what stands on the one map and is edited there: a stage, a channel, a touchpoint, a customer journey.

The CXO edits all of it, the owner of a stage the touchpoints of that stage. Everybody else proposes (changes.py), and what
they proposed is done by the same acts.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction

from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.journey.models.ownable import Ownable
from initiatives.organization.models import User


class Adds:
    """The act `add` of a queryset, and its lock."""

    model: Any
    order_by: Any

    def add(self, *, by: User, **values: Any) -> Any:
        """The act `add`: one more of these on the map."""
        one = self.model(**values)
        one.add(by=by)
        return one

    def locked(self) -> Self:
        """All of these, locked in one order, until the transaction ends."""
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        return self


class DrawnQuerySet(Adds, models.QuerySet[Any]):
    """The querysets of what is drawn and has no owner: channels, customer journeys. Both have `archived_on`."""

    def visible_to(self, user: User) -> Self:
        """Everybody with a role knows of them."""
        return self if user.is_active and user.standing.anywhere else self.none()

    def in_use(self) -> Self:
        return self.filter(archived_on=None)


class Drawn(Recorded):
    """What the four have in common. `EDITABLE` are the fields that `edit` may change."""

    EDITABLE: ClassVar[tuple[str, ...]]

    version: Any  # a field of each of them

    class Meta:
        abstract = True

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return str(self)

    @property
    def is_archived(self) -> bool:
        raise TypeError(f"{type(self).__name__} does not say whether it is archived")

    def go_out_of_use(self, by: User) -> None:
        raise TypeError(f"{type(self).__name__} cannot be archived")

    def kept(self) -> dict[str, Any]:
        """What stands in each editable field, as plain values: a row by its key, a day as 2026-03-31."""
        return {name: plain(getattr(self, name)) for name in self.EDITABLE}

    # -- Who may, and why not --------------------------------------------------------------------------------------------

    def may_edit(self, user: User) -> bool:
        return user.standing.holds("cxo")

    def who_edits(self) -> str:
        return "the CXO"

    def obstacle_to_add(self, by: User | None = None) -> str | None:
        """Say in one sentence why this one, not stored yet, cannot come onto the map, or None."""
        if by is not None and not self.may_edit(by):
            return f"Only {self.who_edits()} can add this; others propose it."
        return None

    def obstacle_to_edit(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be changed, or None."""
        if by is not None and not self.may_edit(by):
            return f"Only {self.who_edits()} can change {self.called}; others propose a change."
        return f"{self.called} is archived." if self.is_archived else None

    def obstacle_to_become(self, changes: Mapping[str, Any], by: User) -> str | None:
        """What speaks against exactly these new values."""
        return None

    def obstacle_to_archive(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be taken off the map, or None."""
        return self.obstacle_to_edit(by)

    # -- Acts ------------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def add(self, *, by: User) -> None:
        """Put it onto the map."""
        if obstacle := self.obstacle_to_add(by):
            raise RuleBroken(obstacle)
        self.find_place()
        self.save()
        self.after_edit(set(self.EDITABLE))
        self.record("added", by=by, title=self.called)

    @transaction.atomic
    def edit(self, changes: Mapping[str, Any], *, by: User, version: int | None = None) -> None:
        """Change it; `version` is the one that the editor saw, and Stale is raised when it moved on since."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_edit(by) or self.obstacle_to_become(changes, by):
            raise RuleBroken(obstacle)
        if unknown := set(changes) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        before = self.kept()
        changed = {name: value for name, value in changes.items() if plain(value) != before[name]}
        if not changed:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self.version += 1
        self.save()
        self.after_edit(set(changed))
        self.record("edited", by=by, **self.more_to_record(before, changed))

    @transaction.atomic
    def archive(self, *, by: User, reason: str, version: int | None = None) -> None:
        """Take it off the map, with the reason; its past stays."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_archive(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise BadInput("Give the reason for archiving it.")
        self.go_out_of_use(by)
        self.version += 1
        self.save()
        self.after_archive(by)
        self.record("archived", by=by, reason=reason.strip())

    # -- What each of them adds ------------------------------------------------------------------------------------------

    def find_place(self) -> None:
        """Where a new one stands among its like."""

    def after_edit(self, changed: set[str]) -> None:
        """What else follows from what was changed."""

    def after_archive(self, by: User) -> None:
        """What else follows from its being archived."""

    def more_to_record(self, before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
        """What changed beside the row's own columns."""
        return {}


class DrawnOwnable(Drawn, Ownable):
    """Base of what is drawn on the map and can be owned: it is archived together with its owned object."""

    class Meta:
        abstract = True

    @property
    def called(self) -> str:
        return self.reference or self.title

    @property
    def is_archived(self) -> bool:
        return self.owned.archived_on is not None

    def go_out_of_use(self, by: User) -> None:
        self.owned.go_out_of_use(by=by, reason=f"{self.reference} is archived.")


class Reorders(Adds):
    """The act `reorder` of those that stand at a position."""

    @transaction.atomic
    def reorder(self, order: list[int], *, by: User) -> None:
        """Put all of them (their keys, first to last) into this order."""
        rows: dict[int, Any] = {row.pk: row for row in self.locked().order_by("pk")}
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO can put them into another order.")
        if set(order) != set(rows) or len(order) != len(rows):
            raise RuleBroken("Somebody added or archived one meanwhile. Look at the order again.")
        places = sorted(row.position for row in rows.values())
        for place, pk in zip(places, order, strict=True):
            row = rows[pk]
            if row.position != place:
                row.lock()
                row.position = place
                row.save(update_fields=["position"])
                row.record("moved", by=by)


class InOrderQuerySet(Reorders, DrawnQuerySet):
    """The querysets of what stands at a position and has no owner: channels."""


class InOrder(Drawn):
    """Base of what stands at a position and holds touchpoints: a stage, a channel. A new one stands last."""

    position: Any
    touchpoints: Any

    class Meta:
        abstract = True

    def find_place(self) -> None:
        others = type(self)._default_manager.all()
        others.locked()  # type: ignore[attr-defined]  # an InOrderQuerySet
        self.position = 1 + (others.aggregate(last=models.Max("position"))["last"] or 0)

    def obstacle_to_archive(self, by: User | None = None) -> str | None:
        """How many touchpoints stand in it is not said: some may be restricted."""
        if obstacle := super().obstacle_to_archive(by):
            return obstacle
        standing = self.touchpoints.in_use().exists()
        return f"Touchpoints stand in {self.called}. Archive or move them first." if standing else None


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return value
