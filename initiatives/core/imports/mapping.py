"""What a person decided about a file: which column feeds which field, and how its cells are read.

A mapping is plain data (JSON), so that it can be saved by name, shown on a page and shipped with the product:

    {"source": {"encoding": "cp1252", "separator": ";", "sheet": "", "header_row": 1, "loose_quotes": false},
     "withheld": ["exempt under"], "empty": ["n/a"],
     "fields": {"title": {"columns": ["project_name"]},
                "starts_on": {"columns": ["start_date"], "formats": ["YYYY-MM-DD"]},
                "whole_life_cost": {"columns": ["wlc"], "decimal": ".", "thousands": ",", "signs": ["£"], "multiplier": 1000000},
                "health": {"columns": ["rating", "rating (2)"], "values": {"Amber/Red": "amber"}},
                "departments": {"columns": ["department"], "values": {}, "names": {"CO": "Cabinet Office"},
                                "separator": "&", "create": true},
                "external_source": {"fixed": "GMPP"}}}

Several columns mean "the first that is filled". A cell that begins with a phrase of `withheld`, or holds a sentence where a
number, a day or a choice should stand, is withheld: not zero, not empty. A cell that equals a word of `empty` is empty.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from initiatives.core.imports.cells import DATE_FORMATS, MULTIPLIERS
from initiatives.core.imports.control import Control, control_from
from initiatives.core.imports.delimited import ENCODINGS, SEPARATORS
from initiatives.core.imports.table import Source
from initiatives.core.imports.targets import Field, Kind, Target
from initiatives.core.rules import BadInput

LONGEST_TEXT = 500
MOST_VALUES = 500


def folded(text: str) -> str:
    """Texts that a reader takes for the same: without case, accents' spelling, width, and runs of blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class FieldMap:
    """How one field is filled."""

    columns: tuple[str, ...] = ()
    fixed: str = ""
    values: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ","
    signs: tuple[str, ...] = ()
    multiplier: int = 1
    round: bool = False
    separator: str = ""
    create: bool = False

    def as_data(self) -> dict[str, Any]:
        """Only what is set, in JSON's types."""
        plain: dict[str, Any] = {}
        empty = FieldMap()
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if value != getattr(empty, name):
                plain[name] = list(value) if isinstance(value, tuple) else value
        return plain


@dataclass(frozen=True)
class Mapping:
    target: str
    fields: dict[str, FieldMap]
    source: Source = field(default_factory=Source)
    withheld: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    control: Control = field(default_factory=Control)  # of this one file: never saved by name

    def as_data(self) -> dict[str, Any]:
        return {
            **({"control": self.control.as_data()} if self.control != Control() else {}),
            "source": self.source.as_data(),
            "withheld": list(self.withheld),
            "empty": list(self.empty),
            "fields": {name: chosen.as_data() for name, chosen in self.fields.items()},
        }


def from_data(data: Any, target: Target) -> Mapping:
    """The mapping in JSON data; BadInput says what in it is not understood."""
    data = _object(data, "A mapping", {"source", "withheld", "empty", "fields", "control"})
    known = {known.name: known for known in target.fields}
    fields = _object(data.get("fields", {}), "“fields”", set(known))
    return Mapping(
        target.name,
        {name: _field_map(known[name], given) for name, given in fields.items()},
        _source(data.get("source", {})),
        _texts(data.get("withheld", []), "withheld"),
        _texts(data.get("empty", []), "empty"),
        control_from(data.get("control", {})),
    )


def _source(data: Any) -> Source:
    data = _object(data, "“source”", set(Source.__dataclass_fields__))
    encoding, separator = _text(data.get("encoding", ""), "encoding"), _text(data.get("separator", ""), "separator")
    if encoding and encoding not in ENCODINGS:
        raise BadInput("Choose one of the offered encodings.")
    if separator and separator not in SEPARATORS:
        raise BadInput("Choose one of the offered separators.")
    header_row = data.get("header_row", 1)
    if type(header_row) is not int or not 1 <= header_row <= 100:
        raise BadInput("The names of the columns stand in one of the first 100 rows.")
    return Source(encoding, separator, _text(data.get("sheet", ""), "sheet"), header_row, data.get("loose_quotes") is True)


def _field_map(about: Field, data: Any) -> FieldMap:
    data = _object(data, f"“{about.name}”", set(FieldMap.__dataclass_fields__))
    chosen = FieldMap(
        columns=_texts(data.get("columns", []), "columns"),
        fixed=_text(data.get("fixed", ""), "fixed"),
        values=_pairs(data.get("values", {}), "values"),
        names=_pairs(data.get("names", {}), "names"),
        formats=_texts(data.get("formats", []), "formats"),
        decimal=_text(data.get("decimal", "."), "decimal"),
        thousands=_text(data.get("thousands", ","), "thousands"),
        signs=_texts(data.get("signs", []), "signs"),
        multiplier=data.get("multiplier", 1),
        round=data.get("round") is True,
        separator=_text(data.get("separator", ""), "separator"),
        create=data.get("create") is True,
    )
    if obstacle := _obstacle(about, chosen):
        raise BadInput(f"{about.label}: {obstacle}")
    return chosen


def _obstacle(about: Field, chosen: FieldMap) -> str | None:
    if chosen.columns and chosen.fixed:
        return "choose columns or one fixed value, not both."
    if unknown := [name for name in chosen.formats if name not in DATE_FORMATS]:
        return f"“{unknown[0][:80]}” is not one of the offered date forms."
    if {"DD/MM/YYYY", "MM/DD/YYYY"} <= set(chosen.formats):
        return "02/03/2026 would have two meanings; choose day first or month first."
    if about.kind in (Kind.MONEY, Kind.NUMBER):
        if type(chosen.multiplier) is not int or chosen.multiplier not in MULTIPLIERS:
            return "choose one of the offered units."
        if chosen.decimal not in (".", ",") or chosen.thousands not in ("", ",", ".", " ", "'", "\u00a0", "\u202f", "’"):
            return "choose the decimal and the thousands sign from those offered."
        if chosen.decimal == chosen.thousands:
            return "the decimal and the thousands sign must differ."
    if about.kind is Kind.CHOICE and (
        unknown := [value for value in chosen.values.values() if value and value not in about.choices]
    ):
        return f"“{unknown[0][:80]}” is not one of its values."
    if about.kind is Kind.CHOICE and chosen.fixed and chosen.fixed not in about.choices:
        return f"“{chosen.fixed[:80]}” is not one of its values."
    return None


def suggested(target: Target, columns: Sequence[str]) -> dict[str, FieldMap]:
    """A first guess for a file that nobody mapped yet: columns that are called as the field is."""
    found = {}
    for about in target.fields:
        names = {_letters(about.name), _letters(about.label)}
        if match := [column for column in columns if _letters(column) in names]:
            found[about.name] = FieldMap(columns=tuple(match))
    return found


def missing_columns(mapping: Mapping, columns: Iterable[str]) -> dict[str, str]:
    """{field: sentence} for each field none of whose columns is in the file."""
    present = {folded(column) for column in columns}
    return {
        name: f"None of its columns is in the file: {', '.join(chosen.columns)[:200]}."
        for name, chosen in mapping.fields.items()
        if chosen.columns and not any(folded(column) in present for column in chosen.columns)
    }


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", folded(text))


def _object(data: Any, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"{what} is not an object.")
    if unknown := sorted(str(key) for key in set(data) - known):
        raise BadInput(f"{what} says “{unknown[0][:80]}”, which is not known here.")
    return data


def _text(data: Any, what: str) -> str:
    if not isinstance(data, str) or len(data) > LONGEST_TEXT or "\x00" in data:
        raise BadInput(f"“{what}” is not a text of at most {LONGEST_TEXT} characters.")
    return data


def _texts(data: Any, what: str) -> tuple[str, ...]:
    if not isinstance(data, list | tuple) or len(data) > MOST_VALUES:
        raise BadInput(f"“{what}” is not a list.")
    return tuple(_text(one, what) for one in data)


def _pairs(data: Any, what: str) -> dict[str, str]:
    if not isinstance(data, dict) or len(data) > MOST_VALUES:
        raise BadInput(f"“{what}” is not a list of pairs.")
    return {_text(key, what): _text(value, what) for key, value in data.items()}
