"""How the list of touchpoints is looked at: a closed grammar of URL parameters. Whatever is not in it is refused with 400.

?q=words &stage=STG-001 &channel=3 &department=OPS|none &state=unowned &moment=1 &sort=-weight; stage, channel, department and
state may be given several times.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, OrderBy, Q
from django.db.models.functions import Lower
from django.http import QueryDict

from initiatives.core.looks import one_of, several_of, words_of
from initiatives.journey.models import OwnableQuerySet, State

NOBODY = "none"
SORTS: dict[str, Lower | F] = {
    "reference": F("id"),
    "title": Lower("title"),
    "stage": F("stage__position"),
    "channel": F("channel__position"),
    "department": F("owned__department__name"),
    "state": F("owned__state"),
    "reach": F("reach"),
    "weight": F("owned__weight"),
}
SEVERAL = ("stage", "channel", "department", "state")
USUAL_SORT = "-weight"


@dataclass(frozen=True)
class Choices:
    """What a reader can choose from: {value of the URL: (key in the database, words)}."""

    stage: Mapping[str, tuple[int, str]]
    channel: Mapping[str, tuple[int, str]]
    department: Mapping[str, tuple[int, str]]

    def words(self, name: str) -> list[tuple[str, str]]:
        if name == "state":
            return list(State.choices)
        found = [(value, words) for value, (_, words) in getattr(self, name).items()]
        return [*found, (NOBODY, "No department")] if name == "department" else found


@dataclass(frozen=True)
class Look:
    """One way of looking at the touchpoints, as its URL says it."""

    q: str = ""
    stage: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    moment: bool = False
    sort: str = USUAL_SORT

    @classmethod
    def of(cls, query: QueryDict, choices: Choices) -> "Look":
        """Read the parameters; BadInput for a value that the grammar does not have."""
        several = {name: several_of(query, name, [value for value, _ in choices.words(name)]) for name in SEVERAL}
        return cls(
            q=words_of(query),
            moment=bool(one_of(query, "moment", ("1",))),
            sort=one_of(query, "sort", {*SORTS, *(f"-{key}" for key in SORTS)}) or USUAL_SORT,
            **several,
        )

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes: what differs from the usual look, in a fixed order."""
        look, query = replace(self, **changes), QueryDict(mutable=True)
        for name in ("q", *SEVERAL):
            values = getattr(look, name)
            query.setlist(name, [values] if isinstance(values, str) else list(values)) if values else None
        if look.moment:
            query["moment"] = "1"
        if look.sort != USUAL_SORT:
            query["sort"] = look.sort
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered away."""
        return any((self.q, self.stage, self.channel, self.department, self.state, self.moment))

    def narrow(self, seen: OwnableQuerySet, choices: Choices) -> OwnableQuerySet:
        """Of what this reader sees, what this look asks for."""
        for word in self.q.split():
            seen = seen.filter(Q(title__icontains=word) | Q(reference__icontains=word))
        if self.stage:
            seen = seen.filter(stage__in=[choices.stage[value][0] for value in self.stage])
        if self.channel:
            seen = seen.filter(channel__in=[choices.channel[value][0] for value in self.channel])
        if self.department:
            among = Q(owned__department__in=[choices.department[code][0] for code in self.department if code != NOBODY])
            seen = seen.filter(among | Q(owned__department=None) if NOBODY in self.department else among)
        if self.state:
            seen = seen.filter(owned__state__in=self.state)
        return seen.filter(moment_of_truth=True) if self.moment else seen

    def order(self) -> list[OrderBy]:
        """The chosen sort, then the id: the order is total, so pages neither repeat nor lose a row."""
        key, down = self.sort.lstrip("-"), self.sort.startswith("-")
        nulls = True if key == "department" else None
        first = OrderBy(SORTS[key], descending=down, nulls_last=nulls)
        return [first] if key == "reference" else [first, OrderBy(F("id"))]
