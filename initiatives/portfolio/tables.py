"""The portfolio as rows: plain values from one query, each distinct value written once and not once for each row."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from initiatives.core.templatetags.marks import department, health, health_words, status
from initiatives.core.templatetags.words import ago, day
from initiatives.organization.models import Department
from initiatives.portfolio.filters import NUMBERS, Look
from initiatives.portfolio.models import OVER, Status, Type, rank_among

# What each column and group reads of the row.
FIELDS: dict[str, tuple[str, ...]] = {
    "department": ("lead_department_id",),
    "status": ("status",),
    "health": ("health", "stale_on", "status"),
    "accountable": ("accountable_department_id", "accountable_person__name"),
    "sponsor": ("sponsor__name",),
    "category": ("category",),
    "type": ("type",),
    "start": ("starts_on",),
    "end": ("ends_on",),
    "report": ("health_on",),
    "rank": ("rank",),
    "percent": ("percent",),
}
NOTHING = "–"
NAME = '<th scope="row"><span class="kicker">{}{}</span><br><a href="{}{}/" data-open="{}">{}</a></th>'
CONFIDENTIAL = " · confidential"
CELL, NUMBER = "<td>{}</td>", "<td data-number>{}</td>"
Values = Mapping[str, Any]


class Row(NamedTuple):
    """One initiative in the table, its cells written; `heading` is set on the first row of each group.

    A tuple, which the template unpacks: looking up a hundred rows' attributes by name costs as much as the query.
    """

    reference: str
    cells: SafeString
    heading: str


def fields(look: Look) -> list[str]:
    """The columns of the database that this look reads."""
    wanted = [*look.columns, look.group] if look.group else look.columns
    return list(dict.fromkeys(("reference", "title", "confidential", *(name for column in wanted for name in FIELDS[column]))))


def is_stale(row: Values, today: date) -> bool:
    return bool(row["health"]) and row["stale_on"] is not None and row["stale_on"] <= today and row["status"] not in OVER


class Writer:
    """How values are written in one answer to one reader."""

    def __init__(self, departments: Mapping[int, Department], today: date) -> None:
        self.departments, self.today = departments, today
        self._chip = cache(lambda pk: department(departments.get(pk)))
        self._status = cache(lambda value: status(value, str(Status(value).label)))
        self._health = cache(lambda value, stale: health(value, stale=stale))
        self._day, self._ago = cache(day), cache(ago)
        self._owner = cache(lambda pk, name: NOTHING if pk is None else format_html("{} {}", self._chip(pk), name))

    def column(self, name: str) -> Callable[[Values], Any]:
        """What writes the cells of this column; chosen once for a table and not once for each cell."""
        match name:
            case "department":
                return lambda row: self._chip(row["lead_department_id"])
            case "status":
                return lambda row: self._status(row["status"])
            case "health":
                return lambda row: self._health(row["health"], is_stale(row, self.today))
            case "accountable":
                return lambda row: self._owner(row["accountable_department_id"], row["accountable_person__name"])
            case "type":
                return lambda row: str(Type(row["type"]).label) if row["type"] else NOTHING
            case "start" | "end":
                return lambda row: self._day(row[FIELDS[name][0]])
            case "report":
                return lambda row: self._ago(row["health_on"])
            case "rank":
                return lambda row: NOTHING if row["rank"] is None else rank_among(row["rank"], row.get("hidden") or ())
            case "percent":
                return lambda row: NOTHING if row["percent"] is None else f"{row['percent']}\u00a0%"
            case _:
                return lambda row: row[FIELDS[name][0]] or NOTHING

    def heading(self, group: str, row: Values) -> str:
        match group:
            case "department":
                return self.departments[row["lead_department_id"]].name
            case "status":
                return str(Status(row["status"]).label)
            case "health":
                return health_words(row["health"])
            case _:
                return row["sponsor__name"] or "No sponsor"

    def rows(self, look: Look, found: Iterable[Values]) -> list[Row]:
        cells = NAME + "".join(NUMBER if name in NUMBERS else CELL for name in look.in_order)
        columns = [self.column(name) for name in look.in_order]
        base, rows, last = reverse("portfolio:list"), [], None
        for values in found:
            heading = ""
            if look.group and (begins := self.heading(look.group, values)) != last:
                heading = last = begins
            ref, note = values["reference"], CONFIDENTIAL if values["confidential"] else ""
            written = format_html(cells, ref, note, base, ref, ref, values["title"], *[cell(values) for cell in columns])
            rows.append(Row(ref, written, heading))
        return rows
