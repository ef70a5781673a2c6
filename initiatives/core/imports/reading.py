"""A file becomes a table. Limits are checked before anything is parsed; what is wrong is said by row and column."""

from pathlib import Path

from initiatives.core.imports import delimited, workbook
from initiatives.core.imports.table import LARGEST_FILE, Source, Table, Unreadable

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def obstacle_to_read(name: str, size: int, start: bytes) -> str | None:
    """Say in one sentence why a file of this name, size and first bytes is not taken, or None."""
    ending = Path(name).suffix.lower()
    if ending in (".xls", ".xlsm", ".xlsb", ".ods") or start.startswith(OLE):
        return "Only CSV and XLSX without macros or password are read. Save the table as one of these."
    if ending not in ENDINGS:
        return "The name of the file should end in .csv, .tsv, .txt or .xlsx."
    if size == 0:
        return "The file is empty."
    if size > LARGEST_FILE:
        return f"The file is larger than {LARGEST_FILE // 1_000_000} MB."
    if start.startswith(ZIP) != (ending == ".xlsx"):
        return f"The file is called {ending}, but holds something else."
    return None


def read(path: Path, name: str, source: Source | None = None) -> Table:
    """The table in the file at `path`, which its owner calls `name`; Unreadable says why there is none."""
    source = source or Source()
    with path.open("rb") as file:
        start = file.read(8)
    if obstacle := obstacle_to_read(name, path.stat().st_size, start):
        raise Unreadable(obstacle)
    if not 1 <= source.header_row <= 100:
        raise Unreadable("The names of the columns stand in one of the first 100 rows.")
    if start.startswith(ZIP):
        return workbook.read(path, source)
    return delimited.read(path.read_bytes(), source)
