"""How the map is looked at: a closed grammar of URL parameters. Whatever is not in it is refused with 400.

?view=names|table &department=OPS|none &state=unowned &weight=1000 (and more) &as_of=2026-03-31
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import QueryDict

from initiatives.core.looks import one_of
from initiatives.core.rules import BadInput
from initiatives.journey.models import State
from initiatives.journey.reports.holdings import STALE, Holding
from initiatives.organization.models import Department

NOBODY = "none"
MOST = 10**12


@dataclass(frozen=True)
class Look:
    """One way of looking at the map, as its URL says it."""

    view: str = ""
    department: str = ""
    state: str = ""
    weight: int = 0
    as_of: date | None = None  # the day of which the map is told; None is today

    VIEWS: ClassVar[dict[str, str]] = {"": "Codes", "names": "Names", "table": "Table"}
    STATES: ClassVar[dict[str, str]] = {**dict(State.choices), STALE: "Stale"}

    @classmethod
    def of(cls, query: QueryDict, codes: Set[str], day: date | None = None) -> "Look":
        """Read the parameters, but for the day, which a form has read; BadInput for a value that the grammar does not have."""
        known = {"view": cls.VIEWS, "department": {*codes, NOBODY}, "state": cls.STATES}
        values = {name: one_of(query, name, words) for name, words in known.items()}
        return cls(**values, weight=_whole(query.get("weight", "")), as_of=day)

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes: what differs from the usual look."""
        look = replace(self, **changes)
        return urlencode({name: value for name, value in vars(look).items() if value})

    @property
    def narrows(self) -> bool:
        return bool(self.department or self.state or self.weight)

    def shows(self, one: Holding, departments: Mapping[int, Department]) -> bool:
        """Whether this station is drawn."""
        code = departments[one.department].code if one.department else NOBODY
        return (
            self.department in ("", code)
            and (self.state in ("", one.shown) or (self.state == State.OWNED and one.accepted))
            and one.weight >= self.weight
        )


def _whole(text: str) -> int:
    """A whole number as a form sends it, empty for none."""
    text = text.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise BadInput(f"“{text[:80]}” is not a weight: write a whole number such as 5000.")
    return int(text)
