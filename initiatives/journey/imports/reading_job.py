"""One pass over a file of readings: each row is one, or one customer's answer, and the answers of a period are taken together."""

from collections.abc import Sequence
from typing import Any

from initiatives.core.imports.mapping import folded
from initiatives.core.imports.table import Problem
from initiatives.core.imports.targets import Outcome, Record, Step
from initiatives.core.rules import RuleBroken
from initiatives.journey.models import Reading, ReadingKind, Touchpoint
from initiatives.journey.models.hanging import answered_among
from initiatives.journey.models.readings import KEPT, KEY
from initiatives.organization.models import User
from initiatives.organization.naming import departments_named

PLACE = ("kind", "touchpoint", "first_day", "last_day", "source")  # what was read, where and when


class ReadingJob:
    """One pass over a file: four queries look up all that its rows refer to, and what they say is taken together."""

    def __init__(self, records: Sequence[Record], by: User) -> None:
        self.by, self.notes = by, list[str]()
        self.departments = departments_named(by)
        read = [record for record in records if not record.problems and not hidden(record)]
        given = [record for record in read if record.values.get("value") is not None]
        self._look_up({folded(record.values["touchpoint"]) for record in given})
        self.said = {record.row: self._said(record) for record in given}  # by row; of several of one key, the first holds all
        self.rows: dict[tuple[Any, ...], int] = {}
        for row, one in self.said.items():
            first = self.said[self.rows.setdefault(one.key, row)]
            if first is not one:
                first.total, first.n = first.total + one.total, first.n + one.n
        self._look_up_before()
        if empty := len(read) - len(given):
            self.notes.append(f"{empty} {'row holds' if empty == 1 else 'rows hold'} no value; left out.")

    def _look_up(self, names: set[str]) -> None:
        """The touchpoints that these may mean, those of which a name is not theirs alone, and those that are answered for."""
        self.touchpoints, self.several = dict[str, Touchpoint](), set[str]()
        for one in Touchpoint.objects.visible_to(self.by).select_related("owned", "parent__owned", "stage__owned").order_by("pk"):
            for name in {folded(one.reference), folded(one.external_id)} & names:
                if self.touchpoints.setdefault(name, one) is not one:
                    self.several.add(name)
        self.kept = answered_among(self.by, {one.pk for one in self.touchpoints.values()})

    def _look_up_before(self) -> None:
        """The readings that stand already where the file speaks of: one query."""
        touchpoints, days = {one.touchpoint_id for one in self.said.values()}, {one.first_day for one in self.said.values()}
        stand = Reading.objects.living().filter(touchpoint__in=touchpoints, first_day__in=days)
        self.before = {one.key: one for one in stand}

    def _said(self, record: Record) -> Reading:
        """What the row says by itself. The same touchpoint is the same, whether it is named by its reference or by its id."""
        values, rated = record.values, record.values["kind"] == ReadingKind.RATING
        n, department = values.get("n") or 1, folded((values.get("department") or [""])[0])
        facts: dict[str, Any] = {
            **{name: values[name] for name in ("kind", "first_day", "last_day", "source")},
            "touchpoint": self.touchpoints.get(folded(values["touchpoint"])),
            "total": values["value"] * n if rated else values["value"],
            "n": n,
            "low": values.get("low") if rated else None,
            "high": values.get("high") if rated else None,
            "department": None if rated else self.departments.get(department),
        }
        return Reading(by=self.by, **facts)

    # -- What it would do -------------------------------------------------------------------------------------------------

    def plan(self, record: Record) -> Step:
        if hides := hidden(record):
            why = "This cannot be withheld: it says what was read, where and when."
            return Step(problems=[Problem.at(record.row, name, record.withheld[name], why) for name in hides])
        reading = self.said.get(record.row)
        if reading is None:
            return Step()
        if problems := [Problem.at(record.row, column, said, why) for column, said, why in self._problems(record, reading)]:
            return Step(problems=problems)
        if self.rows[reading.key] != record.row:
            return Step()  # one more answer of a reading that an earlier row brings
        try:
            reading.check_facts()
        except RuleBroken as refused:
            return Step(problems=[Problem.at(record.row, "value", record.values["value"], str(refused))])
        before = self.before.get(reading.key)
        if before is not None and before.says_as(reading):
            return Step()
        return Step(Outcome.UPDATED if before is not None else Outcome.CREATED, how=reading)

    def _problems(self, record: Record, reading: Reading) -> list[tuple[str, object, str]]:
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
        row = self.rows[reading.key]
        first = self.said[row]
        if row != record.row and ("n" in values or (reading.low, reading.high) != (first.low, first.high)):
            said.append(("touchpoint", values["touchpoint"], f"Row {row} has the same touchpoint, period and source."))
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
            Reading.objects.enter(by=self.by, **{name: getattr(step.how, name) for name in (*KEY, *KEPT)})


def hidden(record: Record) -> list[str]:
    """What the row withholds of its place: without it nothing can be said."""
    return [name for name in PLACE if name in record.withheld]
