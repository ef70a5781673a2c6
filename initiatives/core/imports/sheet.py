"""The process that parses one XLSX file, apart from everything else: `python -m initiatives.core.imports.sheet FILE SHEET`.

It may use little memory and not long, imports no Django, and prints one JSON line about the workbook, then one for each
row; or one that says why the file is refused.
"""

import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser

MOST_MEMORY = 512 * 1024 * 1024  # bytes
MOST_SECONDS = 30  # of computing
MOST_TEXT = 40_000_000  # characters in all cells; a shared text counts as often as it is used
LAST_ROW = 1_048_576
COLUMNS, ROWS = 200, 20_000  # as in table.py

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Refused(Exception):
    """The workbook is not read, and why."""


def parsed(file: IO[bytes], wanted: str) -> Iterator[Any]:
    """What the workbook holds: a dict about it, then [row number, cells] for each row that is not blank."""
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
    hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    chosen = next((sheet for sheet in sheets if sheet.title == wanted) if wanted else iter(shown or sheets), None)
    if chosen is None:
        raise Refused(f"There is no sheet “{wanted[:80]}” in the workbook." if wanted else "The workbook has no sheet.")
    notes = [f"Hidden sheets, not read unless chosen: {', '.join(hidden)[:200]}."] if hidden else []
    yield {"sheets": [sheet.title for sheet in sheets], "sheet": chosen.title, "notes": notes}
    total = kept = 0
    for number, row in _rows(chosen):
        cells = _filled(row)
        if not cells:
            continue
        kept += 1
        total += sum(len(cell) if isinstance(cell, str) else 10 for cell in cells)
        if kept > ROWS + 100 or total > MOST_TEXT or number > LAST_ROW:
            raise Refused(f"The sheet is too large: at most {COLUMNS} columns and {ROWS:,} rows are read.")
        yield [number, cells]


def _rows(sheet: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The rows that the sheet holds, without the blank ones that openpyxl would make up between them."""
    book = sheet.parent
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        yield from parser.parse()


def _filled(row: list[dict[str, Any]]) -> list[Any]:
    """The cells of a row up to its last filled one."""
    cells: list[Any] = []
    for cell in row:
        value = _plain(cell)
        if value == "":
            continue
        if cell["column"] > COLUMNS:
            raise Refused(f"The sheet is too large: at most {COLUMNS} columns and {ROWS:,} rows are read.")
        cells += [""] * (cell["column"] - len(cells))
        cells[cell["column"] - 1] = value
    return cells


def _plain(cell: dict[str, Any]) -> Any:
    value, kind = cell["value"], cell["data_type"]
    if value is None:
        return ""
    if kind == "f":
        raise Refused(f"Cell {_name(cell)} holds a formula. Paste the values instead of the formulas.")
    if kind == "e":
        raise Refused(f"Cell {_name(cell)} shows the error {str(value)[:20]}.")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()} if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, int | float):
        return {"n": f"{Decimal(f'{value:.15g}'):f}"}  # 15 digits: what the spreadsheet shows of a binary fraction
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


def _name(cell: dict[str, Any]) -> str:
    return f"{get_column_letter(cell['column'])}{cell['row']}"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        with Path(sys.argv[1]).open("rb") as file:
            for part in parsed(file, sys.argv[2]):
                sys.stdout.write(json.dumps(part) + "\n")
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": str(refused)}) + "\n")


if __name__ == "__main__":
    main()
