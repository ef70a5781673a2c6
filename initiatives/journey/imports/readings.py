"""Readings from files: each row is one, or one customer's answer, and the answers of a period are taken together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from initiatives.core.imports.mapping import folded
from initiatives.core.imports.table import Problem
from initiatives.core.imports.targets import Field, Kind, Outcome, Record, Step
from initiatives.core.rules import RuleBroken
from initiatives.journey.models import Reading, ReadingKind, Touchpoint
from initiatives.journey.models.hanging import answered_by
from initiatives.organization.models import Department, User

FIELDS: Sequence[Field] = (
    Field("kind", "What was read", Kind.CHOICE, required=True, choices=dict(ReadingKind.choices)),
    Field("touchpoint", "Touchpoint", required=True, longest=120, help="Its reference, or its id in the source it came from."),
    Field("value", "Value", Kind.NUMBER, help="The rating, or how many outbound contacts. A row without it is left out."),
    Field("n", "Customers", Kind.WHOLE, help="Who rated, or were reached. If it is not mapped, each row is one answer."),
    Field("first_day", "From", Kind.DAY, required=True),
    Field("last_day", "To", Kind.DAY, required=True),
    Field("source", "Source", required=True, longest=120, help="A survey and its question, a mailing system."),
    Field("low", "Lowest of the scale", Kind.WHOLE, help="Of ratings."),
    Field("high", "Highest of the scale", Kind.WHOLE, help="Of ratings."),
    Field("department", "Sent by", Kind.DEPARTMENTS, help="Of contacts; only the first one."),
)


class Key(NamedTuple):
    """What makes two rows speak of the same reading."""

    kind: str
    touchpoint: int
    first_day: date
    last_day: date
    source: str
    department: int | None


@dataclass
class Group:
    """The rows of one reading: which came first, their sum, and of how many customers."""

    row: int
    low: int | None
    high: int | None
    total: Decimal = Decimal(0)
    n: int = 0


@dataclass
class ReadingJob:
    """One pass over a file: four queries look up all that its rows refer to, the rows are grouped before they are planned."""

    by: User
    notes: list[str] = field(default_factory=list)
    groups: dict[Key, Group] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    departments: dict[str, Department] = field(default_factory=dict)
    before: dict[Key, Reading] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[Record], by: User) -> "ReadingJob":
        job = cls(by)
        job._look_up({folded(record.values["touchpoint"]) for record in records if record.values.get("touchpoint")})
        empty = 0
        for record in records:
            if record.problems:
                continue
            if record.values.get("value") is None:
                empty += 1
                continue
            job._gather(record)
        job._look_up_before()
        if empty:
            job.notes.append(f"{empty} {'row holds' if empty == 1 else 'rows hold'} no value; left out.")
        return job

    def _look_up(self, names: set[str]) -> None:
        seen = Touchpoint.objects.visible_to(self.by).select_related("owned", "parent__owned", "stage__owned")
        for one in seen.order_by("pk"):
            for name in {folded(one.reference), folded(one.external_id)} & names:
                if self.touchpoints.setdefault(name, one) is not one:
                    self.several.add(name)
        found = [one.pk for one in self.touchpoints.values()]
        self.kept = set(Touchpoint.objects.filter(answered_by(self.by, ""), pk__in=found).values_list("pk", flat=True))
        for one in Department.objects.visible_to(self.by):
            self.departments[folded(one.name)] = self.departments[folded(one.code)] = one

    def _key(self, record: Record) -> Key:
        """The same touchpoint is the same, whether it is named by its reference or by its id."""
        values = record.values
        there = self.touchpoints.get(folded(values["touchpoint"]))
        sent_by = self.departments.get(folded((values.get("department") or [""])[0]))
        return Key(
            values["kind"],
            there.pk if there else 0,
            values["first_day"],
            values["last_day"],
            values["source"],
            sent_by.pk if sent_by and values["kind"] == ReadingKind.CONTACTS else None,
        )

    def _look_up_before(self) -> None:
        """The readings that stand already where the file speaks of: one query."""
        days = {key.first_day for key in self.groups}
        stand = Reading.objects.living().filter(touchpoint__in={key.touchpoint for key in self.groups}, first_day__in=days)
        for one in stand:
            key = Key(one.kind, one.touchpoint_id, one.first_day, one.last_day, one.source, one.department_id)
            self.before[key] = one

    def _gather(self, record: Record) -> None:
        values = record.values
        group = self.groups.setdefault(self._key(record), Group(record.row, values.get("low"), values.get("high")))
        n = values.get("n") or 1
        rated = values["kind"] == ReadingKind.RATING
        group.total += values["value"] * n if rated else values["value"]
        group.n += n

    # -- What it would do -------------------------------------------------------------------------------------------------

    def plan(self, record: Record) -> Step:
        if record.values.get("value") is None:
            return Step()
        if problems := [Problem.at(record.row, column, said, why) for column, said, why in self._problems(record)]:
            return Step(problems=problems)
        group = self.groups[self._key(record)]
        if group.row != record.row:
            return Step()  # one more answer of a reading that an earlier row brings
        facts = self._facts(record, group)
        reading = Reading(by=self.by, **facts)
        try:
            reading.check_facts()
        except RuleBroken as refused:
            return Step(problems=[Problem.at(record.row, "value", record.values["value"], str(refused))])
        before = self.before.get(self._key(record))
        if before is not None and before.says_as(reading):
            return Step()
        return Step(Outcome.UPDATED if before is not None else Outcome.CREATED, how=facts)

    def _facts(self, record: Record, group: Group) -> dict[str, Any]:
        values, rated = record.values, record.values["kind"] == ReadingKind.RATING
        named = values.get("department")
        return {
            **{name: values[name] for name in ("kind", "first_day", "last_day", "source")},
            "touchpoint": self.touchpoints[folded(values["touchpoint"])],
            "total": group.total,
            "n": group.n,
            "low": group.low if rated else None,
            "high": group.high if rated else None,
            "department": self.departments[folded(named[0])] if named and not rated else None,
        }

    def _problems(self, record: Record) -> list[tuple[str, object, str]]:
        values, said = record.values, list[tuple[str, object, str]]()
        if obstacle := self._obstacle_there(values["touchpoint"]):
            said.append(("touchpoint", values["touchpoint"], obstacle))
        if (named := values.get("department")) and folded(named[0]) not in self.departments:
            said.append(("department", named[0], "No department has this code or name."))
        low, high = values.get("low"), values.get("high")
        if values["kind"] == ReadingKind.CONTACTS:
            if not values.get("n"):
                said.append(("n", "", "Say how many customers were reached."))
        elif low is None or high is None or not low <= values["value"] <= high:
            said.append(("value", values["value"], "The rating does not lie on a scale that the mapping names."))
        first = self.groups[self._key(record)]
        if first.row != record.row and ("n" in values or (low, high) != (first.low, first.high)):
            said.append(("touchpoint", values["touchpoint"], f"Row {first.row} has the same touchpoint, period and source."))
        return said

    def _obstacle_there(self, named: str) -> str | None:
        """What the importer may not see is as if it were not there."""
        found = self.touchpoints.get(folded(named))
        if found is None:
            return "No touchpoint has this reference or id."
        if folded(named) in self.several:
            return "Several touchpoints have this id. Name it by its reference."
        if found.is_archived:
            return f"{found.reference} is archived."
        return None if found.pk in self.kept else "You enter readings of touchpoints that you answer for; this is another one."

    # -- Doing it -----------------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        if step.how is not None:
            Reading.objects.enter(by=self.by, **step.how)


class Readings:
    """The target "readings"."""

    name = "readings"
    pages = "reading_import"
    label = "Readings"
    permission = "journey.import_readings"
    fields: Sequence[Field] = FIELDS
    controlled = ""
    shipped: Mapping[str, Mapping[str, Any]] = {
        "readings": json.loads((Path(__file__).parent.with_name("mappings") / "readings.json").read_text("utf-8"))
    }

    def options(self, name: str, by: User) -> list[tuple[str, str]]:
        if name != "department":
            return []
        found = Department.objects.visible_to(by).active().in_order()
        return [(one.code, f"{one.code} · {one.name}") for one in found]

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> ReadingJob:
        return ReadingJob.of(records, by)
