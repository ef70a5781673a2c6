"""How the portfolio is looked at: a closed grammar of URL parameters. Whatever is not in it is refused with 400.

?q=words &department=OPS &accountable=SEC|none &status=active &health=stale &type=it &sponsor=name|none &mine=1 &problem=none
&sort=-end &group=status &columns=status,health &view=board; a parameter that filters may be given several times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, OrderBy, Q
from django.db.models.functions import Lower
from django.http import QueryDict

from initiatives.core.looks import one_of, several_of, words_of
from initiatives.core.rules import BadInput
from initiatives.organization.models import User
from initiatives.portfolio.models import OVER, Health, Status, Type
from initiatives.portfolio.models.initiative import InitiativeQuerySet

HEALTHS = {**dict(Health.choices), "stale": "Stale", "unknown": "No report"}
SORTS: dict[str, Lower | F] = {
    "reference": F("id"),
    "title": Lower("title"),
    "department": F("lead_department"),
    "status": F("life"),
    "health": F("concern"),
    "accountable": F("accountable_department"),
    "sponsor": F("sponsor"),
    "percent": F("percent"),
    "rank": F("rank"),
    "start": F("starts_on"),
    "end": F("ends_on"),
    "report": F("health_on"),
}
GROUPS = {"department": "Department", "status": "Status", "health": "Health", "sponsor": "Sponsor"}
COLUMNS = {
    "department": "Department",
    "status": "Status",
    "health": "Health",
    "accountable": "Accountable",
    "sponsor": "Sponsor",
    "category": "Category",
    "type": "Type",
    "start": "Start",
    "end": "End",
    "report": "Last report",
    "rank": "Rank",
    "percent": "Complete",
}
NUMBERS = ("rank", "percent")
USUAL = ("department", "status", "health", "accountable", "end", "rank", "percent")
NOBODY = "none"
SEVERAL = ("department", "accountable", "status", "health", "type")  # parameters that may be given several times


@dataclass(frozen=True)
class Look:
    """One way of looking at the portfolio, as its URL says it."""

    q: str = ""
    department: tuple[str, ...] = ()
    accountable: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    sponsor: str = ""
    mine: bool = False
    problem: str = ""
    sort: str = "reference"
    group: str = ""
    columns: tuple[str, ...] = USUAL

    @classmethod
    def of(cls, query: QueryDict, departments: Iterable[str]) -> "Look":
        """Read the parameters; BadInput for a value that the grammar does not have. `departments` are the codes there are."""
        codes = set(departments)
        return cls(
            q=words_of(query),
            department=several_of(query, "department", codes),
            accountable=several_of(query, "accountable", codes | {NOBODY}),
            status=several_of(query, "status", Status.values),
            health=several_of(query, "health", HEALTHS),
            type=several_of(query, "type", Type.values),
            sponsor=words_of(query, "sponsor"),
            mine=one_of(query, "mine", ("1",)) == "1",
            problem=one_of(query, "problem", (NOBODY,)),
            sort=one_of(query, "sort", {*SORTS, *(f"-{key}" for key in SORTS)}) or "reference",
            group=one_of(query, "group", GROUPS),
            columns=_columns(query),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """What differs from the usual look, as URL parameters in a fixed order."""
        plain = Look()
        pairs = [("q", self.q)] if self.q else []
        for name in SEVERAL:
            pairs += [(name, value) for value in getattr(self, name)]
        pairs += [("sponsor", self.sponsor)] if self.sponsor else []
        pairs += [("mine", "1")] if self.mine else []
        pairs += [("problem", self.problem)] if self.problem else []
        pairs += [("sort", self.sort)] if self.sort != plain.sort else []
        pairs += [("group", self.group)] if self.group else []
        pairs += [("columns", ",".join(self.columns))] if self.columns != plain.columns else []
        return pairs

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes."""
        query = QueryDict(mutable=True)
        for name, value in replace(self, **changes).pairs():
            query.appendlist(name, value)
        return query.urlencode()

    @property
    def in_order(self) -> list[str]:
        """The columns as the table shows them: words first, numbers at the end."""
        return sorted(self.columns, key=lambda column: column in NUMBERS)

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered away."""
        return any([self.q, *(getattr(self, name) for name in SEVERAL), self.sponsor, self.mine, self.problem])

    def narrow(self, seen: InitiativeQuerySet, *, user: User, today: date, departments: Mapping[str, int]) -> InitiativeQuerySet:
        """Of what this person sees, what this look asks for."""
        for word in self.q.split():
            seen = seen.filter(Q(title__icontains=word) | Q(reference__icontains=word))
        if self.department:
            seen = seen.filter(lead_department__in=[departments[code] for code in self.department])
        if self.accountable:
            seen = seen.filter(_accountable(self.accountable, departments))
        if self.status:
            seen = seen.filter(status__in=self.status)
        if self.health:
            seen = seen.filter(_healths(self.health, today))
        if self.type:
            seen = seen.filter(type__in=self.type)
        if self.sponsor:
            seen = seen.filter(sponsor=None) if self.sponsor == NOBODY else seen.filter(sponsor__name__icontains=self.sponsor)
        if self.problem:
            seen = seen.without_problem()
        return seen.of_person(user) if self.mine else seen

    def order(self) -> list[OrderBy]:
        """Group first, then the chosen sort, then the id: the order is total, so pages neither repeat nor lose a row."""
        key, down = self.sort.lstrip("-"), self.sort.startswith("-")
        order = [OrderBy(SORTS[self.group], nulls_last=True)] if self.group and self.group != key else []
        order.append(OrderBy(SORTS[key], descending=down, nulls_last=None if key in ("reference", "title") else True))
        return order if key == "reference" else [*order, OrderBy(F("id"))]


def _columns(query: QueryDict) -> tuple[str, ...]:
    """Chosen columns in their own order, from ?columns=a,b or repeated ?column=a."""
    given = [name for text in query.getlist("columns") for name in text.split(",") if name] + query.getlist("column")
    for name in given:
        if name not in COLUMNS:
            raise BadInput(f"There is no column “{name[:80]}”.")
    return tuple(name for name in COLUMNS if name in given) or USUAL


def _accountable(codes: tuple[str, ...], departments: Mapping[str, int]) -> Q:
    among = Q(accountable_department__in=[departments[code] for code in codes if code != NOBODY])
    return among | Q(accountable_department=None) if NOBODY in codes else among


def _healths(values: tuple[str, ...], today: date) -> Q:
    """As `Initiative.objects.stale` and its neighbours say it, for several at once."""
    holds = Q(stale_on__gt=today) | Q(status__in=OVER)
    wanted = Q(pk__in=[])
    for value in values:
        if value == "unknown":
            wanted |= Q(health="")
        elif value == "stale":
            wanted |= ~Q(health="") & ~holds
        else:
            wanted |= Q(health=value) & holds
    return wanted
