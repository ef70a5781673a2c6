"""The departments' parts in an initiative: asked for, accepted, declined, ended, handed on."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import BadInput, explained
from initiatives.portfolio.access import initiative_for, involvement_for
from initiatives.portfolio.forms.initiatives import InvolvementForm, PersonForm
from initiatives.portfolio.views.replies import back


@form_view
def propose_involvement(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="involve")
    form = InvolvementForm(sent(request), by=request.user)
    if form.is_valid():
        department, letter = form.cleaned_data["department"], form.cleaned_data["letter"]
        with explained(request, form):
            found.propose_involvement(department, letter, by=request.user)
            return reply(request, found, said=f"{department} is asked. Its head accepts or declines.")
    return form_page(request, "portfolio/propose_involvement.html", form, {"initiative": found})


@require_safe
def involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    form = PersonForm(by=request.user, involvement=part, initial={"person": part.person})
    may = {
        "may_answer": part.obstacle_to_answer(request.user) is None,
        "accept_obstacle": part.obstacle_to_accept(request.user),
        "may_end": part.obstacle_to_end(request.user) is None,
    }
    return page(request, "portfolio/involvement.html", {"part": part, "initiative": part.initiative, "form": form, **may})


@require_POST
def accept_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number)
    form = PersonForm(request.POST, by=request.user, involvement=part)
    with explained(request):
        part.accept(by=request.user, person=chosen(form))
    return reply(request, back(request, part.initiative), said=f"{part.department} takes part in {ref}.")


@require_POST
def decline_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number)
    with explained(request):
        part.decline(by=request.user, reason=reason_of(request))
    return reply(request, back(request, part.initiative), said=f"{part.department} does not take part in {ref}.")


@require_POST
def end_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    with explained(request):
        part.end(by=request.user, reason=reason_of(request))
    return reply(request, part.initiative, said=f"{part.department} no longer takes part in {ref}.")


@require_POST
def hand_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    form = PersonForm(request.POST, by=request.user, involvement=part)
    with explained(request):
        part.hand_to(chosen(form) or request.user, by=request.user)
    return reply(request, part.initiative, said=f"{part.person} carries the part of {part.department} now.")


def chosen(form: PersonForm) -> Any:
    """The person that was chosen, None for oneself; BadInput for anybody who is not on offer."""
    if not form.is_valid():
        raise BadInput("Choose a person of the department.")
    return form.cleaned_data["person"]
