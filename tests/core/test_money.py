"""Amounts are read strictly (bad-input catalogue B1 to B9) and split exactly."""

import time
from decimal import Decimal

import pytest
from django import forms
from django.utils import formats
from hypothesis import given
from hypothesis import strategies as st

from initiatives.core.money import LARGEST, AmountColumn, AmountField, checked, parse_amount, split


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567.00"),
        ("12.5", "12.50"),
        ("0.01", "0.01"),
        (" 7 ", "7.00"),
        ("999999999999.99", "999999999999.99"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_plain_and_grouped_amounts_are_read_exactly(typed: str, read: str) -> None:
    assert str(parse_amount(typed)) == read


REFUSED = {
    "B1": ["NaN", "Infinity", "-Infinity", "sNaN", "inf", "nan"],
    "B2": ["-100", "-0", "0", "0.00", "−5"],
    "B3": ["1_000", "1E+5", "0x10", "+5", "1e2", "1e400"],
    "B4": ["٣٤٥", "１２３", "५", "1²"],
    "B5": ["1.000,00", "1 000,00", "1 000,00", "1,00", "12,34.00", "1,2345.00", "1,,000.00", "10,00,000.00"],
    "B6": ["99999999999999.99", "1000000000000", "9" * 5000, "0." + "1" * 5000],
    "B7": ["0.005", "1.999", "1.000"],
    "odd": ["", " ", ".", "5.", ".5", "5.5.5", "€5", "5 €", "5\n", "five", "0 5", "(5)", "5%"],
}


@pytest.mark.parametrize(("row", "typed"), [(row, typed) for row, many in REFUSED.items() for typed in many])
def test_what_is_not_clearly_a_positive_amount_is_refused(row: str, typed: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        parse_amount(typed)


def test_an_ambiguous_thousand_is_asked_about_and_never_guessed() -> None:
    with pytest.raises(ValueError, match=r"two ways.*1000.*1,000\.00"):
        parse_amount("1,000")
    with pytest.raises(ValueError, match="two ways"):
        parse_amount("1.000", decimal=",", thousands=".")


def test_files_and_programs_write_plain_digits_only() -> None:
    assert parse_amount("1000.00", thousands="") == 1000
    with pytest.raises(ValueError, match="digits"):
        parse_amount("1,000.00", thousands="")


def test_a_very_long_text_is_refused_at_once() -> None:
    start = time.perf_counter()
    for typed in ("9" * 1_000_000, "1," * 500_000, "1e" + "9" * 100_000):
        with pytest.raises(ValueError, match="digits"):
            parse_amount(typed)
    assert time.perf_counter() - start < 0.05


def test_zero_is_an_amount_only_where_it_is_allowed() -> None:
    assert parse_amount("0", zero=True) == 0
    with pytest.raises(ValueError, match="greater than zero"):
        parse_amount("0")


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("-0.01"), Decimal("0.001"), LARGEST + 1, 5, 1.1, "5", True])
def test_only_exact_decimals_may_be_posted(amount: Decimal) -> None:
    with pytest.raises(ValueError, match=r"\."):
        checked(amount)


class Form(forms.Form):
    amount = AmountField()
    budget = AmountField(required=False, zero=True)


def test_the_field_reads_the_separators_of_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Form({"amount": "1,234.50", "budget": "0"})
    assert form.is_valid()
    assert form.cleaned_data == {"amount": Decimal("1234.50"), "budget": Decimal(0)}
    monkeypatch.setattr(formats, "get_language", lambda: "de")
    german = Form({"amount": "1.234,50"})
    assert german.is_valid()
    assert german.cleaned_data == {"amount": Decimal("1234.50"), "budget": None}
    assert not Form({"amount": "1,234.50"}).is_valid()


@pytest.mark.parametrize("typed", ["1_000", "1E+5", "٣٤٥", "0", "1.999", "", "<b>"])
def test_the_field_says_what_is_wrong_and_keeps_what_was_typed(typed: str) -> None:
    form = Form({"amount": typed})
    assert not form.is_valid()
    assert list(form.errors) == ["amount"]
    assert form["amount"].value() == typed


def test_the_column_is_a_numeric_14_2() -> None:
    column = AmountColumn(default=0)
    assert (column.max_digits, column.decimal_places) == (14, 2)
    assert column.deconstruct()[1] == "django.db.models.DecimalField"


@given(st.integers(0, 10**14 - 1), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_parts_add_up_to_the_cent(cents: int, weights: list[int]) -> None:
    amount = cents * Decimal("0.01")
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_a_hundred_in_three_and_a_cent_in_ten_thousand() -> None:
    assert split(Decimal(100), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert sum(split(Decimal("0.01"), [1] * 10_000)) == Decimal("0.01")
    with pytest.raises(ValueError, match="at least one"):
        split(Decimal(1), [0, 0])
