"""Tables that leave the building: CSV and XLSX in which no text can be taken for a formula.

A spreadsheet program runs what begins with = + - @ (also full-width, also after blanks, quotes or separators, also where a
wrong separator cuts the line elsewhere). In CSV an apostrophe before it makes it text; `restored` takes exactly that
apostrophe away again, so our own import reads back what was written. In XLSX text is typed as text. Numbers stay numbers.

Who took which file out, when, with which filters and how many rows is an event of that person; of the rows it says nothing.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

if TYPE_CHECKING:
    from initiatives.core.pages import Request

Cell = str | int | float | Decimal | date | bool | None

_STARTS = r"=+\-@|%＝＋－＠｜"
_AT_THE_FRONT = re.compile(rf"[\s'\";,]*(?:[{_STARTS}]|(?<=[\t\r\n])|(?<=;))")
_INSIDE_IS_AT_RISK = re.compile(r"(?<=[;,\t\r\n\"])(?=[ '\"]*[=@＝＠])")
_INSIDE_WAS_GUARDED = re.compile(r"(?<=[;,\t\r\n\"])'(?=[ '\"]*[=@＝＠])")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
XLSX_CELL = 32_767  # characters, Excel's own limit

EXPORTED = "exported"  # the act by which a person's event says that a file left the building
FILTERS, NAME, VALUE = 30, 60, 200  # of a query string, how many are kept, and how many characters of each

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def guarded(text: str) -> str:
    """`text` as a CSV cell that no spreadsheet program runs."""
    text = _INSIDE_IS_AT_RISK.sub("'", text)
    return f"'{text}" if _AT_THE_FRONT.match(text) else text


def restored(text: str) -> str:
    """What `guarded` was given; text that was never guarded stays as it is."""
    if text.startswith("'") and _AT_THE_FRONT.match(text[1:]):
        text = text[1:]
    return _INSIDE_WAS_GUARDED.sub("", text)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as CSV: comma, CRLF, days as 2026-03-31, numbers with a point."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(name) for name in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case str():
            return guarded(cell)
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def csv_response(request: "Request", name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A download `name`.csv in UTF-8 with a mark, so that spreadsheet programs read the umlauts."""
    rows = list(rows)
    body = csv_text(header, rows).encode("utf-8-sig", errors="replace")
    return _download(request, f"{name}.csv", body, "text/csv; charset=utf-8", len(rows))


def xlsx_response(request: "Request", name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A download `name`.xlsx of one sheet; longer texts than Excel can hold end in “…”."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    count = 0
    for count, row in enumerate(chain([header], rows)):  # noqa: B007 - counted for the record; the header is row 0
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return _download(request, f"{name}.xlsx", out.getvalue(), XLSX_TYPE, count)


def _typed(sheet: object, value: Cell) -> object:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value)  # a spreadsheet knows no zones: the reader's clock
    if not isinstance(value, str):
        return value
    text = _LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", value)).replace("\r", "_x000D_")  # XML would make \n of \r
    cell = WriteOnlyCell(sheet, text if len(text) <= XLSX_CELL else f"{text[: XLSX_CELL - 1]}…")  # type: ignore[arg-type]  # a write-only sheet is a sheet
    cell.data_type = "s"  # never "f": openpyxl would make a live formula of "=1+1"
    return cell


def _download(request: "Request", name: str, body: bytes, content_type: str, rows: int) -> HttpResponse:
    if request.method == "GET":  # to ask for the head alone takes nothing out
        person = request.user
        person.record(EXPORTED, by=person, file=name, of=request.path, rows=rows, filters=_filters(request.GET))
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _filters(query: QueryDict) -> dict[str, str]:
    """What the list was narrowed to, as its address said it; what is longer than any filter of ours is cut."""
    return {name[:NAME]: ", ".join(values)[:VALUE] for name, values in list(query.lists())[:FILTERS]}
