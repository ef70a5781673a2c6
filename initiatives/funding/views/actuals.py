"""Lines of finance's files: the queue, one line, and what finance does about it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.looks import number_of
from initiatives.core.pages import Request, page, reason_of, refusal, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.actuals import MatchForm, QueueForm
from initiatives.funding.models import ActualLine


def line_for(request: Request, pk: int, to: str) -> ActualLine:
    return scoped(request, ActualLine.objects.visible_to(request.user).with_people(), f"funding.{to}_actual", pk=pk)


def show_line(request: Request, line: ActualLine, form: MatchForm) -> HttpResponse:
    context = {"report": reports.line_page(request.user, line), "line": line, "form": form}
    return page(request, "funding/actual.html", context, status=refusal(request) if form.errors else 200)


@require_safe
def actuals(request: Request) -> HttpResponse:
    """All lines in one state, narrowed to what the form asks for."""
    form, number = QueueForm(request.user, request.GET), number_of(request.GET, "page")
    found = ActualLine.objects.visible_to(request.user)
    if not form.is_valid():
        report = reports.queue(request.user, found, {})
        return page(request, "funding/actuals.html", {"form": form, "report": report, "page": report.page}, status=422)
    report = reports.queue(request.user, found, form.facts, number=int(number or 1))
    return page(request, "funding/actuals.html", {"form": form, "report": report, "page": report.page}, part="rows")


@require_safe
def actual(request: Request, pk: int) -> HttpResponse:
    line = line_for(request, pk, "view")
    return show_line(request, line, MatchForm(initial={"reference": line.reference}))


@require_POST
def actual_match(request: Request, pk: int) -> HttpResponse:
    line, form = line_for(request, pk, "settle"), MatchForm(request.POST)
    if form.is_valid():
        with explained(request, form):
            line.match(form.cleaned_data["reference"], by=request.user, **form.facts)
            return reply(request, line, said=f"{line} is posted.")
    return show_line(request, line, form)


@require_POST
def actual_set_aside(request: Request, pk: int) -> HttpResponse:
    line = line_for(request, pk, "settle")
    with explained(request):
        line.set_aside(by=request.user, reason=reason_of(request))
    return reply(request, line, said="Another person in finance is asked to confirm.")


@require_POST
def actual_confirm(request: Request, pk: int) -> HttpResponse:
    line = line_for(request, pk, "settle")
    with explained(request):
        line.confirm(by=request.user)
    return reply(request, line, said=f"{line} is set aside. It stays on record.")


@require_POST
def actual_put_back(request: Request, pk: int) -> HttpResponse:
    line = line_for(request, pk, "settle")
    with explained(request):
        line.put_back(by=request.user, reason=reason_of(request))
    return reply(request, line, said=f"{line} waits again.")
