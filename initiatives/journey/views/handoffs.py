"""Handoffs: along the journeys, one by one, asked for, answered, changed, ended."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply
from initiatives.core.rules import BadInput, explained
from initiatives.journey.access.handoffs import handoff_for
from initiatives.journey.forms.handoffs import AcceptHandoffForm, DeclineHandoffForm, HandoffForm, TermsForm
from initiatives.journey.models import Handoff
from initiatives.journey.reports.handoffs import handoff_page, handoffs_page


@require_safe
def handoffs(request: Request) -> HttpResponse:
    return page(request, "journey/handoffs.html", handoffs_page(request.user))


@require_safe
def handoff(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/handoff.html", handoff_page(handoff_for(request, ref), request.user))


@form_view
def propose_handoff(request: Request) -> HttpResponse:
    ends = {name: request.GET.get(name, "")[:40] for name in ("giver", "taker")}
    form = HandoffForm(request.POST or None, by=request.user, initial=ends)
    if form.is_valid():
        with explained(request, form):
            made = Handoff.objects.propose(by=request.user, **form.cleaned_data)
            return reply(request, made, said=f"{made.reference} is asked for.")
    return form_page(request, "journey/propose_handoff.html", form)


@require_POST
def accept_handoff(request: Request, ref: str) -> HttpResponse:
    found = handoff_for(request, ref, to="answer_handoff")
    with explained(request):
        found.accept(by=request.user, version=typed(AcceptHandoffForm(request.POST))["version"])
    return reply(request, found, said=f"You agreed to {found.reference}.")


@require_POST
def decline_handoff(request: Request, ref: str) -> HttpResponse:
    found = handoff_for(request, ref, to="answer_handoff")
    with explained(request):
        found.decline(by=request.user, **typed(DeclineHandoffForm(request.POST)))
    return reply(request, found, said=f"You declined {found.reference}.")


@form_view
def change_handoff(request: Request, ref: str) -> HttpResponse:
    found = handoff_for(request, ref, to="run_handoff")
    now = {name: getattr(found, name) for name in ("passes", "hours", "customer_data", "version")}
    form = TermsForm(request.POST or None, initial=now)
    if form.is_valid():
        with explained(request, form):
            found.change(by=request.user, **form.cleaned_data)
            return reply(request, found, said="Both sides are asked to agree to the new terms.")
    return form_page(request, "journey/change_handoff.html", form, {"handoff": found}, kept=found)


@require_POST
def end_handoff(request: Request, ref: str) -> HttpResponse:
    found = handoff_for(request, ref, to="run_handoff")
    with explained(request):
        found.end(by=request.user, reason=typed(DeclineHandoffForm(request.POST))["reason"])
    return reply(request, found, said=f"{found.reference} has ended.")


def typed(form: forms.Form) -> dict[str, Any]:
    """What was typed; BadInput names the first field that cannot be understood."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadInput(f"{form[name].label}: {errors[0]}")
    return form.cleaned_data
