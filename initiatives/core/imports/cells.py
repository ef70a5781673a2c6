"""Cells become values: days, amounts, choices, departments, text. Nothing is guessed, nothing is rounded unasked."""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from initiatives.core.fields import FIRST_DAY, LAST_DAY, LineField, ProseField
from initiatives.core.imports.table import Cell, as_text
from initiatives.core.imports.targets import Field, Kind
from initiatives.core.money import CENT, LARGEST

if TYPE_CHECKING:
    from initiatives.core.imports.mapping import FieldMap

# How a day may be written, as people write it, and what to look for. Four digits for a year, always.
DATE_FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
    "YYYY/MM/DD": "%Y/%m/%d",
    "YYYYMMDD": "%Y%m%d",
    "DD Month YYYY": "%d %B %Y",
    "DD Mon YYYY": "%d %b %Y",
    "DD-Mon-YYYY": "%d-%b-%Y",
    "YYYY-MM-DD hh:mm:ss": "%Y-%m-%d %H:%M:%S",
    "DD/MM/YYYY hh:mm": "%d/%m/%Y %H:%M",
    "Excel's day number": "",
}
MULTIPLIERS = {1: "ones", 1_000: "thousands", 1_000_000: "millions", 1_000_000_000: "billions"}
MILLIONTH = Decimal("0.000001")
BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " "})


class NotRead(ValueError):
    """A cell that is not what its field needs; the sentence says why."""


def day(cell: Cell, formats: tuple[str, ...], earliest: date = FIRST_DAY) -> date:
    """The day in a cell, by the first of `formats` that fits; a typed day of a workbook needs none."""
    found = cell if isinstance(cell, date) else _day_of(cell, formats or ("YYYY-MM-DD",))
    if not earliest <= found <= LAST_DAY:
        raise NotRead(f"The day must be between {earliest} and {LAST_DAY}.")
    return found


def _day_of(cell: str | Decimal, formats: tuple[str, ...]) -> date:
    text = as_text(cell).translate(BLANKS).strip()
    for name in formats:
        if not DATE_FORMATS[name]:
            if re.fullmatch(r"[0-9]{1,6}(\.0+)?", text):
                return _numbered(int(Decimal(text)))
        elif text.isascii() and _shape(name).fullmatch(text):
            try:
                return datetime.strptime(text, DATE_FORMATS[name]).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    raise NotRead(f"This is not a day written as {' or '.join(formats)}.")


def _numbered(number: int) -> date:
    """Day 1 is 1900-01-01; number 60 is 1900-02-29, which never was (a fault of an early spreadsheet, kept since)."""
    if number == 60:
        raise NotRead("Day number 60 never was a day.")
    return date(1899, 12, 30) + timedelta(days=number + (number < 60))


def _shape(name: str) -> re.Pattern[str]:
    shape = re.escape(name).replace("YYYY", "[0-9]{4}").replace("Month", "[A-Za-z]+").replace("Mon", "[A-Za-z]{3}")
    for part in ("MM", "DD"):
        shape = shape.replace(part, "[0-9]{1,2}" if name != "YYYYMMDD" else "[0-9]{2}")
    return re.compile(re.sub("hh|mm|ss", "[0-9]{2}", shape))


def amount(cell: Cell, chosen: "FieldMap", *, negative: bool = False) -> tuple[Decimal, Decimal]:
    """(what the file says, the same in units of the currency): exact, storable, below zero only if `negative`."""
    if isinstance(cell, date):
        raise NotRead("This is a day, not an amount.")
    said = cell if isinstance(cell, Decimal) else _number(cell, chosen)
    if said < 0 and not negative:
        raise NotRead("The amount must not be negative.")
    units = said * chosen.multiplier
    if abs(units) > LARGEST:
        raise NotRead("The amount must be at most 999,999,999,999.99.")
    whole = units.quantize(CENT, rounding=ROUND_HALF_EVEN)
    if whole != units and not chosen.round:
        raise NotRead("The amount has parts of a cent. Nothing is rounded unless the mapping says so.")
    return said, whole


def number(cell: Cell, chosen: "FieldMap") -> Decimal:
    """A number from 0 with at most six decimals, exact."""
    if isinstance(cell, date):
        raise NotRead("This is a day, not a number.")
    said = cell if isinstance(cell, Decimal) else _number(cell, chosen, "a number")
    if said < 0 or said > LARGEST or said != said.quantize(MILLIONTH):
        raise NotRead("The number must lie between 0 and 999,999,999,999.99 and have six decimals at most.")
    return said


def _number(text: str, chosen: "FieldMap", what: str = "an amount") -> Decimal:
    bare = text.translate(BLANKS).replace("−", "-").strip()
    below = "-" if bare.startswith("-") else ""  # the minus may stand on either side of the currency's sign
    bare = bare.removeprefix("-").strip()
    for sign in sorted(chosen.signs, key=len, reverse=True):
        bare = bare.removeprefix(sign).removesuffix(sign).strip() if sign else bare
    if not below and bare.startswith("-"):
        below, bare = "-", bare.removeprefix("-")
    thousands, point = re.escape(chosen.thousands.translate(BLANKS)), re.escape(chosen.decimal)
    grouped = rf"[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|" if thousands else ""
    match = re.fullmatch(rf"({grouped}[0-9]{{1,18}})(?:{point}([0-9]{{1,18}}))?", bare[:60]) if len(bare) <= 60 else None
    if match is None:
        example = f"1{chosen.thousands}234{chosen.decimal}50"
        raise NotRead(f"This is not {what} written as {example}.")
    whole = match[1].replace(chosen.thousands.translate(BLANKS), "") if chosen.thousands else match[1]
    return Decimal(f"{below}{whole}.{match[2]}" if match[2] else f"{below}{whole}")


def whole(cell: Cell) -> int:
    text = as_text(cell).strip()
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", text):
        raise NotRead("This is not a whole number.")
    return int(Decimal(text))


def text_of(cell: Cell, about: Field) -> str:
    """A line or prose, cleaned as a form would; invisible characters in a line are refused."""
    field = (LineField if about.kind is Kind.LINE else ProseField)(max_length=about.longest, required=False)
    text = as_text(cell)
    if about.kind is Kind.LINE:
        text = " ".join(text.split())  # published names hold line breaks and tabs
    try:
        return str(field.clean(text))
    except ValidationError as error:
        raise NotRead(error.messages[0]) from error


def is_sentence(text: str, words: int = 2) -> bool:
    """Whether a text that is not the value asked for is a sentence about it: so many words of letters, or more."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= words


def value(cell: Cell, about: Field, formats: tuple[str, ...]) -> Any:
    """The value of a cell for one field, except choices and departments, which the reader of rows looks up."""
    match about.kind:
        case Kind.DAY:
            return day(cell, formats, about.earliest)
        case Kind.WHOLE:
            return whole(cell)
        case _:
            return text_of(cell, about)
