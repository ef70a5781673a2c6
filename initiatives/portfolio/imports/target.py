"""What of an initiative can be filled from a file, and the mappings that come with the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from initiatives.core.imports.saved import mappings_beside
from initiatives.core.imports.targets import Field, Kind, Record
from initiatives.organization.models import User
from initiatives.organization.naming import departments_offered
from initiatives.portfolio.imports.job import InitiativeJob
from initiatives.portfolio.models import Health, Status
from initiatives.portfolio.models.words import LONG_AGO

FIELDS: Sequence[Field] = (
    Field("external_source", "Source", required=True, longest=60, help="Who numbers these initiatives: GMPP, for example."),
    Field("external_id", "Id in the source", required=True, longest=120, help="The same id next year means the same initiative."),
    Field("title", "Title", required=True),
    Field("problem", "Problem statement", Kind.PROSE, longest=5_000),
    Field("hypothesis", "Hypothesis", Kind.PROSE, longest=5_000),
    Field("category", "Category", longest=80),
    Field("department", "Lead department", Kind.DEPARTMENTS, required=True, help="The first leads, the others are asked in."),
    Field("status", "Status of new ones", Kind.CHOICE, choices=dict(Status.choices), help="Active, unless you choose."),
    Field("starts_on", "Start", Kind.DAY, earliest=LONG_AGO),
    Field("ends_on", "End", Kind.DAY, earliest=LONG_AGO),
    Field("cadence_days", "Days between check-ins", Kind.WHOLE),
    Field("health", "Rating", Kind.CHOICE, choices=dict(Health.choices), help="Becomes a check-in that quotes it."),
    Field("reported_on", "Day of the rating", Kind.DAY, help="Needed for ratings; the day that the file speaks of."),
    Field("rating_comment", "Comment on the rating", Kind.PROSE, longest=10_000),
    Field("year_baseline", "Baseline this year", Kind.MONEY, negative=True),
    Field("year_forecast", "Forecast this year", Kind.MONEY, negative=True),
    Field("whole_life_cost", "Whole-life cost", Kind.MONEY, negative=True),
)  # fmt: skip


class Initiatives:
    """The target "initiatives"."""

    name = "initiatives"
    pages = "import"
    label = "Initiatives"
    permission = "portfolio.import_initiatives"
    fields: Sequence[Field] = FIELDS
    controlled = ""
    shipped: Mapping[str, Mapping[str, Any]] = mappings_beside(__file__)

    def options(self, name: str, by: User) -> list[tuple[str, str]]:
        return departments_offered(by) if name == "department" else []

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> "InitiativeJob":
        return InitiativeJob(records, options, by)
