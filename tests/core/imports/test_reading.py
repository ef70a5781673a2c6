"""Files of every kind become tables, or say by row and column why not."""

import io
import resource
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from initiatives.core.imports import reading, workbook
from initiatives.core.imports.delimited import encoding_of, separator_of
from initiatives.core.imports.table import LARGEST_FILE, Source, Table, Unreadable

Keep = Callable[..., Table]


@pytest.fixture
def read(tmp_path: Path) -> Keep:
    """Read bytes (or text) as a file of this name."""

    def as_file(data: bytes | str, name: str = "x.csv", **source: Any) -> Table:
        path = tmp_path / "upload"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return reading.read(path, name, Source(**source))

    return as_file


def cells(table: Table) -> list[tuple[Any, ...]]:
    return [row.cells for row in table.rows]


# -- CSV ----------------------------------------------------------------------------------------------------------------

TEXT = "name;cost\nCafé £;1\nNaïve – ok;2\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_detected_and_said(read: Keep, data: bytes, encoding: str) -> None:
    table = read(data)
    assert table.source.encoding == encoding
    assert cells(table) == [("Café £", "1"), ("Naïve – ok", "2")]
    assert table.columns == ["name", "cost"]


def test_cyrillic_is_not_taken_for_western_letters() -> None:
    text = "название;стоимость\n" + "Строительство новой железной дороги и вокзала;12\n" * 20
    assert encoding_of(text.encode("cp1251")) == "cp1251"


def test_another_encoding_can_be_chosen_and_one_that_does_not_fit_is_refused(read: Keep) -> None:
    assert read("a;b\nŁódź;1\n".encode("cp1250"), encoding="cp1250").rows[0].cells[0] == "Łódź"
    with pytest.raises(Unreadable, match="not UTF-8: line 2"):
        read(TEXT.encode("cp1252"), encoding="utf-8")
    with pytest.raises(Unreadable, match="offered encodings"):
        read(TEXT, encoding="utf-7")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_detected(separator: str) -> None:
    rows = [["id", "name", "text"], ["1", "a", '"one, two; three | four\tand\nfive"'], ["2", "b", '"x"']]
    assert separator_of("\n".join(separator.join(row) for row in rows)) == separator


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(read: Keep, end: str) -> None:
    assert cells(read(end.join(["a;b", "1;2", "3;4", ""]))) == [("1", "2"), ("3", "4")]


def test_line_breaks_stay_inside_their_cell_and_blank_rows_count(read: Keep) -> None:
    table = read('a;b\n"one\ntwo";2\n\n;\n3;4\n')
    assert cells(table) == [("one\ntwo", "2"), ("3", "4")]
    assert [row.number for row in table.rows] == [2, 5]


def test_columns_of_the_same_name_are_kept_apart(read: Keep) -> None:
    assert read("rating;Rating;rating;;x\n1;2;3;4;5\n").columns == ["rating", "Rating (2)", "rating (3)", "column 4", "x"]


def test_ragged_rows_are_reported_by_row(read: Keep) -> None:
    table = read("a;b;c\n1;2;3\n4;5\n6;7;8;9\n1;2;3;\n")
    assert [(problem.row, problem.message[:40]) for problem in table.problems] == [
        (3, "This row has 2 cells, the header has 3. "),
        (4, "This row has 4 cells, the header has 3. "),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('a;b\n1;2\n3;"4\n5;6\n', r"Row 3 \(line 3 of the file\), column 2: a quotation mark is opened and never closed"),
        ('a;b\n"x\ny";2\n3;"4"5;6\n', r"Row 3 \(line 4 of the file\), column 2: a quotation mark stands inside"),
        ("a;b\n1;2\x00\n", "Line 2 of the file holds a NUL"),
        ("", "empty"),
        (" \n\n", "empty"),
        ("\n\na;b\n1;2\n", "Row 1 should hold the names"),
        ("a;b\n1;" + "x" * 40_000, "Row 2, column 2: the cell holds more than 32,767"),
        ("a;b\n1;" + "x" * 9_000_000, "Row 2 .* column 2: the cell holds more than 32,767"),
        (";".join("ab" for _ in range(300)), "300 columns; at most 200"),
        ("a;b\n" + "1;2\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(read: Keep, data: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(data)


def test_loose_quotes_can_be_asked_for(read: Keep) -> None:
    assert read('a;b\n"he said "no" twice";2\n', loose_quotes=True).rows[0].cells[1] == "2"


def test_names_may_stand_further_down(read: Keep) -> None:
    table = read("Portfolio 2023\n\nid;name\n1;a\n", header_row=3, separator=";")
    assert (table.columns, cells(table)) == (["id", "name"], [("1", "a")])


def test_what_our_own_export_guarded_is_restored(read: Keep) -> None:
    assert cells(read("a,b\n'=1+1,'tis\n")) == [("=1+1", "'tis")]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.xls", b"\xd0\xcf\x11\xe0 old", "without macros or password"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0 encrypted", "without macros or password"),
        ("x.xlsm", b"PK\x03\x04", "without macros"),
        ("x.pdf", b"%PDF", "should end in"),
        ("x.csv", b"PK\x03\x04", "holds something else"),
        ("x.xlsx", b"a;b", "holds something else"),
        ("x.csv", b"", "empty"),
        ("x.csv", b"a" * (LARGEST_FILE + 1), "larger than 10 MB"),
    ],
)
def test_files_of_other_kinds_are_not_taken(read: Keep, name: str, data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(data, name)


# -- XLSX ---------------------------------------------------------------------------------------------------------------


def book(*rows: list[Any], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]  # asserted above
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_keeps_numbers_and_days(read: Keep) -> None:
    table = read(book(["name", "cost", "day", "rate"], ["Café", 1234.5, date(2021, 3, 31), 0.1 + 0.2]), "x.xlsx")
    assert cells(table) == [("Café", Decimal("1234.5"), date(2021, 3, 31), Decimal("0.3"))]


def test_a_formula_is_refused_with_its_cell(read: Keep) -> None:
    with pytest.raises(Unreadable, match="Cell B2 holds a formula"):
        read(book(["a", "b"], ["x", "=1+1"]), "x.xlsx")
    with pytest.raises(Unreadable, match="Cell A2 shows the error #DIV/0!"):
        read(book(["a"], ["#DIV/0!"]), "x.xlsx")


def test_hidden_sheets_and_merged_cells_are_noted_and_a_sheet_can_be_chosen(read: Keep) -> None:
    def change(made: Workbook) -> None:
        made.create_sheet("Other").append(["z"])
        made["Other"].append(["1"])
        made["Other"].sheet_state = "hidden"
        made["Sheet"].merge_cells("A2:A3")

    data = book(["a", "b"], ["x", 1], [None, 2], change=change)
    table = read(data, "x.xlsx")
    assert table.sheets == ["Sheet", "Other"]
    assert [note.split(":")[0] for note in table.notes] == ["Cells are merged", "Hidden sheets, not read unless chosen"]
    assert read(data, "x.xlsx", sheet="Other").columns == ["z"]
    with pytest.raises(Unreadable, match="no sheet “None such”"):
        read(data, "x.xlsx", sheet="None such")


def test_blank_rows_up_to_the_last_possible_one_are_skipped(read: Keep) -> None:
    def change(made: Workbook) -> None:
        made["Sheet"].cell(1_048_576, 1, "last")

    table = read(book(["a"], ["first"], change=change), "x.xlsx")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("first",)), (1_048_576, ("last",))]


# -- Bombs --------------------------------------------------------------------------------------------------------------


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A ZIP that looks like a workbook, with these entries beside or instead of the usual ones."""
    usual = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in [*((name, data) for name, data in usual.items() if name not in [e[0] for e in entries]), *entries]:
            made.writestr(name, data)
    return out.getvalue()


def lying() -> bytes:
    """An entry of 20 MB that says of itself in the directory to be 100 bytes long."""
    data = bytearray(archive(("xl/big.xml", b"a" * 20_000_000)))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 100)
    return bytes(data)


def link() -> bytes:
    info = zipfile.ZipInfo("xl/link.xml")
    info.external_attr = 0o120777 << 16
    return archive((info, b"/etc/passwd"))


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><workbook>&b;</workbook>'
BOMBS = {
    "ratio": (archive(("xl/sheet.xml", b"<row/>" * 8_000_000)), "too large"),
    "sum": (archive(*((f"xl/{n}.xml", bytes(range(256)) * 30_000) for n in range(8))), "too large"),
    "entries": (archive(*((f"xl/{n}.xml", b"x") for n in range(10_000))), "too many parts"),
    "lying": (lying(), "damaged|too large"),
    "nested": (archive(("xl/inner.bin", b"PK\x03\x04" + b"x" * 100)), "another archive"),
    "symlink": (link(), "damaged"),
    "climbing": (archive(("../x.xml", b"x")), "damaged"),
    "external entity": (archive(("xl/workbook.xml", b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w/>')), "entities"),
    "billion laughs": (archive(("xl/workbook.xml", LAUGHS)), "entities"),
    "macros": (archive(("xl/vbaProject.bin", b"x")), "macros"),
    "no workbook": (b"PK\x03\x04nothing", "damaged"),
    "cut": (book(["a"], *[[f"text {n}"] for n in range(500)])[:-900], "damaged"),
    "not parsed": (archive(), "damaged"),
}


@pytest.mark.parametrize("which", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(read: Keep, which: str) -> None:
    data, said = BOMBS[which]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable, match=said):
        read(data, "x.xlsx")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # kB


def test_a_process_that_needs_too_much_is_stopped(read: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the limits before: with none of them, the parser's own process is what breaks."""
    monkeypatch.setattr(workbook, "checked", lambda path: [])
    rows = b'<row><c t="inlineStr"><is><t>' + b"x" * 30_000_000 + b"</t></is></c></row>"
    real = book(["a"])
    with zipfile.ZipFile(io.BytesIO(real)) as made:
        parts = [(name, made.read(name)) for name in made.namelist()]
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + rows * 3
    big = [(name, sheet + b"</sheetData></worksheet>" if "sheet1" in name else data) for name, data in parts]
    with pytest.raises(Unreadable, match=r"too large|more memory or time"):
        read(archive(*big), "x.xlsx")
