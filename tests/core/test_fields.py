"""What people type is read strictly, and what is refused is refused with a sentence (catalogue rows 11–13, 16, 18–21)."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from initiatives.core.fields import CodeField, DayField, LineField, ProseField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Gate  service ", "Gate service"),
        ("Cafe\u0301", "Café"),
        ("Café\u00a0", "Café"),
        ("Gate\u00a0A", "Gate A"),
        ("Anne-Marie O’Neil", "Anne-Marie O’Neil"),
        ("العربية", "العربية"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    ],
)
def test_a_line_is_trimmed_and_composed(typed: str, kept: str) -> None:
    assert LineField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["a\u202eb", "a\u200bb", "a\u200db", "a\u2066b", "a\x00b", "a\x07b", "a\nb", "a\u2028b", "a\ufeffb", "a\ud800b", "a\u00adb"],
    ids=ascii,
)
def test_a_line_holds_nothing_invisible(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        LineField().clean(typed)
    assert len(refused.value.messages) == 1


def test_a_line_has_a_longest_length_even_when_none_is_named() -> None:
    with pytest.raises(ValidationError):
        LineField().clean("x" * 1_000_000)


def test_look_alike_codes_become_one() -> None:
    assert CodeField().clean("ＡＤＭＩＮ ") == "ADMIN"


def test_prose_keeps_lines_and_loses_what_turns_text_around() -> None:
    assert ProseField().clean("one\r\ntwo\u202e three\u200b ") == "one\ntwo three"


def test_prose_keeps_emoji_families_and_joined_scripts() -> None:
    text = "\U0001f468\u200d\U0001f469\u200d\U0001f467 می\u200cخواهم " + "e" + "\u0301" * 500
    assert "\u200d" in ProseField().clean(text)
    assert "\u200c" in ProseField().clean(text)


def test_prose_refuses_control_characters() -> None:
    with pytest.raises(ValidationError):
        ProseField().clean("ring\x07")


def test_a_day_is_read_as_the_browser_sends_it() -> None:
    assert DayField().clean(" 2026-03-31 ") == datetime.date(2026, 3, 31)
    assert DayField(required=False).clean("") is None


@pytest.mark.parametrize(
    "typed",
    [
        "0001-01-01", "9999-12-31", "1999-12-31", "2101-01-01", "2026-02-30", "2026-13-01", "0000-00-00", "26-01-02",
        "02/03/2026", "2026-3-1", "20260301", "2026-W10-1", "٢٠٢٦-٠٣-٠١", "2026-03-31T00:00", "x" * 5_000,
    ],
)  # fmt: skip
def test_a_day_is_refused_when_it_can_be_misread_or_lies_far_away(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert len(refused.value.messages[0]) < 200


def test_a_day_field_shows_its_value_so_that_a_date_input_understands_it() -> None:
    assert 'value="2026-03-31"' in DayField().widget.render("day", datetime.date(2026, 3, 31))
