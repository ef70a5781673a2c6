"""The facets of a touchpoint as one matrix, and the touchpoints that are split between departments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Q

from initiatives.journey.models import Facet, FacetKind, FacetLetter, FacetRole, OwnedObject, State, Touchpoint
from initiatives.journey.models.facets import obstacle_to_arrange
from initiatives.organization.models import Department, User


@dataclass(frozen=True)
class Cell:
    """One department in one facet: accountable by its own handshake, or a letter that was given."""

    name: str  # of the field in the form
    letter: str
    accountable: bool
    words: str  # "Marketing in Content"
    typed: str | None = None  # what stands in a form that was refused

    @property
    def shown(self) -> str:
        return self.letter if self.typed is None else self.typed


@dataclass(frozen=True)
class Line:
    department: Department
    cells: list[Cell]


def facets_of(touchpoint: Touchpoint) -> list[tuple[FacetKind, Facet | None]]:
    """The four kinds, each with its facet when there is one. One query."""
    along = ("owned__department", "owned__person")
    found = {facet.kind: facet for facet in Facet.objects.filter(touchpoint=touchpoint).select_related(*along)}
    return [(kind, found.get(kind)) for kind in FacetKind]


def matrix(touchpoint: Touchpoint, departments: Any = ()) -> dict[str, Any]:
    """Departments × facets: those that take part, and `departments` to be offered beside them. Three queries."""
    facets = facets_of(touchpoint)
    roles = FacetRole.objects.filter(facet__touchpoint=touchpoint, until=None).values_list(
        "facet__kind", "department_id", "letter"
    )
    letters = {(kind, department): letter for kind, department, letter in roles}
    owners = {facet.owned.department_id for _, facet in facets if facet is not None and facet.owned.state == State.OWNED}
    taking_part = {department for _, department in letters} | {owner for owner in owners if owner}
    shown = {one.pk: one for one in Department.objects.filter(pk__in=taking_part)} | {one.pk: one for one in departments}
    rows = sorted(shown.values(), key=lambda one: (one.pk not in taking_part, one.name))
    return {"facets": facets, "lines": [Line(one, _cells(one, facets, letters)) for one in rows]}


def _cells(department: Department, facets: Any, letters: dict[tuple[str, int], str]) -> list[Cell]:
    cells = []
    for kind, facet in facets:
        owns = facet is not None and facet.owned.state == State.OWNED and facet.owned.department_id == department.pk
        letter = letters.get((kind.value, department.pk), "")
        cells.append(Cell(f"{kind.value}-{department.pk}", letter, owns, f"{department}: {kind.label}"))
    return cells


def facets_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What the page of a touchpoint shows of its facets."""
    shown = matrix(touchpoint)
    owners = {facet.owned.department_id for _, facet in shown["facets"] if facet is not None and facet.owned.state == State.OWNED}
    return {
        "facet_rows": [
            (kind, facet, [line.cells[place] for line in shown["lines"]]) for place, (kind, facet) in enumerate(shown["facets"])
        ],
        "facet_departments": [line.department for line in shown["lines"]],
        "is_split": len(owners) > 1 and touchpoint.owned.state != State.OWNED,
        "may_arrange": obstacle_to_arrange(touchpoint, user) is None,
    }


def facets_page(touchpoint: Touchpoint, user: User, typed: Mapping[str, str]) -> dict[str, Any]:
    """The matrix to be filled in, with the letters that were typed: every open department has a row."""
    departments = Department.objects.visible_to(user).active().in_order()
    context = matrix(touchpoint, departments)
    lines = [replace(line, cells=[replace(one, typed=typed.get(one.name)) for one in line.cells]) for line in context["lines"]]
    return {
        **context,
        "lines": lines,
        "touchpoint": touchpoint,
        "letters": FacetLetter.choices,
        "obstacle": obstacle_to_arrange(touchpoint, user),
    }


def conflict(lines: list[Line]) -> Iterator[dict[str, str | None]]:
    """Each cell in which another letter was typed than stands there now."""
    words = dict(FacetLetter.choices)
    for cell in (one for line in lines for one in line.cells):
        if cell.typed is not None and cell.typed != cell.letter:
            yield {"label": cell.words, "typed": words.get(cell.typed), "now": words.get(cell.letter)}


@dataclass(frozen=True)
class Split:
    """A touchpoint whose facets belong to several departments, and which nobody owns end to end."""

    touchpoint: Touchpoint
    owners: list[tuple[str, str]]  # (facet, department)


def split_touchpoints(user: User) -> list[Split]:
    """What is split, the heaviest first, as far as this person may see it. Two queries.

    Facet owners in two departments or more, and no accepted owner of the whole (fixture: IVR technology=IT, content=Marketing).
    """
    owned = Q(facets__owned__state=State.OWNED)
    rows = list(
        Touchpoint.objects.visible_to(user)
        .in_use()
        .exclude(owned__state=State.OWNED)
        .annotate(departments=Count("facets__owned__department", filter=owned, distinct=True))
        .filter(departments__gte=2)
        .select_related("owned")
        .order_by(F("owned__weight").desc(), "pk")
    )
    facets = OwnedObject.objects.owned().filter(facet__touchpoint__in=rows).order_by("facet__kind")
    owners: dict[int, list[tuple[str, str]]] = {row.pk: [] for row in rows}
    for touchpoint, kind, department in facets.values_list("facet__touchpoint", "facet__kind", "department__name"):
        owners[touchpoint].append((FacetKind(kind).label, department))
    return [Split(row, owners[row.pk]) for row in rows]
