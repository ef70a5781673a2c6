"""Cells become values exactly, or are refused."""

from datetime import date
from decimal import Decimal

import pytest

from initiatives.core.imports import cells
from initiatives.core.imports.cells import NotRead
from initiatives.core.imports.mapping import FieldMap
from initiatives.core.imports.targets import Field, Kind


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2014-07-08", "YYYY-MM-DD", date(2014, 7, 8)),
        ("08.07.2014", "DD.MM.YYYY", date(2014, 7, 8)),
        ("8.7.2014", "DD.MM.YYYY", date(2014, 7, 8)),
        ("02/03/2026", "DD/MM/YYYY", date(2026, 3, 2)),
        ("02/03/2026", "MM/DD/YYYY", date(2026, 2, 3)),
        (" 8 July 2014\u00a0", "DD Month YYYY", date(2014, 7, 8)),
        ("08-Jul-2014", "DD-Mon-YYYY", date(2014, 7, 8)),
        ("20140708", "YYYYMMDD", date(2014, 7, 8)),
        ("2014-07-08 00:00:00", "YYYY-MM-DD hh:mm:ss", date(2014, 7, 8)),
        ("44286", "Excel's day number", date(2021, 3, 31)),
        (Decimal(44286), "Excel's day number", date(2021, 3, 31)),
    ],
)
def test_a_day_is_read_in_the_chosen_form(text: str, form: str, day: date) -> None:
    assert cells.day(text, (form,)) == day


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-02-30", "YYYY-MM-DD"),
        ("2026-13-01", "YYYY-MM-DD"),
        ("0000-00-00", "YYYY-MM-DD"),
        ("26-01-02", "YYYY-MM-DD"),
        ("0001-01-01", "YYYY-MM-DD"),
        ("9999-12-31", "YYYY-MM-DD"),
        ("02/03/2026", "YYYY-MM-DD"),
        ("２０２６-01-02", "YYYY-MM-DD"),
        ("2026-01-02T00:00+02:00", "YYYY-MM-DD"),
        ("2026-01-02T00:00+02:00", "YYYY-MM-DD hh:mm:ss"),
        ("31/12/26", "DD/MM/YYYY"),
        ("60", "Excel's day number"),
        ("44286", "YYYY-MM-DD"),
        (Decimal("44286.5"), "YYYY-MM-DD"),
    ],
)
def test_what_is_no_such_day_is_refused(text: str, form: str) -> None:
    with pytest.raises(NotRead):
        cells.day(text, (form,))


def test_several_forms_are_tried_in_order() -> None:
    assert cells.day("08.07.2014", ("YYYY-MM-DD", "DD.MM.YYYY")) == date(2014, 7, 8)


POUNDS = FieldMap(signs=("£",), multiplier=1_000_000)


@pytest.mark.parametrize(
    ("text", "chosen", "said", "units"),
    [
        ("£2,013.02", POUNDS, "2013.02", "2013020000.00"),
        ("£0.00", POUNDS, "0.00", "0.00"),
        ("£444", POUNDS, "444", "444000000.00"),
        (" £\u00a05.5 ", POUNDS, "5.5", "5500000.00"),
        ("1.234,5", FieldMap(decimal=",", thousands="."), "1234.5", "1234.50"),
        ("1 234,50 €", FieldMap(decimal=",", thousands=" ", signs=("€",)), "1234.50", "1234.50"),
        ("1\u00a0234,50", FieldMap(decimal=",", thousands="\u00a0"), "1234.50", "1234.50"),
        (Decimal("12.345678"), POUNDS, "12.345678", "12345678.00"),
        ("1.005", FieldMap(round=True), "1.005", "1.00"),
    ],
)
def test_an_amount_is_read_as_the_mapping_says(text: str, chosen: FieldMap, said: str, units: str) -> None:
    assert cells.amount(text, chosen) == (Decimal(said), Decimal(units))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "NaN",
            "Infinity",
            "1e3",
            "1E+5",
            "1_000",
            "0x10",
            "+5",
            "-5",
            "٣٤٥",
            "１２３",
            "1,00",
            "1,0000",
            "1.2.3",
            "12.345",
            "£5",
        ),
        "5 m",
        "9" * 5_000,
        "9999999999999",
        "1 000",
    ],
)
def test_what_is_not_exactly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NotRead):
        cells.amount(text, FieldMap())


@pytest.mark.parametrize("text", ["-£1.50", "£-1.50", "−£1.50", "- £ 1.50"])
def test_below_zero_is_read_only_where_it_makes_sense(text: str) -> None:
    pounds = FieldMap(signs=("£",))
    assert cells.amount(text, pounds, negative=True) == (Decimal("-1.50"), Decimal("-1.50"))
    with pytest.raises(NotRead, match="must not be negative"):
        cells.amount(text, pounds)
    with pytest.raises(NotRead):
        cells.amount(f"-{text}", pounds, negative=True)


def test_a_line_holds_no_line_break_and_nothing_invisible() -> None:
    line = Field("title", "Title")
    assert cells.text_of("Land  Environment\n(LE\u00a0TacCIS)", line) == "Land Environment (LE TacCIS)"
    for hidden in ("\u202e", "\u200b", "\x07"):
        with pytest.raises(NotRead, match="invisible"):
            cells.text_of(f"Ro{hidden}ads", line)
    with pytest.raises(NotRead, match="at most 200"):
        cells.text_of("x" * 201, line)


def test_prose_keeps_its_lines_and_loses_what_turns_it_around() -> None:
    assert cells.text_of("one\r\ntwo\u202e", Field("problem", "Problem", Kind.PROSE)) == "one\ntwo"


def test_a_sentence_is_more_than_a_word() -> None:
    assert cells.is_sentence("The project is not in a position to provide this information")
    assert not any(cells.is_sentence(text) for text in ("Exempt", "£12", "31 March 2O20", "2014-07-08"))


@pytest.mark.parametrize(
    ("cell", "decimal", "said"),
    [("3.615", ".", "3.615"), ("3,615", ",", "3.615"), (Decimal("4.25"), ".", "4.25")],
)
def test_a_number_is_read_exactly(cell: str | Decimal, decimal: str, said: str) -> None:
    chosen = FieldMap(decimal=decimal, thousands="" if decimal == "." else ".")
    assert cells.number(cell, chosen) == Decimal(said)


@pytest.mark.parametrize("cell", ["-1", "1.2345678", "good", "9999999999999", date(2026, 5, 1)])
def test_what_is_no_number_is_refused(cell: str | date) -> None:
    with pytest.raises(NotRead):
        cells.number(cell, FieldMap())
