"""One pass over a file: what each row would do to the portfolio, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from initiatives.core import clock
from initiatives.core.imports.mapping import folded
from initiatives.core.imports.table import Problem
from initiatives.core.imports.targets import Outcome, Record, Step
from initiatives.organization.models import Department, User
from initiatives.portfolio.imports.departments import Departments
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, Letter, Status

PLAIN = (
    "title",
    "problem",
    "hypothesis",
    "category",
    "starts_on",
    "ends_on",
    "cadence_days",
    *("year_baseline", "year_forecast", "whole_life_cost"),
)
TEXTS = ("problem", "hypothesis", "category")  # empty is "" and not None


@dataclass
class How:
    """What storing one record would do to one initiative."""

    record: Record
    initiative: Initiative | None
    lead: Department
    others: list[Department]
    changes: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, str] | None = None  # None: as it is
    report: tuple[date, str, str] | None = None  # (day, health, text)


class InitiativeJob:
    """One pass over a file: three queries look up all that its rows refer to."""

    def __init__(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> None:
        self.by, self.notes = by, list[str]()
        about = options.get("department", {})
        self.departments = Departments(by, about.get("create", False), about.get("names", {}))
        ids = {record.values.get("external_id") for record in records} - {None}
        known = list(Initiative.objects.filter(external_id__in=ids).select_related("lead_department"))
        self.known = {(one.external_source, one.external_id): one for one in known}
        self.asked: dict[int, set[int]] = {}
        for initiative, department in Involvement.objects.filter(initiative__in=known).values_list("initiative", "department"):
            self.asked.setdefault(initiative, set()).add(department)
        self.reports = {
            (report.initiative_id, clock.day_of(report.at)): report
            for report in CheckIn.objects.filter(initiative__in=known, author=None).order_by("id")
        }
        self.rows: dict[tuple[str, str], int] = {}

    # -- What it would do -------------------------------------------------------------------------------------------------

    def plan(self, record: Record) -> Step:
        values = record.values
        key = (values["external_source"] or "", values["external_id"] or "")
        problems = self._problems(record, key)
        if problems:
            return Step(problems=problems)
        lead, *others = (self.departments.planned(said) for said in values["department"])
        how = How(record, self.known.get(key), lead, [one for one in others if one is not lead])
        how.report = self._report(record, how.initiative)
        if how.initiative is None:
            return Step(Outcome.CREATED, how=how)
        if how.initiative.is_over:
            self.notes.append(f"Row {record.row}: {how.initiative.reference} is over and stays as it is.")
            return Step(Outcome.UNCHANGED)
        how.changes = self._changes(record, how.initiative, lead)
        how.withheld = self._withheld(record, how.initiative)
        how.others = [one for one in how.others if one.pk is None or one.pk not in self.asked.get(how.initiative.pk, set())]
        if how.changes or how.others or how.report or how.withheld is not None:
            return Step(Outcome.UPDATED, how=how)
        return Step(Outcome.UNCHANGED)

    def _problems(self, record: Record, key: tuple[str, str]) -> list[Problem]:
        values, said = record.values, list[tuple[str, object, str]]()
        if (earlier := self.rows.setdefault(key, record.row)) != record.row:
            said.append(("external_id", key[1], f"Row {earlier} has the same id."))
        for name in ("external_source", "external_id", "department"):
            if name in record.withheld:
                said.append((name, record.withheld[name], "This cannot be withheld: it says which initiative is meant."))
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            said.append(("ends_on", ends, f"It ends before it starts ({starts})."))
        if values.get("health") and not values.get("reported_on"):
            said.append(("reported_on", "", "A rating needs the day it speaks of: choose a column or a fixed day."))
        if (cadence := values.get("cadence_days")) is not None and not 1 <= cadence <= 366:
            said.append(("cadence_days", cadence, "Between 1 and 366 days."))
        for name in values.get("department") or []:
            if obstacle := self.departments.obstacle_to_find(name):
                said.append(("department", name, obstacle))
        if not said and (obstacle := self._obstacle_to_store(values, key)):
            said.append(("department", values["department"][0], obstacle))
        return [Problem.at(record.row, column, value, message) for column, value, message in said]

    def _obstacle_to_store(self, values: dict[str, Any], key: tuple[str, str]) -> str | None:
        """The CXO imports anything; heads and deputies what their own department leads, before and after."""
        if self.by.standing.holds("cxo"):
            return None
        lead, known = self.departments.known[folded(values["department"][0])], self.known.get(key)
        mine = self.by.standing.heads_department(lead.pk)
        if not mine or (known is not None and not self.by.standing.heads_department(known.lead_department_id)):
            return "You import for departments that you head; this row belongs to another one."
        return None

    def _changes(self, record: Record, initiative: Initiative, lead: Department) -> dict[str, Any]:
        told = _description(record)
        changes = {name: value for name, value in told.items() if getattr(initiative, name) != value}
        if lead.pk != initiative.lead_department_id:
            changes["lead_department"] = lead
        return changes

    def _withheld(self, record: Record, initiative: Initiative) -> dict[str, str] | None:
        """What is withheld now: what this file says of its fields, and what is known of others."""
        kept = {name: said for name, said in initiative.withheld.items() if name not in record.values}
        wanted = {**kept, **_sentences(record)}
        return wanted if wanted != initiative.withheld else None

    def _report(self, record: Record, initiative: Initiative | None) -> tuple[date, str, str] | None:
        health = record.values.get("health")
        if not health:
            return None
        day, said = record.values["reported_on"], record.said["health"]
        text = "\n\n".join(part for part in (f"Published rating: {said}.", record.values.get("rating_comment")) if part)
        before = self.reports.get((initiative.pk, day)) if initiative else None
        return None if before is not None and (before.health, before.done) == (health, text) else (day, health, text)

    # -- Doing it -----------------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        if step.how is None:
            return
        how: How = step.how
        lead = self.departments.found(how.lead)
        others = [self.departments.found(other) for other in how.others]
        initiative = how.initiative or self._draft(how.record, lead)
        if how.changes:
            if "lead_department" in how.changes:
                how.changes["lead_department"] = lead
            initiative.edit(how.changes, version=initiative.version, by=self.by)
        if how.initiative is not None and how.withheld is not None:
            initiative.lock()
            initiative.withheld = how.withheld
            initiative.save(update_fields=["withheld"])
            initiative.record("imported", by=self.by)
        for department in others:
            initiative.propose_involvement(department, Letter.RESPONSIBLE, by=self.by)
        if how.report is not None:
            self._check_in(initiative, *how.report)

    def _draft(self, record: Record, lead: Department) -> Initiative:
        return Initiative.objects.draft(
            by=self.by,
            lead_department=lead,
            status=record.values.get("status") or Status.ACTIVE,
            external_source=record.values["external_source"],
            external_id=record.values["external_id"],
            withheld=_sentences(record),
            **_description(record),
        )

    def _check_in(self, initiative: Initiative, day: date, health: str, text: str) -> None:
        at = timezone.make_aware(datetime.combine(day, time(12)), timezone.get_default_timezone())
        report = CheckIn.objects.create(initiative=initiative, at=at, author=None, health=health, done=text)
        initiative.lock()
        initiative.reported(report)
        initiative.record("checked_in", by=self.by, check_in=report.pk, source=initiative.external_source)


def _description(record: Record) -> dict[str, Any]:
    """What the record says of the fields that describe an initiative; fields that were not mapped are left out."""
    told = {name: record.values[name] for name in PLAIN if name in record.values}
    for name in TEXTS:
        if name in told:
            told[name] = told[name] or ""
    if "title" in record.withheld:
        told["title"] = f"{record.values['external_id']} (title withheld)"
    if told.get("cadence_days", 0) is None:
        del told["cadence_days"]
    return told


def _sentences(record: Record) -> dict[str, str]:
    """What is withheld, and the comment on a rating that is withheld itself: there is no check-in to hold it."""
    comment = record.values.get("rating_comment")
    return {**record.withheld, "rating_comment": comment} if "health" in record.withheld and comment else record.withheld
