"""The first rows as they would be stored: days in ISO form, exact amounts, what is withheld, what is wrong."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from initiatives.core.fields import cut
from initiatives.core.imports.mapping import Mapping
from initiatives.core.imports.records import Reader
from initiatives.core.imports.table import Table
from initiatives.core.imports.targets import Field, Kind, Record, Target

ROWS = 20


@dataclass
class Shown:
    """One cell of the preview."""

    words: str = ""
    whole: str = ""  # the whole text, when `words` is cut
    number: bool = False
    withheld: bool = False
    wrong: str = ""


@dataclass
class Preview:
    labels: list[Field]
    rows: list[tuple[int, list[Shown]]] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)


def preview(table: Table, mapping: Mapping, target: Target) -> Preview:
    reader = Reader(table, mapping, target)
    labels = [about for about, chosen in reader.fields if chosen.columns or chosen.fixed]
    made = Preview(labels, problems=reader.problems[:10])
    for row in reader.rows[:ROWS]:
        record = reader.record(row)
        made.rows.append((row.number, [_shown(record, reader, about) for about in labels]))
    return made


def _shown(record: Record, reader: Reader, about: Field) -> Shown:
    columns = {column for column, _ in reader.places[about.name]} or {about.name}
    wrong = next((problem for problem in record.problems if problem.column in columns), None)
    if wrong is not None:
        return Shown(wrong.value, wrong=wrong.message)
    if about.name in record.withheld:
        return Shown("withheld", record.withheld[about.name], withheld=True)
    value = record.values.get(about.name)
    if isinstance(value, Decimal):
        return Shown(f"{value:,.2f}" if about.kind is Kind.MONEY else f"{value:,}", number=True)
    if isinstance(value, date):
        return Shown(value.isoformat())
    if isinstance(value, list):
        return Shown(", ".join(value))
    text = "" if value is None else str(value)
    if about.kind is Kind.CHOICE and value is not None:
        said = record.said.get(about.name, "")
        label = str(about.choices.get(text, text))
        return Shown(label if said in (text, label) else f"{label} ({said})")
    return Shown(cut(" ".join(text.split()), 60), text if len(text) > 60 else "")
