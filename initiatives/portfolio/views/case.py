"""The business case: written, read, its metric measured, its benefit owned."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, differences, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import Stale, explained
from initiatives.portfolio.access import initiative_for
from initiatives.portfolio.access.plan import benefit_for
from initiatives.portfolio.forms.case import BenefitOwnerForm, CaseForm, ReadingForm
from initiatives.portfolio.models import BaselineReading, BenefitOwner, BusinessCase
from initiatives.portfolio.reports.case import as_figures, case_page


def _case(ref: str) -> str:
    return reverse("portfolio:case", args=[ref])


@require_safe
def case(request: Request, ref: str) -> HttpResponse:
    return page(request, "portfolio/case.html", case_page(initiative_for(request, ref), request.user))


@form_view
def write_case(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="write_case")
    form = CaseForm(sent(request), initial=as_figures(BusinessCase.objects.current(found)))
    if form.is_valid():
        with explained(request, form):
            BusinessCase.objects.write(found, form.figures(), seen=form.cleaned_data["seen"], by=request.user)
            return reply(request, _case(ref), said="The case is kept.")
    context = {"initiative": found, "obstacle": BusinessCase.objects.obstacle_to_write(found, request.user)}
    newer = BusinessCase.objects.current(found) if isinstance(getattr(request, "refused", None), Stale) else None
    return form_page(request, "portfolio/write_case.html", form, {**context, **take_over(form, newer)})


def take_over(form: CaseForm, newer: BusinessCase | None) -> dict[str, Any]:
    """Let what was typed be saved after all over the version that somebody else wrote meanwhile; how the two differ."""
    if newer is None:
        return {}
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["seen"] = str(newer.number)
    form.data = data
    return {"conflict": list(differences(form, newer))}


@form_view
def take_reading(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="write_case")
    form = ReadingForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            BaselineReading.objects.take(found, **form.cleaned_data, by=request.user)
            return reply(request, _case(ref), said="The reading is kept.")
    obstacle = BaselineReading.objects.obstacle_to_take(found, request.user)
    return form_page(request, "portfolio/take_reading.html", form, {"initiative": found, "obstacle": obstacle})


@form_view
def ask_benefit_owner(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="ask_benefit_owner")
    form = BenefitOwnerForm(sent(request), by=request.user)
    if form.is_valid():
        role = form.cleaned_data["role"]
        with explained(request, form):
            BenefitOwner.objects.ask(found, role.person, role.department, by=request.user)
            return reply(request, _case(ref), said=f"{role.person} is asked.")
    return form_page(request, "portfolio/ask_benefit_owner.html", form, {"initiative": found})


@require_POST
def accept_benefit(request: Request, ref: str, number: int) -> HttpResponse:
    found = benefit_for(request, ref, number)
    with explained(request):
        found.accept(by=request.user)
    return reply(request, _case(ref), said=f"You own the benefit of {ref}.")


@require_POST
def decline_benefit(request: Request, ref: str, number: int) -> HttpResponse:
    found = benefit_for(request, ref, number)
    with explained(request):
        found.decline(by=request.user, reason=reason_of(request))
    return reply(request, _case(ref), said=f"You do not own the benefit of {ref}.")
