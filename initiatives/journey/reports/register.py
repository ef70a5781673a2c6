"""The register of ownership, as a file: every object that may leave with its reader, and who answers for it."""

from collections.abc import Iterator

from initiatives.core import clock
from initiatives.core.exports import Cell
from initiatives.journey.models import Kind, OwnedObject, State
from initiatives.organization.models import User

REGISTER = (
    "Reference", "Name", "Kind", "State", "Department", "Person", "Steward", "Since", "Attest by", "Missed", "Weight",
)  # fmt: skip


def register(user: User) -> Iterator[list[Cell]]:
    """One row for each object in use, by reference: in one query."""
    values = (
        "reference", "name", "kind", "state", "department__name", "person__name", "steward__name", "since", "attest_by", "lapses",
        "weight",
    )  # fmt: skip
    rows = OwnedObject.objects.visible_to(user).exportable_by(user).in_use().order_by("kind", "reference").values_list(*values)
    for reference, name, kind, state, department, person, steward, since, attest_by, lapses, weight in rows:
        day = clock.day_of(since)
        words = (Kind(kind).label, State(state).label, department or "", person or "", steward or "")
        yield [reference, name, *words, day, attest_by, lapses, weight]
