"""What of a touchpoint can be filled from a file, and the mapping that comes with the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from initiatives.core.imports.saved import mappings_beside
from initiatives.core.imports.targets import Field, Kind, Record
from initiatives.journey.imports.job import TouchpointJob
from initiatives.journey.models import Channel, Stage
from initiatives.organization.models import User
from initiatives.organization.naming import departments_offered

FIELDS: Sequence[Field] = (
    Field("external_source", "Source", required=True, longest=60, help="Who numbers these touchpoints: a journey map, a survey."),
    Field("external_id", "Id in the source", required=True, longest=120, help="The same id again means the same touchpoint."),
    Field("title", "Title", required=True),
    Field("description", "Description", Kind.PROSE, longest=5_000),
    Field("stage", "Stage", Kind.DEPARTMENTS, required=True, help="Its title or reference. Unknown ones become the last stage."),
    Field("channel", "Channel", Kind.DEPARTMENTS, required=True, help="Its name."),
    Field("reach", "Contacts a year", Kind.WHOLE),
    Field("moment_of_truth", "Moment of truth", Kind.CHOICE, choices={"yes": "Yes", "no": "No"}),
    Field("department", "Department", Kind.DEPARTMENTS, help="Is asked to own the touchpoint; only the first one."),
    Field("parent", "Part of", longest=120, help="The id, in the same source, of the touchpoint that this is a part of."),
)


class Touchpoints:
    """The target "touchpoints"."""

    name = "touchpoints"
    pages = "import"
    label = "Touchpoints"
    permission = "journey.import_touchpoints"
    fields: Sequence[Field] = FIELDS
    controlled = ""
    shipped: Mapping[str, Mapping[str, Any]] = mappings_beside(__file__, "touchpoints")

    def options(self, name: str, by: User) -> list[tuple[str, str]]:
        match name:
            case "stage":
                return [(stage.reference, stage.title) for stage in Stage.objects.visible_to(by).in_use()]
            case "channel":
                return [(channel.name, channel.name) for channel in Channel.objects.visible_to(by).in_use()]
            case "department":
                return departments_offered(by)
            case _:
                return []

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> TouchpointJob:
        return TouchpointJob(records, options, by)
