"""XLSX: the archive is checked while it streams, then parsed by a process of its own (sheet.py)."""

import json
import stat
import subprocess
import sys
import zipfile
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from initiatives.core.imports.sheet import MOST_SECONDS, Refused
from initiatives.core.imports.table import Row, Source, Table, Unreadable, assembled

LARGEST_SUM = 50_000_000  # bytes, unpacked
LARGEST_RATIO = 100
MOST_ENTRIES = 200
CHUNK = 65_536


def checked(path: Path) -> list[str]:
    """Walk through the archive without keeping it: sizes, ratio, entries and names; returns what is worth noting."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, path.stat().st_size)
            merged, unpacked = False, 0
            for entry in entries:
                before = b""
                with archive.open(entry) as stream:
                    while chunk := stream.read(CHUNK):
                        unpacked += len(chunk)
                        if unpacked > LARGEST_SUM:
                            raise Refused("The workbook is too large when unpacked.")
                        if not before:
                            _check_start(entry.filename, chunk)
                        merged = merged or b"<mergeCell " in before[-16:] + chunk
                        before = chunk
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, zlib.error) as error:
        raise Refused("The workbook is damaged, encrypted or not a workbook.") from error
    return ["Cells are merged: only the first of each group holds the value."] if merged else []


def _check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise Refused("The workbook holds too many parts.")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused("The file is an archive, but not a workbook.")
    if any("vbaproject" in name.lower() or "macrosheets" in name.lower() for name in names):
        raise Refused("The workbook holds macros. Save it as XLSX without macros.")
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_SUM or total > LARGEST_RATIO * max(size, 1):
        raise Refused("The workbook is too large when unpacked.")
    for entry in entries:
        odd = entry.filename.startswith("/") or "\\" in entry.filename or ".." in entry.filename.split("/")
        packed = entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if odd or packed or stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 1:
            raise Refused("The workbook is damaged, encrypted or not a workbook.")
        if entry.file_size > LARGEST_RATIO * 20 * max(entry.compress_size, 1):
            raise Refused("The workbook is too large when unpacked.")


def _check_start(name: str, chunk: bytes) -> None:
    if chunk.startswith(b"PK\x03\x04"):
        raise Refused("The workbook holds another archive. Save the table alone.")
    if name.endswith((".xml", ".rels")):
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise Refused("The workbook declares entities, which no spreadsheet program writes.")
        if name == "[Content_Types].xml" and b"macroEnabled" in chunk:
            raise Refused("The workbook holds macros. Save it as XLSX without macros.")


def read(path: Path, source: Source) -> Table:
    """The table in a workbook, as `reading.read` returns it. `source` names the sheet; without a name it is the first shown."""
    try:
        notes = checked(path)
        about, *rows = _parsed_apart(path, source.sheet)
    except Refused as refused:
        raise Unreadable(str(refused)) from refused
    used = Source("", "", about["sheet"], source.header_row)
    cells = [Row(number, tuple(_cell(value) for value in values)) for number, values in rows]
    return assembled(cells, used, "xlsx", sheets=about["sheets"], notes=[*notes, *about["notes"]])


def _cell(value: Any) -> str | Decimal | date:
    if isinstance(value, dict):
        return Decimal(value["n"]) if "n" in value else date.fromisoformat(value["d"])
    return str(value)


def _parsed_apart(path: Path, sheet: str) -> list[Any]:
    command = [sys.executable, "-m", "initiatives.core.imports.sheet", str(path), sheet]
    home = Path(__file__).resolve().parents[3]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            command,
            capture_output=True,
            timeout=MOST_SECONDS * 2,
            cwd=home,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("The workbook takes too long to read.") from error
    lines = done.stdout.decode().splitlines()
    if done.returncode != 0 or not lines:
        raise Refused("The workbook is damaged, or needs more memory or time than it may have.")
    parts = [json.loads(line) for line in lines]
    for part in (parts[0], parts[-1]):
        if isinstance(part, dict) and "refused" in part:
            raise Refused(part["refused"])
    return parts
