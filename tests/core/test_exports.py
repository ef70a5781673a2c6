"""What leaves the building cannot run as a formula, and comes back as it was."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from initiatives.core.exports import csv_response, csv_text, guarded, restored, xlsx_response

ONLY_THE_HEAD = RequestFactory().head("/")  # takes nothing out, so that nothing is recorded

DANGEROUS = [
    "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|cmd", ";=1", '"=1', "'=1", "\u00a0=1", "%0A=1",
    '=HYPERLINK("http://evil.example")', "-2+3+cmd|' /C calc'!A0", 'x";=1', "x,=1", "\tx", "\rx",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_could_run_is_guarded_and_comes_back(text: str) -> None:
    assert guarded(text) != text
    if not text.startswith("x"):
        assert guarded(text).startswith("'")
    assert restored(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "Roads", "'tis the season", "a - b", "5 = 5", "mail@example.org", "Wait; - go", "a\n- b"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text == restored(text)


@given(st.text(alphabet=st.sampled_from("=+-@|'\";,\t\r\n ＝ab1")))
def test_every_text_comes_back(text: str) -> None:
    assert restored(guarded(text)) == text


def test_numbers_and_days_stay_what_they_are() -> None:
    text = csv_text(["amount", "day"], [[Decimal("-12.50"), date(2026, 3, 31)], [-3, None]])
    assert text == "amount,day\r\n-12.50,2026-03-31\r\n-3,\r\n"


def test_csv_survives_another_separator() -> None:
    """A program that takes ; for the separator cuts elsewhere, and still finds no cell that starts a formula."""
    text = csv_text(["a", "b"], [["x", "harmless;=1+1"], ["y", 'quote";=1']])
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.lstrip(' "').startswith("=")]


def test_csv_is_a_download_that_excel_reads() -> None:
    response = csv_response(ONLY_THE_HEAD, "initiatives", ["Title"], [["Café"]])
    assert response.content == "\ufeffTitle\r\nCafé\r\n".encode()
    assert response["Content-Disposition"] == 'attachment; filename="initiatives.csv"'


def test_xlsx_holds_text_as_text_and_numbers_as_numbers() -> None:
    rows = [[text, Decimal("-1.50"), date(2026, 3, 31)] for text in DANGEROUS]
    response = xlsx_response(ONLY_THE_HEAD, "initiatives", ["Text", "Amount", "Day"], rows)
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert {row[0].data_type for row in rows} == {"s"}
    assert [str(row[0].value).replace("_x000D_", "\r") for row in rows] == DANGEROUS
    assert rows[0][1].value == -1.5
    assert rows[0][2].value.date() == date(2026, 3, 31)


def test_xlsx_is_written_row_by_row_and_sent_from_a_file() -> None:
    held, most = 0, 0

    class Row(list[str]):
        def __init__(self) -> None:
            nonlocal held, most
            super().__init__(["x"])
            held += 1
            most = max(most, held)

        def __del__(self) -> None:
            nonlocal held
            held -= 1

    response = xlsx_response(ONLY_THE_HEAD, "x", ["a"], (Row() for _ in range(500)))
    assert (response.streaming, most <= 2) == (True, True)
    assert response.headers["Content-Disposition"] == 'attachment; filename="x.xlsx"'
    assert int(response.headers["Content-Length"]) == len(response.getvalue())


def test_xlsx_takes_what_xml_cannot_hold_and_cuts_what_excel_cannot() -> None:
    response = xlsx_response(ONLY_THE_HEAD, "x", ["a\x00b"], [["y" * 40_000]])
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet is not None
    assert sheet["A1"].value == "ab"
    assert len(str(sheet["A2"].value)) == 32_767
