"""Mappings are data: checked when they come in, the same when they come out, and read rows as they say."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from initiatives.core.imports.mapping import Mapping, from_data, suggested
from initiatives.core.imports.records import Reader
from initiatives.core.imports.table import Row, Source, Table
from initiatives.core.imports.targets import Field, Kind, Record
from initiatives.core.rules import BadInput


class Things:
    name = "things"
    pages = "import"
    label = "Things"
    permission = "nobody"
    shipped: dict[str, Any] = {}  # noqa: RUF012
    controlled = ""
    fields: Sequence[Field] = (
        Field("title", "Title", required=True),
        Field("rating", "Rating", Kind.CHOICE, choices={"good": "Good", "bad": "Bad"}),
        Field("cost", "Cost", Kind.MONEY),
        Field("begun", "Begun on", Kind.DAY),
        Field("department", "Department", Kind.DEPARTMENTS),
    )

    def options(self, name: str, by: Any) -> list[tuple[str, str]]:
        return []

    def begin(self, records: Any, options: Any, by: Any) -> Any:
        raise NotImplementedError


def mapping(**fields: Any) -> Mapping:
    return from_data({"fields": fields, "withheld": ["exempt"], "empty": ["n/a"]}, Things())


def records(columns: list[str], *rows: list[Any], **fields: Any) -> tuple[list[Record], Reader]:
    table = Table(columns, [Row(number, tuple(row)) for number, row in enumerate(rows, 2)], Source())
    reader = Reader(table, mapping(**fields), Things())
    return reader.records(), reader


def test_the_first_filled_column_counts() -> None:
    fields = {"title": {"columns": ["t"]}, "rating": {"columns": ["r", "r (2)"], "values": {"Amber/Red": "bad"}}}
    rows = ["a", "", "AMBER/red"], ["b", "Good", ""], ["c", "Exempt under Section 1", "bad"], ["d", "", ""]
    found, reader = records(["t", "r", "r (2)"], *rows, **fields)
    assert [record.values["rating"] for record in found] == ["bad", "good", "bad", None]
    assert reader.counts.values["rating"] == {"Amber/Red": 1, "Good": 1, "Bad": 1}
    assert not reader.counts.withheld


def test_a_sentence_instead_of_a_value_is_withheld_and_counted() -> None:
    sentence = "The project is not in a position to provide this information"
    fields: dict[str, Any] = {name: {"columns": [name]} for name in ("title", "rating", "cost", "begun")}
    (record, empty), reader = records(list(fields), ["a", sentence, sentence, sentence], ["Exempt", "", "n/a", ""], **fields)
    assert record.values == {"title": "a", "rating": None, "cost": None, "begun": None}
    assert record.withheld == {"rating": sentence, "cost": sentence, "begun": sentence}
    assert empty.withheld == {"title": "Exempt"}
    assert reader.counts.withheld == {"rating": 1, "cost": 1, "begun": 1, "title": 1}
    assert not record.problems


def test_a_number_typed_in_a_workbook_is_empty_where_the_mapping_says_so() -> None:
    table = Table(["t", "c"], [Row(2, ("a", Decimal(6))), Row(3, ("b", Decimal("6.5")))], Source())
    fields = {"title": {"columns": ["t"]}, "cost": {"columns": ["c"]}}
    found = Reader(table, from_data({"fields": fields, "empty": ["6"]}, Things()), Things()).records()
    assert [record.values["cost"] for record in found] == [None, Decimal("6.50")]


def test_what_is_neither_value_nor_sentence_is_an_error_with_its_place() -> None:
    fields: dict[str, Any] = {name: {"columns": [name]} for name in ("title", "rating", "cost", "begun")}
    (record,), _ = records(list(fields), ["", "purple", "12x", "02/03/2026"], **fields)
    assert [(problem.row, problem.column, problem.value) for problem in record.problems] == [
        (2, "title", ""),
        (2, "rating", "purple"),
        (2, "cost", "12x"),
        (2, "begun", "02/03/2026"),
    ]


def test_a_value_in_a_message_is_cut() -> None:
    (record,), _ = records(["t", "c"], ["a", "9" * 500], title={"columns": ["t"]}, cost={"columns": ["c"]})
    assert len(record.problems[0].value) == 80


def test_two_departments_in_one_cell() -> None:
    fields = {"title": {"fixed": "x"}, "department": {"columns": ["d"], "separator": "&", "values": {"Transport": "DFT"}}}
    found, _ = records(["d"], ["DEFRA & DFT"], ["transport"], ["DFT & Transport"], **fields)
    assert [record.values["department"] for record in found] == [["DEFRA", "DFT"], ["DFT"], ["DFT"]]


def test_columns_that_are_missing_and_fields_that_are_not_filled_are_errors() -> None:
    _, reader = records(["t"], ["a"], cost={"columns": ["price", "cost"]})
    assert [problem.message for problem in reader.problems] == [
        "None of its columns is in the file: price, cost.",
        "“Title” must be filled: choose a column or a fixed value.",
    ]


def test_column_names_are_found_without_case_and_width() -> None:
    found, _ = records(["  Title of\u00a0the project"], ["a"], title={"columns": ["title of the PROJECT"]})
    assert found[0].values["title"] == "a"


def test_totals_are_in_the_unit_of_the_file() -> None:
    fields = {"title": {"fixed": "x"}, "cost": {"columns": ["c"], "signs": ["£"], "multiplier": 1_000_000}}
    found, reader = records(["c"], ["£1,000.10"], ["£0.00"], [""], **fields)
    assert [str(record.values["cost"]) for record in found] == ["1000100000.00", "0.00", "None"]
    assert (str(reader.counts.totals["c"]), reader.counts.given["c"]) == ("1000.10", 2)


def test_a_mapping_is_the_same_after_it_was_saved() -> None:
    data = {
        "source": {"encoding": "cp1252", "separator": ";", "sheet": "", "header_row": 2, "loose_quotes": False},
        "withheld": ["exempt"],
        "empty": [],
        "fields": {"begun": {"columns": ["x"], "formats": ["DD.MM.YYYY"]}, "cost": {"columns": ["y"], "multiplier": 1000}},
    }
    assert from_data(data, Things()).as_data() == data


def test_columns_called_like_fields_are_suggested() -> None:
    assert {name: chosen.columns for name, chosen in suggested(Things(), ["TITLE", "Begun_On", "x"]).items()} == {
        "title": ("TITLE",),
        "begun": ("Begun_On",),
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: [], "not an object"),
        (lambda data: {"field": {}}, "“field”, which is not known"),
        (lambda data: {"fields": {"colour": {}}}, "“colour”, which is not known"),
        (lambda data: {"fields": {"title": {"columns": "x"}}}, "not a list"),
        (lambda data: {"fields": {"title": {"columns": [1]}}}, "not a text"),
        (lambda data: {"fields": {"title": {"columns": ["x"], "fixed": "y"}}}, "not both"),
        (lambda data: {"fields": {"begun": {"formats": ["%Y"]}}}, "offered date forms"),
        (lambda data: {"fields": {"begun": {"formats": ["DD/MM/YYYY", "MM/DD/YYYY"]}}}, "two meanings"),
        (lambda data: {"fields": {"cost": {"multiplier": 7}}}, "offered units"),
        (lambda data: {"fields": {"cost": {"multiplier": "1000"}}}, "offered units"),
        (lambda data: {"fields": {"cost": {"multiplier": [1]}}}, "offered units"),
        (lambda data: {"fields": {"cost": {"decimal": ",", "thousands": ","}}}, "must differ"),
        (lambda data: {"fields": {"cost": {"decimal": "x"}}}, "from those offered"),
        (lambda data: {"fields": {"rating": {"values": {"x": "ugly"}}}}, "not one of its values"),
        (lambda data: {"fields": {"rating": {"fixed": "ugly"}}}, "not one of its values"),
        (lambda data: {"source": {"encoding": "rot13"}}, "offered encodings"),
        (lambda data: {"source": {"separator": "x"}}, "offered separators"),
        (lambda data: {"source": {"header_row": 0}}, "first 100 rows"),
        (lambda data: {"source": {"header_row": True}}, "first 100 rows"),
        (lambda data: {"withheld": ["x" * 501]}, "at most 500"),
    ],
)
def test_data_that_is_no_mapping_is_refused(change: Callable[[Any], Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        from_data(change({}), Things())
