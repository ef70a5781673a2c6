"""Rows become records by a mapping, and what the file holds is counted on the way."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from initiatives.core.imports import cells, control
from initiatives.core.imports.cells import NotRead
from initiatives.core.imports.mapping import FieldMap, Mapping, folded, missing_columns
from initiatives.core.imports.table import Cell, Problem, Row, Table, as_text
from initiatives.core.imports.targets import Field, Kind, Record, Target


@dataclass
class Counts:
    """What stands in the file, in the file's own words and units."""

    withheld: Counter[str] = field(default_factory=Counter)  # {field: rows}
    totals: dict[str, Decimal] = field(default_factory=dict)  # {column: sum}
    given: Counter[str] = field(default_factory=Counter)  # {column: rows with an amount}
    values: dict[str, Counter[str]] = field(default_factory=dict)  # {field: {the file's word: rows}}
    rounded: int = 0


class Reader:
    """Reads rows of one table for one target. Lookups by folded name are made once."""

    def __init__(self, table: Table, mapping: Mapping, target: Target) -> None:
        self.table, self.mapping = table, mapping
        self.counts, self.target = Counts(), target
        self.rows, self.total_row = control.apart(table.rows) if target.controlled else (table.rows, None)
        self.fields = [(about, mapping.fields[about.name]) for about in target.fields if about.name in mapping.fields]
        places = {folded(name): place for place, name in enumerate(table.columns)}
        self.places = {
            about.name: [
                (table.columns[place], place) for column in chosen.columns if (place := places.get(folded(column))) is not None
            ]
            for about, chosen in self.fields
        }
        self.values = {
            about.name: {folded(said): (said, meant) for said, meant in {**_own_words(about), **chosen.values}.items()}
            for about, chosen in self.fields
        }
        self.withheld = tuple(folded(phrase) for phrase in mapping.withheld)
        self.empty = {folded(word) for word in mapping.empty}
        for about, chosen in self.fields:
            if about.kind is Kind.MONEY and chosen.columns:
                self.counts.totals[self._column(about)] = Decimal(0)
        mapped = {about.name for about, chosen in self.fields if chosen.columns or chosen.fixed}
        self.problems = [
            *table.problems,
            *(Problem.at(0, name, "", said) for name, said in missing_columns(mapping, table.columns).items()),
            *(
                Problem.at(0, about.name, "", f"“{about.label}” must be filled: choose a column or a fixed value.")
                for about in target.fields
                if about.required and about.name not in mapped
            ),
        ]

    def records(self) -> list[Record]:
        """All rows; afterwards `problems` say what disagrees with the control totals as well."""
        found = [self.record(row) for row in self.rows]
        if name := self.target.controlled:
            about = next(about for about in self.target.fields if about.name == name)
            column = self._column(about) if name in self.places else name
            self.problems += control.disagreements(self, column)
        return found

    def total_of(self, row: Row) -> Decimal:
        """The controlled amount of a total row, in the file's own unit."""
        for about, chosen in self.fields:
            if about.name == self.target.controlled and self.places[about.name]:
                return cells.amount(self._first_filled(about, row)[1], chosen, negative=True)[0]
        raise NotRead("no column holds the amounts.")

    def record(self, row: Row) -> Record:
        record = Record(row.number)
        for about, chosen in self.fields:
            if chosen.fixed:
                self._take(record, about, chosen, "", chosen.fixed)
            elif self.places[about.name]:
                column, cell = self._first_filled(about, row)
                self._take(record, about, chosen, column, cell)
        return record

    def _first_filled(self, about: Field, row: Row) -> tuple[str, Cell]:
        """The first filled cell of the field's columns; one that is withheld only when no other is filled."""
        filled = [(column, row.cells[place]) for column, place in self.places[about.name] if not self._is_empty(row.cells[place])]
        given = [(column, cell) for column, cell in filled if not self._is_withheld(about, cell)]
        return (given or filled or [(self.places[about.name][0][0], "")])[0]

    def _is_empty(self, cell: Cell) -> bool:
        if isinstance(cell, date):
            return False
        text = folded(as_text(cell))
        return not text or text in self.empty

    def _is_withheld(self, about: Field, cell: Cell) -> bool:
        if not isinstance(cell, str):
            return False
        text = folded(cell)
        if self.withheld and text.startswith(self.withheld):
            return True
        if about.kind in (Kind.LINE, Kind.PROSE, Kind.DEPARTMENTS):
            return False
        if about.kind is Kind.CHOICE and text in self.values[about.name]:
            return False
        return cells.is_sentence(cell, 3 if about.kind is Kind.CHOICE else 2)

    def _take(self, record: Record, about: Field, chosen: FieldMap, column: str, cell: Cell) -> None:
        record.values[about.name] = None
        if self._is_empty(cell):
            if about.required:
                record.problems.append(Problem.at(record.row, column, "", f"“{about.label}” must be filled."))
            return
        try:
            if not chosen.fixed and self._is_withheld(about, cell):
                record.withheld[about.name] = cells.text_of(cell, _SENTENCE)
                self.counts.withheld[about.name] += 1
                return
            record.values[about.name] = self._value(record, about, chosen, cell)
        except NotRead as error:
            record.problems.append(Problem.at(record.row, column or about.name, as_text(cell), str(error)))

    def _value(self, record: Record, about: Field, chosen: FieldMap, cell: Cell) -> Any:
        if about.kind is Kind.MONEY:
            said, units = cells.amount(cell, chosen, negative=about.negative)
            column = self._column(about)
            self.counts.totals[column] = self.counts.totals.get(column, Decimal(0)) + said
            self.counts.given[column] += 1
            self.counts.rounded += units != said * chosen.multiplier
            return units
        if about.kind is Kind.NUMBER:
            return cells.number(cell, chosen)
        if about.kind is Kind.CHOICE:
            return self._choice(record, about, as_text(cell), count=not chosen.fixed)
        if about.kind is Kind.DEPARTMENTS:
            return self._departments(about, chosen, as_text(cell))
        return cells.value(cell, about, () if chosen.fixed else chosen.formats)

    def _column(self, about: Field) -> str:
        """The column under whose name an amount is summed: the field's first one in this file."""
        return self.places[about.name][0][0] if self.places[about.name] else about.name

    def _choice(self, record: Record, about: Field, text: str, *, count: bool) -> str | None:
        if folded(text) not in self.values[about.name]:
            raise NotRead(f"The mapping does not say what this means for “{about.label}”.")
        said, meant = self.values[about.name][folded(text)]
        record.said[about.name] = said
        if count:
            self.counts.values.setdefault(about.name, Counter())[said] += 1
        return meant or None

    def _departments(self, about: Field, chosen: FieldMap, text: str) -> list[str]:
        text = cells.text_of(text, about)
        self.counts.values.setdefault(about.name, Counter())[text] += 1
        if folded(text) in self.values[about.name]:
            text = self.values[about.name][folded(text)][1]
        parts = text.split(chosen.separator) if chosen.separator else [text]
        found = []
        for part in (part.strip() for part in parts):
            _, meant = self.values[about.name].get(folded(part), (part, part))
            if meant and meant not in found:
                found.append(meant)
        if not found and about.required:
            raise NotRead(f"“{about.label}” must be filled.")
        return found


_SENTENCE = Field("sentence", "sentence", Kind.PROSE, longest=10_000)


def _own_words(about: Field) -> dict[str, str]:
    """A choice may always be named by its own value or words."""
    return {**{key: key for key in about.choices}, **{words: key for key, words in about.choices.items()}}
