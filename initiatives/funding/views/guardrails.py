"""Guardrails of a year: its shares of money beside their bands; proposing, confirming and declining a band."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.looks import one_of
from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.control import GuardrailForm
from initiatives.funding.models import FiscalYear, Guardrail
from initiatives.funding.reports.guardrails import OPENED


def year_for(request: Request, pk: int, to: str) -> FiscalYear:
    return scoped(request, FiscalYear.objects.visible_to(request.user), f"funding.{to}", pk=pk)


def guardrail_for(request: Request, pk: int) -> Guardrail:
    return scoped(request, Guardrail.objects.visible_to(request.user), "funding.decide_guardrail", pk=pk)


@require_safe
def guardrails(request: Request, pk: int) -> HttpResponse:
    year = year_for(request, pk, "view_guardrails")
    of = one_of(request.GET, "of", OPENED) or ""
    return page(request, "funding/guardrails.html", {"report": reports.guardrail_page(request.user, year, of)})


@form_view
def guardrail_propose(request: Request, pk: int) -> HttpResponse:
    year = year_for(request, pk, "propose_guardrail")
    form = GuardrailForm(sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            band = Guardrail.objects.propose(by=request.user, year=year, **form.cleaned_data)
            return reply(request, band, said="The guardrail is proposed; it holds when the CXO confirms it.")
    return form_page(request, "funding/guardrail_propose.html", form, {"year": year})


@require_POST
def guardrail_confirm(request: Request, pk: int) -> HttpResponse:
    band = guardrail_for(request, pk)
    with explained(request):
        band.confirm(by=request.user)
    return reply(request, band, said="The guardrail holds from now on.")


@require_POST
def guardrail_decline(request: Request, pk: int) -> HttpResponse:
    band = guardrail_for(request, pk)
    with explained(request):
        band.decline(by=request.user, reason=reason_of(request))
    return reply(request, band, said="The guardrail is declined; everything stays as it was.")
