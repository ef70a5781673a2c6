"""What of a line of finance's files is read, and the mapping that comes with the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from initiatives.core.imports.saved import mappings_beside
from initiatives.core.imports.targets import Field, Kind, Record
from initiatives.funding.imports.job import ActualJob
from initiatives.funding.models import Nature
from initiatives.organization.models import User

FIELDS: Sequence[Field] = (
    Field("source", "Source", required=True, longest=60, help="Which ledger numbers these documents."),
    Field("document", "Document", required=True, longest=120, help="The number that the ledger gives a line, once for ever."),
    Field("day", "Posting day", Kind.DAY, required=True),
    Field("amount", "Amount", Kind.MONEY, required=True, negative=True, help="Below zero for a credit note."),
    Field("reference", "Reference", longest=120, help="An initiative, such as CX-042, or the memo of a commitment: its order."),
    Field("nature", "Kind of expenditure", Kind.CHOICE, choices=dict(Nature.choices), help="Else of all kinds."),
    Field("cost_centre", "Cost centre", longest=60),
    Field("text", "Text", longest=300),
    Field("currency", "Currency", longest=3, help="Its three letters; the company's own where nothing is said."),
)


class Actuals:
    """The target "actuals"."""

    name = "actuals"
    label = "Actuals"
    permission = "funding.import_actuals"
    fields: Sequence[Field] = FIELDS
    controlled = "amount"
    pages = "import"
    shipped: Mapping[str, Mapping[str, Any]] = mappings_beside(__file__)

    def options(self, name: str, by: User) -> list[tuple[str, str]]:
        return []

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: User) -> ActualJob:
        return ActualJob(records, by)
