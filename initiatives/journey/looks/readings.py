"""?kind=rating &stage=STG-002 &channel=3 &department=OPS &touchpoint=TP-014 &counting=1: how readings are looked at."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from initiatives.core.looks import one_of, several_of
from initiatives.journey.models import Reading, ReadingKind
from initiatives.journey.models.readings import ReadingQuerySet

CHOSEN = ("kind", "stage", "channel", "department")
ALONG = {
    "kind": "kind",
    "stage": "touchpoint__stage__reference",
    "channel": "touchpoint__channel",
    "department": "department__code",
}
Choices = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class ReadingLook:
    """One way of looking at the readings, as its URL says it. `counting`: only those that figures are made of."""

    kind: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    touchpoint: str = ""
    counting: bool = False

    @classmethod
    def of(cls, query: QueryDict, choices: Choices) -> "ReadingLook":
        """Read the parameters; `choices` are what the reader may know."""
        several = {name: several_of(query, name, [value for value, _ in choices[name]]) for name in CHOSEN}
        return cls(**several, touchpoint=query.get("touchpoint", "")[:40], counting=one_of(query, "counting", ("1",)) == "1")

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes."""
        query, look = QueryDict(mutable=True), replace(self, **changes)
        for name in CHOSEN:
            query.setlist(name, list(getattr(look, name)))
        if look.touchpoint:
            query["touchpoint"] = look.touchpoint
        if look.counting:
            query["counting"] = "1"
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        return self != ReadingLook()

    def narrow(self, seen: ReadingQuerySet, today: date) -> ReadingQuerySet:
        """Of what this person sees, what this look asks for."""
        for name in CHOSEN:
            if values := getattr(self, name):
                seen = seen.filter(**{f"{ALONG[name]}__in": values})
        if self.touchpoint:
            seen = seen.filter(touchpoint__reference=self.touchpoint)
        if not self.counting:
            return seen
        latest = Reading.objects.latest_contacts(today).values("pk")
        return seen.counting(today).filter(Q(kind=ReadingKind.RATING) | Q(pk__in=latest))
