"""The register of systems as pages show it: the list with its filters, the file, one system."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from initiatives.core.exports import Cell
from initiatives.core.looks import one_of, words_of
from initiatives.core.models import Event
from initiatives.journey.models import Course, Flow, Lifecycle, MatrixCell, Stage, State, System, Touchpoint
from initiatives.journey.models.systems import SystemQuerySet
from initiatives.organization.models import Department, User

Rows = QuerySet[Any, dict[str, Any]]
ROWS = 100
EVENTS_SHOWN = 12
NOBODY = "none"
SORTS: dict[str, Any] = {
    "reference": F("id"),
    "title": Lower("title"),
    "owner": F("owned__department__name"),
    "capability": Lower("capability"),
    "vendor": Lower("vendor"),
    "lifecycle": F("lifecycle"),
    "course": F("course"),
    "touchpoints": F("touched"),
    "cost": F("open_cost"),
}
WORDS = {"owner": "Owner", "lifecycle": "Lifecycle", "course": "Course", "stage": "Stage"}
SHOWN = (
    "pk", "reference", "title", "capability", "vendor", "lifecycle", "course", "open_cost", "cost_is_open", "touched",
    "owned__state", "owned__restricted", "owned__department__code", "owned__department__name", "owned__person__name",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One way of looking at the register, as its URL says it: ?q=words &owner=IT|none &lifecycle= &course= &stage= &sort=-cost"""

    q: str = ""
    owner: str = ""
    lifecycle: str = ""
    course: str = ""
    stage: str = ""
    sort: str = "reference"

    @classmethod
    def of(cls, query: QueryDict, choices: dict[str, dict[str, str]]) -> "Look":
        """Read the parameters; BadInput for a value that is not on offer."""
        sort = one_of(query, "sort", {*SORTS, *(f"-{key}" for key in SORTS)}) or "reference"
        return cls(q=words_of(query), sort=sort, **{name: one_of(query, name, known) for name, known in choices.items()})

    def query(self, **changes: str) -> str:
        """The URL's query string, with these changes."""
        query, plain = QueryDict(mutable=True), Look()
        for name, value in vars(replace(self, **changes)).items():
            if value != getattr(plain, name):
                query[name] = value
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        return bool(self.q or self.owner or self.lifecycle or self.course or self.stage)

    def narrow(self, seen: SystemQuerySet) -> SystemQuerySet:
        for word in self.q.split():
            texts = ("title", "reference", "vendor", "capability")
            seen = seen.filter(Q(*(Q(**{f"{text}__icontains": word}) for text in texts), _connector=Q.OR))
        if self.owner:
            owner = {"owned__department": None} if self.owner == NOBODY else {"owned__department__code": self.owner}
            seen = seen.filter(**owner)
        if self.stage:
            seen = seen.filter(stages__reference=self.stage)
        seen = seen.filter(lifecycle=self.lifecycle) if self.lifecycle else seen.exclude(lifecycle=Lifecycle.RETIRED)
        return seen.filter(course=self.course) if self.course else seen

    def order(self) -> list[Any]:
        """The chosen sort, empty ones last, then the id: the order is total."""
        key = SORTS[self.sort.removeprefix("-")]
        way = key.desc if self.sort.startswith("-") else key.asc
        return [way(nulls_last=True), "id"]


def served_touchpoints(user: User) -> Count:
    """How many touchpoints in use the system serves, as far as one may see them."""
    return Count("touchpoints", filter=Q(touchpoints__in=Touchpoint.objects.visible_to(user).in_use()), distinct=True)


class Register:
    """What one reader sees of the systems, looked at in one way."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        departments = Department.objects.visible_to(user).active().in_order().values_list("code", "name")
        stages = Stage.objects.visible_to(user).in_use().values_list("reference", "title")
        self.choices = {
            "owner": {**dict(departments), NOBODY: "Nobody"},
            "lifecycle": dict(Lifecycle.choices),
            "course": dict(Course.choices),
            "stage": dict(stages),
        }
        self.look = Look.of(query, self.choices)
        seen: SystemQuerySet = System.objects.visible_to(user)
        self.found: QuerySet[Any] = self.look.narrow(seen).with_cost_open_to(user).annotate(touched=served_touchpoints(user))

    def rows(self) -> Rows:
        found: Rows = self.found.order_by(*self.look.order()).values(*SHOWN)
        return found

    def chosen(self) -> Iterator[tuple[str, str]]:
        """(words, query without it) of everything that is filtered now."""
        if self.look.q:
            yield f"“{self.look.q}”", self.look.query(q="")
        for name, words in self.choices.items():
            if value := getattr(self.look, name):
                yield f"{WORDS[name]}: {words[value]}", self.look.query(**{name: ""})


def register_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The table: at most ROWS rows in a total order, how many nobody owns, and what they cost together."""
    register = Register(user, query)
    costs = list(register.found.values_list("open_cost", "cost_is_open", "owned__state"))
    pages = Paginator(register.rows(), ROWS)
    pages.count = len(costs)
    here = pages.get_page(query.get("page"))
    return {
        "look": register.look,
        "filters": [
            {"name": name, "words": WORDS[name], "choices": words.items(), "value": getattr(register.look, name)}
            for name, words in register.choices.items()
        ],
        "chosen": list(register.chosen()),
        "query": register.look.query(),
        "sort": register.look.sort,
        "page": here,
        "rows": [_drawn(row) for row in here.object_list],
        "total": len(costs),
        "unowned": sum(state != State.OWNED for *_, state in costs),
        "cost": sum((cost or Decimal(0) for cost, *_ in costs), Decimal(0)),
        "withheld": sum(not is_open for _, is_open, _ in costs),
    }


def _drawn(row: dict[str, Any]) -> dict[str, Any]:
    words = {"lifecycle": Lifecycle(row["lifecycle"]).label, "course": Course(row["course"]).label}
    return {**row, **words, "retired": row["lifecycle"] == Lifecycle.RETIRED, "state": State(row["owned__state"]).label}


def export_rows(user: User, query: QueryDict) -> tuple[list[str], Iterable[list[Cell]]]:
    """Header and rows of the file: what the list shows, all pages, as far as it may leave the building.

    A cost that is not open is “withheld”.
    """
    register = Register(user, query)
    found: Any = register.rows()
    header = [
        "Reference", "Title", "Owner", "Accountable person", "State", "Capability", "Vendor", "Lifecycle", "Course",
        "Touchpoints", "Yearly cost",
    ]  # fmt: skip
    rows = (
        [
            row["reference"], row["title"], row["owned__department__code"], row["owned__person__name"], row["state"],
            row["capability"], row["vendor"], row["lifecycle"], row["course"], row["touched"],
            row["open_cost"] if row["cost_is_open"] else "withheld",
        ]
        for row in map(_drawn, found.exportable_by(user))
    )  # fmt: skip
    return header, rows


def system_page(system: System, user: User) -> dict[str, Any]:
    """One system: who owns it, what it costs, what it serves, which data it holds, what flows in and out."""
    flows = list(
        Flow.objects.visible_to(user)
        .touching(system)
        .select_related("source__owned", "target__owned", "entity")
        .order_by("entity", "pk")
    )
    living = [flow for flow in flows if flow.ended_at is None]
    cells = MatrixCell.objects.visible_to(user).living().filter(system=system).select_related("entity")
    touchpoints = system.touchpoints.visible_to(user).in_use().select_related("stage", "channel", "owned__department")
    return {
        "system": system,
        "owned": system.owned,
        "may_ask": system.owned.obstacle_to_propose(by=user) is None,
        "cost_is_open": system.cost_open_to(user),
        "stages": list(system.stages.visible_to(user).in_use()),
        "touchpoints": list(touchpoints.order_by("stage__position", "title")),
        "cells": list(cells.order_by("entity_id", "region", "role")),
        "flows_out": [flow for flow in living if flow.source_id == system.pk],
        "flows_in": [flow for flow in living if flow.target_id == system.pk],
        "may_edit": system.may_edit(user) and not system.is_retired,
        "retire_obstacle": system.obstacle_to_retire(user),
        "events": _events(system, flows),
    }


def _events(system: System, flows: list[Flow]) -> QuerySet[Event]:
    """What happened to the system, and to those of its flows that the reader may see."""
    label = Flow._meta.label_lower
    about = Event.objects.about(system) | Event.objects.filter(subject_type=label, subject_id__in=[flow.pk for flow in flows])
    return about.newest_first()[:EVENTS_SHOWN]
