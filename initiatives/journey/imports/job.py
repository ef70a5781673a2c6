"""One pass over a file: what each row would do to the map, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from initiatives.core.imports.mapping import folded
from initiatives.core.imports.table import Problem
from initiatives.core.imports.targets import Outcome, Record, Step
from initiatives.journey.imports.places import Places
from initiatives.journey.models import Channel, Ownership, Stage, State, Touchpoint
from initiatives.organization.models import Department, User
from initiatives.organization.naming import departments_named

PLAIN = ("title", "description", "reach")
NAMED = ("external_source", "external_id", "title", "stage", "channel", "parent")  # cannot be withheld
ALONG = ("stage__owned", "channel", "owned__department", "parent")


@dataclass
class How:
    """What storing one record would do to one touchpoint."""

    record: Record
    touchpoint: Touchpoint | None
    stage: Any
    channel: Any
    changes: dict[str, Any] = field(default_factory=dict)
    ask: Department | None = None


class TouchpointJob:
    """One pass over a file: six queries look up all that its rows refer to."""

    def __init__(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> None:
        self.by, self.notes = by, list[str]()
        self.stages = Places.of(Stage, by, create=options.get("stage", {}).get("create", False))
        self.channels = Places.of(Channel, by, create=options.get("channel", {}).get("create", False))
        self.departments = departments_named(by)
        ids = {record.values.get(name) for record in records for name in ("external_id", "parent")} - {None}
        known = list(Touchpoint.objects.filter(external_id__in=ids).select_related(*ALONG))
        self.known = {(one.external_source, one.external_id): one for one in known}
        seen = set(Touchpoint.objects.visible_to(by).filter(pk__in=[one.pk for one in known]).values_list("pk", flat=True))
        self.seen = {key: one for key, one in self.known.items() if one.pk in seen}
        asked = Ownership.objects.filter(owned__touchpoint__in=known).values_list("owned__touchpoint", "department")
        self.asked = set(asked)
        self.rows: dict[tuple[str, str], int] = {}

    # -- What it would do -------------------------------------------------------------------------------------------------

    def plan(self, record: Record) -> Step:
        values = record.values
        key = (values["external_source"] or "", values["external_id"] or "")
        if problems := [Problem.at(record.row, column, said, why) for column, said, why in self._problems(record, key)]:
            return Step(problems=problems)
        stage, channel = self.stages.planned(values["stage"][0]), self.channels.planned(values["channel"][0])
        how = How(record, self.known.get(key), stage, channel, ask=self._to_ask(record, self.known.get(key)))
        if how.touchpoint is None:
            return Step(Outcome.CREATED, how=how)
        if how.touchpoint.is_archived:
            self.notes.append(f"Row {record.row}: {how.touchpoint.reference} is archived and stays as it is.")
            return Step(Outcome.UNCHANGED)
        how.changes = self._changes(how)
        return Step(Outcome.UPDATED if how.changes or how.ask else Outcome.UNCHANGED, how=how)

    def _problems(self, record: Record, key: tuple[str, str]) -> list[tuple[str, object, str]]:
        values, said = record.values, list[tuple[str, object, str]]()
        if (earlier := self.rows.setdefault(key, record.row)) != record.row:
            said.append(("external_id", key[1], f"Row {earlier} has the same id."))
        said += [
            (name, record.withheld[name], "This cannot be withheld: it says which touchpoint is meant and where it stands.")
            for name in NAMED
            if name in record.withheld
        ]
        for name, places in (("stage", self.stages), ("channel", self.channels)):
            if obstacle := places.obstacle_to_find(values[name][0]) if values.get(name) else None:
                said.append((name, values[name][0], obstacle))
        if obstacle := self._obstacle_to_ask(values):
            said.append(("department", values["department"][0], obstacle))
        if obstacle := self._obstacle_to_part(values, key):
            said.append(("parent", values["parent"], obstacle))
        if not said and (obstacle := self._obstacle_to_store(values, key)):
            said.append(("stage", values["stage"][0], obstacle))
        return said

    def _obstacle_to_ask(self, values: dict[str, Any]) -> str | None:
        if not values.get("department"):
            return None
        department = self.departments.get(folded(values["department"][0]))
        if department is None:
            return "No department has this code or name."
        if department.closed_on is not None:
            return f"{department} is closed."
        return None if department.deciders() else f"{department} has nobody who could answer."

    def _obstacle_to_part(self, values: dict[str, Any], key: tuple[str, str]) -> str | None:
        """A part names a touchpoint of the same source that is known, or stands in an earlier row, and can be split.

        What the importer may not see is not named, and as if it were not there.
        """
        if not values.get("parent"):
            return None
        of, here = (key[0], values["parent"]), self.seen.get(key)
        whole = self.seen.get(of)
        if (whole is None and of not in self.rows) or of == key:
            return "No earlier row and no touchpoint of this source has this id."
        if here is None:
            return whole.obstacle_to_split(self.by) if whole is not None else None
        if whole is None or here.parent_id != whole.pk:
            return f"{here.reference} is on the map already, and not as a part of that one. Split it on its page."
        return None

    def _obstacle_to_store(self, values: dict[str, Any], key: tuple[str, str]) -> str | None:
        """The CXO imports anything; who owns a stage its touchpoints, before and after."""
        stage, known = self.stages.known.get(folded(values["stage"][0])), self.known.get(key)
        if self.by.standing.holds("cxo"):
            return None
        mine = stage is not None and stage.pk is not None and stage.is_owned_by(self.by)
        if not mine or (known is not None and (key not in self.seen or not known.may_edit(self.by))):
            return "You import touchpoints of the stages that you own; this row belongs to another one."
        return None

    def _to_ask(self, record: Record, known: Touchpoint | None) -> Department | None:
        """The department that is asked to own it: once, and only where nobody does."""
        if not record.values.get("department"):
            return None
        department = self.departments[folded(record.values["department"][0])]
        if known is not None and (
            known.owned.state not in (State.UNOWNED, State.PROPOSED) or (known.pk, department.pk) in self.asked
        ):
            return None
        return department

    def _changes(self, how: How) -> dict[str, Any]:
        found, told = how.touchpoint, self._told(how.record)
        told |= {"stage": how.stage, "channel": how.channel}
        return {name: value for name, value in told.items() if getattr(found, name) != value}

    def _told(self, record: Record) -> dict[str, Any]:
        """What the record says of the fields; fields that were not mapped are left out, and what it withholds."""
        told = {name: record.values[name] for name in PLAIN if name in record.values and name not in record.withheld}
        for name, nothing in (("description", ""), ("reach", 0)):
            if name in told:
                told[name] = told[name] or nothing
        if record.values.get("moment_of_truth"):
            told["moment_of_truth"] = record.values["moment_of_truth"] == "yes"
        return told

    # -- Doing it -----------------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        if step.how is None:
            return
        how: How = step.how
        places = {"stage": self.stages.found(how.stage), "channel": self.channels.found(how.channel)}
        touchpoint = how.touchpoint or self._added(how, places)
        if how.changes:
            touchpoint.edit(how.changes, by=self.by, version=touchpoint.version)
        if how.ask is not None:
            touchpoint.owned.refresh_from_db()
            touchpoint.owned.propose(how.ask, by=self.by, why=f"Named in an import ({touchpoint.external_source}).")

    def _added(self, how: How, places: dict[str, Any]) -> Touchpoint:
        values = how.record.values
        key = (values["external_source"], values["external_id"])
        parent = self.known.get((key[0], values["parent"])) if values.get("parent") else None
        made: Touchpoint = Touchpoint.objects.add(
            by=self.by, external_source=key[0], external_id=key[1], parent=parent, **places, **self._told(how.record)
        )
        self.known[key] = self.seen[key] = made
        return made
