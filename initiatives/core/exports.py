"""Tables that leave the building: CSV and XLSX in which no text can be taken for a formula.

A spreadsheet program runs what begins with = + - @ (also full-width, also after blanks, quotes or separators, also where a
wrong separator cuts the line elsewhere). In CSV an apostrophe before it makes it text; `restored` takes exactly that
apostrophe away again, so our own import reads back what was written. In XLSX text is typed as text. Numbers stay numbers.

Who took which file out, when, with which filters and how many rows is an event of that person; of the rows it says nothing.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, TypeVar

from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

if TYPE_CHECKING:
    from initiatives.core.pages import Request
    from initiatives.organization.models import User

Answer = TypeVar("Answer", bound=HttpResponseBase)

Cell = str | int | float | Decimal | date | bool | None

_STARTS = r"=+\-@|%＝＋－＠｜"
_AT_THE_FRONT = re.compile(rf"[\s'\";,]*(?:[{_STARTS}]|(?<=[\t\r\n])|(?<=;))")
_INSIDE_IS_AT_RISK = re.compile(r"(?<=[;,\t\r\n\"])(?=[ '\"]*[=@＝＠])")
_INSIDE_WAS_GUARDED = re.compile(r"(?<=[;,\t\r\n\"])'(?=[ '\"]*[=@＝＠])")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
IN_MEMORY = 1 << 20  # bytes; a larger file lies on the disk until it is sent
XLSX_CELL = 32_767  # characters, Excel's own limit

EXPORTED = "exported"  # the act by which a person's event says that a file left the building
FILTERS, NAME, VALUE = 30, 60, 200  # of a query string, how many are kept, and how many characters of each

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Sent(SpooledTemporaryFile[bytes]):
    """A file that the answer closes when it is sent, and that closes itself where nobody read it to its end."""

    def __del__(self) -> None:
        self.close()


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
    return _download(request, f"{name}.csv", HttpResponse(body, content_type="text/csv; charset=utf-8"), len(rows))


def xlsx_response(request: "Request", name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """A download `name`.xlsx of one sheet; longer texts than Excel can hold end in “…”.

    Written row by row into a file and sent from there: a million rows need no more memory than one.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    count = 0
    for count, row in enumerate(chain([header], rows)):  # noqa: B007 - counted for the record; the header is row 0
        sheet.append([_typed(sheet, cell) for cell in row])
    file = Sent(IN_MEMORY)
    book.save(file)
    file.seek(0)
    return _download(request, f"{name}.xlsx", FileResponse(file, content_type=XLSX_TYPE), count)


def _typed(sheet: object, value: Cell) -> object:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value)  # a spreadsheet knows no zones: the reader's clock
    if not isinstance(value, str):
        return value
    text = _LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", value)).replace("\r", "_x000D_")  # XML would make \n of \r
    cell = WriteOnlyCell(sheet, text if len(text) <= XLSX_CELL else f"{text[: XLSX_CELL - 1]}…")  # type: ignore[arg-type]  # a write-only sheet is a sheet
    cell.data_type = "s"  # never "f": openpyxl would make a live formula of "=1+1"
    return cell


def taken_out(person: "User", name: str, *, of: str, rows: int, filters: Mapping[str, str]) -> None:
    """Record that this person took a file out: of which address, how many rows, narrowed to what."""
    person.record(EXPORTED, by=person, file=name, of=of, rows=rows, filters=dict(filters))


def _download(request: "Request", name: str, response: Answer, rows: int) -> Answer:
    if request.method == "GET":  # to ask for the head alone takes nothing out
        taken_out(request.user, name, of=request.path, rows=rows, filters=_filters(request.GET))
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _filters(query: QueryDict) -> dict[str, str]:
    """What the list was narrowed to, as its address said it; what is longer than any filter of ours is cut."""
    return {name[:NAME]: ", ".join(values)[:VALUE] for name, values in list(query.lists())[:FILTERS]}
