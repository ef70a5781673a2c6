"""The portfolio as rows: plain values from one query, each distinct value written once and not once for each row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.html import format_html

from initiatives.core.templatetags.marks import department, health, health_words, status
from initiatives.core.templatetags.words import ago, day
from initiatives.organization.models import Department
from initiatives.portfolio.filters import NUMBERS, Look
from initiatives.portfolio.models import OVER, Status, rank_among

# What each column and group reads of the row.
FIELDS: dict[str, tuple[str, ...]] = {
    "department": ("lead_department_id",),
    "status": ("status",),
    "health": ("health", "stale_on", "status"),
    "accountable": ("accountable_department_id", "accountable_person__name"),
    "sponsor": ("sponsor__name",),
    "category": ("category",),
    "start": ("starts_on",),
    "end": ("ends_on",),
    "report": ("health_on",),
    "rank": ("rank",),
    "percent": ("percent",),
}
NOTHING = "–"
Values = Mapping[str, Any]


@dataclass
class Row:
    """One initiative in the table; `heading` is set on the first row of each group."""

    reference: str
    title: str
    confidential: bool
    cells: list[Any]
    numbers: list[Any]
    heading: str = ""


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
        self._owner = cache(lambda pk, name: format_html("{} {}", self._chip(pk), name))

    def cell(self, column: str, row: Values) -> Any:
        match column:
            case "department":
                return self._chip(row["lead_department_id"])
            case "status":
                return self._status(row["status"])
            case "health":
                return self._health(row["health"], is_stale(row, self.today))
            case "accountable":
                owner = row["accountable_department_id"]
                return NOTHING if owner is None else self._owner(owner, row["accountable_person__name"])
            case "start" | "end":
                return self._day(row[FIELDS[column][0]])
            case "report":
                return self._ago(row["health_on"])
            case "rank":
                return NOTHING if row["rank"] is None else rank_among(row["rank"], row.get("hidden") or [])
            case "percent":
                return NOTHING if row["percent"] is None else f"{row['percent']}\u00a0%"
            case _:
                return row[FIELDS[column][0]] or NOTHING

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
        cells = [column for column in look.columns if column not in NUMBERS]
        numbers = [column for column in look.columns if column in NUMBERS]
        rows, last = [], None
        for values in found:
            row = Row(
                values["reference"],
                values["title"],
                values["confidential"],
                [self.cell(column, values) for column in cells],
                [self.cell(column, values) for column in numbers],
            )
            if look.group and (heading := self.heading(look.group, values)) != last:
                row.heading = last = heading
            rows.append(row)
        return rows
