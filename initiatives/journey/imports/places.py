"""The stages and channels that a file names: found by title or reference, or made with the first row that needs them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from initiatives.core.imports.mapping import folded
from initiatives.journey.models import Channel, Stage, StageKind
from initiatives.organization.models import User


@dataclass
class Places:
    """Those of one kind (Stage or Channel) by their names, those to be made included."""

    by: User
    model: type[Stage] | type[Channel]
    create: bool
    known: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[Stage] | type[Channel], by: User, *, create: bool) -> "Places":
        places = cls(by, model, create)
        rows: Iterable[Any] = model._default_manager.all()
        for one in rows:
            for name in (str(getattr(one, "title", "")), str(getattr(one, "name", "")), str(getattr(one, "reference", ""))):
                if name:
                    places.known[folded(name)] = one
        return places

    def obstacle_to_find(self, said: str) -> str | None:
        """Say why nothing is meant by `said`, or None."""
        noun = self.model.__name__.lower()
        found = self.known.get(folded(said))
        if found is not None:
            return f"{found.called[:1].upper()}{found.called[1:]} is archived." if found.pk and found.is_archived else None
        if not self.create:
            return f"No {noun} has this name, and the mapping does not say that unknown ones are made."
        return None if self.by.standing.holds("cxo") else f"No {noun} has this name. Only the CXO's imports make one."

    def planned(self, said: str) -> Any:
        """The one that is meant; an unknown one exists only in memory until `found`."""
        if folded(said) not in self.known:
            new = Stage(title=said[:200], kind=StageKind.POST_SALE) if self.model is Stage else Channel(name=said[:60])
            self.known[folded(said)] = new
        return self.known[folded(said)]

    def found(self, place: Any) -> Any:
        """The stored one, made now if it was only planned."""
        if place.pk is None:
            place.add(by=self.by)
        return place
