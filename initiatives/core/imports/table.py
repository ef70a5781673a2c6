"""A file as a table: what reading hands to mapping."""

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from initiatives.core.fields import cut
from initiatives.core.rules import BadInput

# Limits that are checked before and while a file is read.
LARGEST_FILE = 10_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # characters, as in a spreadsheet

Cell = str | Decimal | date  # text; typed numbers and days come from XLSX only


class Unreadable(BadInput):
    """The file cannot be read; the sentence says where and why."""


@dataclass(frozen=True)
class Source:
    """How to read a file. What is empty is detected."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int = 1
    loose_quotes: bool = False  # a quotation mark inside a quoted cell need not be doubled

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Row:
    number: int  # as a spreadsheet counts: the first row of the file is 1
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a file from being stored."""

    row: int
    column: str
    value: str
    message: str

    @classmethod
    def at(cls, row: int, column: str, value: object, message: str) -> "Problem":
        return cls(row, cut(column), cut(" ".join(str(value).split())), message)


@dataclass
class Table:
    columns: list[str]
    rows: list[Row]
    source: Source  # as it was read: nothing left empty that was detected
    kind: str = "csv"
    sheets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def as_text(cell: Cell) -> str:
    """A cell as it would stand in a CSV file."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell if isinstance(cell, str) else cell.isoformat()


def assembled(rows: list[Row], source: Source, kind: str, **more: Any) -> Table:
    """The table of these rows: names from the header row, blank rows left out, ragged rows reported."""
    below = [row for row in rows if row.number >= source.header_row]
    if not below or below[0].number != source.header_row or _is_blank(below[0]):
        raise Unreadable(f"Row {source.header_row} should hold the names of the columns, and is empty.")
    header, *body = below
    names = [" ".join(as_text(cell).split()) for cell in header.cells]
    body = [row for row in body if not _is_blank(row)]
    width = max((place + 1 for place, name in enumerate(names) if name), default=0)
    width = max(width, *(_filled(row) for row in body)) if kind == "xlsx" and body else width
    if width > MOST_COLUMNS:
        raise Unreadable(f"The file has {width} columns; at most {MOST_COLUMNS} are read.")
    if len(body) > MOST_ROWS:
        raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    table = Table(told_apart([*names, *[""] * width][:width]), [], source, kind, **more)
    for row in body:
        if len(row.cells) < width or _filled(row) > width:
            said = f"This row has {len(row.cells)} cells, the header has {width}. Is a separator or a quotation mark wrong?"
            table.problems.append(Problem.at(row.number, "", "", said))
        for place, cell in enumerate(row.cells[:width]):
            if isinstance(cell, str) and len(cell) > LONGEST_CELL:
                raise Unreadable(f"Row {row.number}, column {place + 1}: the cell holds more than {LONGEST_CELL:,} characters.")
        table.rows.append(Row(row.number, (*row.cells, *[""] * width)[:width]))
    return table


def told_apart(names: list[str]) -> list[str]:
    """Column names without doubles: the second “rating” becomes “rating (2)”, a nameless one “column 5”."""
    seen: set[str] = set()
    apart = []
    for place, given in enumerate(names, 1):
        name = base = given or f"column {place}"
        times = 1
        while name.casefold() in seen:
            times += 1
            name = f"{base} ({times})"
        seen.add(name.casefold())
        apart.append(name)
    return apart


def _filled(row: Row) -> int:
    """How many cells the row has up to its last filled one."""
    return max((place + 1 for place, cell in enumerate(row.cells) if cell != ""), default=0)


def _is_blank(row: Row) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in row.cells)
