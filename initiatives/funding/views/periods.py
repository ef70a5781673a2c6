"""The periods of a fiscal year: the list, one of them with what is in it, and closing it by two people."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, page, reason_of, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.models import FiscalYear, Period


def period_for(request: Request, pk: int, to: str) -> Period:
    return scoped(request, Period.objects.visible_to(request.user).with_people(), f"funding.{to}_period", pk=pk)


@require_safe
def periods(request: Request, pk: int) -> HttpResponse:
    year = scoped(request, FiscalYear.objects.visible_to(request.user), "funding.view_periods", pk=pk)
    return page(request, "funding/periods.html", {"year": year, "periods": reports.periods(year)})


@require_safe
def period(request: Request, pk: int) -> HttpResponse:
    found = period_for(request, pk, "view")
    return page(request, "funding/period.html", {"report": reports.period_page(request.user, found), "period": found})


@require_POST
def period_propose(request: Request, pk: int) -> HttpResponse:
    found = period_for(request, pk, "close")
    with explained(request):
        found.propose(by=request.user)
    return reply(request, found, said="Closing is proposed; another person in finance is asked to confirm.")


@require_POST
def period_close(request: Request, pk: int) -> HttpResponse:
    """Confirm what was shown: the form carries its hash."""
    found = period_for(request, pk, "close")
    with explained(request):
        found.close(by=request.user, shown=request.POST.get("shown", ""))
    return reply(request, found, said=f"{found} is closed; only reversals are posted there from now on.")


@require_POST
def period_keep_open(request: Request, pk: int) -> HttpResponse:
    found = period_for(request, pk, "close")
    with explained(request):
        found.keep_open(by=request.user, reason=reason_of(request))
    return reply(request, found, said=f"{found} stays open.")
