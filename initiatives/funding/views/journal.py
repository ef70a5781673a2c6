"""The company's journal: its page, and the same entries as a file."""

from collections.abc import Callable, Iterable, Sequence

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from initiatives.core.exports import Cell, csv_response, xlsx_response
from initiatives.core.looks import number_of
from initiatives.core.pages import Request, page
from initiatives.funding.forms.journal import JournalForm
from initiatives.funding.reports import BOOK_HEADER, Book

Writer = Callable[[Request, str, Sequence[str], Iterable[Sequence[Cell]]], HttpResponseBase]


@require_safe
def journal(request: Request) -> HttpResponse:
    return show_journal(request, JournalForm(request.user, request.GET))


def show_journal(request: Request, form: JournalForm) -> HttpResponse:
    """What cannot be read is said at its field; then no entry is shown."""
    if not form.is_valid():
        return page(request, "funding/journal.html", {"form": form}, status=422)
    report = Book(request.user, form.facts, form.pools).page(int(number_of(request.GET, "page") or 1))
    return page(request, "funding/journal.html", {"form": form, "report": report, "page": report.page}, part="rows")


def file_of(request: Request, write: Writer) -> HttpResponseBase:
    form = JournalForm(request.user, request.GET)
    if not form.is_valid():
        return show_journal(request, form)
    return write(request, "journal", BOOK_HEADER, Book(request.user, form.facts, form.pools).cells())


@require_safe
def journal_csv(request: Request) -> HttpResponseBase:
    return file_of(request, csv_response)


@require_safe
def journal_xlsx(request: Request) -> HttpResponseBase:
    return file_of(request, xlsx_response)
