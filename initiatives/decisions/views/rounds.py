"""Decide: rounds in which the heads of departments divide an amount over candidates."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.rules import explained
from initiatives.decisions.access import ballot_for, round_for
from initiatives.decisions.forms import DivideForm, RoundForm
from initiatives.decisions.models import Round
from initiatives.decisions.reports import rounds as reports


@require_safe
def rounds(request: Request) -> HttpResponse:
    return page(request, "decisions/rounds.html", reports.rounds(request.user))


@form_view
def open_round(request: Request) -> HttpResponse:
    form = RoundForm(request.user, sent(request))
    if form.is_valid():
        with explained(request, form):
            opened = Round.objects.open(**form.cleaned_data, by=request.user)
            return reply(request, opened, said="The round is open; each department’s head is asked.")
    return form_page(request, "decisions/round_open.html", form)


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    return page(request, "decisions/round.html", reports.one(request.user, round_for(request, number)))


@require_POST
def close(request: Request, number: int) -> HttpResponse:
    chosen = round_for(request, number, to="close_round")
    with explained(request):
        chosen.close(by=request.user)
    return reply(request, chosen, said="The round is closed. Nothing is allocated by it.")


@form_view
def divide(request: Request, number: int, department: int) -> HttpResponse:
    ballot = ballot_for(request, number, department)
    form = DivideForm(ballot, request.user, sent(request))
    if form.is_valid():
        with explained(request, form):
            ballot.divide(form.amounts, version=form.cleaned_data["version"], by=request.user)
            return reply(request, ballot.round, said=f"{ballot.department} has divided. You may change it until the last day.")
    context = {"ballot": ballot, "obstacle": ballot.obstacle_to_divide(request.user)}
    return form_page(request, "decisions/divide.html", form, context)
