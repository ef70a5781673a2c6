"""Baselines: how today differs from them; a new one is proposed, approved, declined or withdrawn."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.portfolio.access import initiative_for
from initiatives.portfolio.access.plan import proposal_for
from initiatives.portfolio.forms.case import BaselineForm
from initiatives.portfolio.models import BaselineProposal
from initiatives.portfolio.reports.baseline import baseline_page


@require_safe
def baseline(request: Request, ref: str) -> HttpResponse:
    return page(request, "portfolio/baseline.html", baseline_page(initiative_for(request, ref), request.user))


@form_view
def propose_baseline(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="write_case")
    form = BaselineForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            BaselineProposal.objects.propose(found, **form.cleaned_data, by=request.user)
            return reply(request, reverse("portfolio:baseline", args=[ref]), said="It is proposed. The CXO decides.")
    return form_page(request, "portfolio/propose_baseline.html", form, baseline_page(found, request.user))


@require_POST
def approve_baseline(request: Request, ref: str, number: int) -> HttpResponse:
    found = proposal_for(request, ref, number)
    with explained(request):
        found.approve(by=request.user)
    return reply(request, found, said=f"{ref} has a new baseline.")


@require_POST
def decline_baseline(request: Request, ref: str, number: int) -> HttpResponse:
    found = proposal_for(request, ref, number)
    with explained(request):
        found.decline(by=request.user, reason=reason_of(request))
    return reply(request, found, said="The baseline stays as it is.")


@require_POST
def withdraw_baseline(request: Request, ref: str, number: int) -> HttpResponse:
    found = proposal_for(request, ref, number, to="withdraw")
    with explained(request):
        found.withdraw(by=request.user)
    return reply(request, found, said="It is taken back.")
