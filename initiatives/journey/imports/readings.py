"""What of a reading can be filled from a file, and the mapping that comes with the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from initiatives.core.imports.saved import mappings_beside
from initiatives.core.imports.targets import Field, Kind, Record
from initiatives.journey.imports.reading_job import ReadingJob
from initiatives.journey.models import ReadingKind
from initiatives.organization.models import User
from initiatives.organization.naming import departments_offered

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


class Readings:
    """The target "readings"."""

    name = "readings"
    pages = "reading_import"
    label = "Readings"
    permission = "journey.import_readings"
    fields: Sequence[Field] = FIELDS
    controlled = ""
    shipped: Mapping[str, Mapping[str, Any]] = mappings_beside(__file__, "readings")

    def options(self, name: str, by: User) -> list[tuple[str, str]]:
        return departments_offered(by) if name == "department" else []

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> ReadingJob:
        return ReadingJob(records, by)
