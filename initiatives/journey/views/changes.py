"""Proposed changes of the map, and the numbers by which the map is kept."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.journey.access import change_for
from initiatives.journey.forms.policy import PolicyForm
from initiatives.journey.models import MapPolicy
from initiatives.journey.reports.changes import change_page, changes_page
from initiatives.journey.reports.policy import policy_page


@require_safe
def changes(request: Request) -> HttpResponse:
    return page(request, "journey/changes.html", changes_page(request.user, request.GET))


@require_safe
def change(request: Request, number: int) -> HttpResponse:
    return page(request, "journey/change.html", change_page(change_for(request, number), request.user))


@require_POST
def accept_change(request: Request, number: int) -> HttpResponse:
    found = change_for(request, number, to="answer")
    with explained(request):
        found.accept(by=request.user)
    return reply(request, found, said="It is accepted, and the map is as proposed.")


@require_POST
def decline_change(request: Request, number: int) -> HttpResponse:
    found = change_for(request, number, to="answer")
    with explained(request):
        found.decline(by=request.user, reason=reason_of(request))
    return reply(request, found, said="It is declined. Who proposed it reads the reason.")


@require_POST
def withdraw_change(request: Request, number: int) -> HttpResponse:
    found = change_for(request, number, to="withdraw")
    with explained(request):
        found.withdraw(by=request.user)
    return reply(request, found, said="It is withdrawn.")


@require_safe
def policy(request: Request) -> HttpResponse:
    return page(request, "journey/policy.html", policy_page(request.user))


@form_view
def set_policy(request: Request) -> HttpResponse:
    form = PolicyForm(sent(request), instance=MapPolicy.objects.current())
    if form.is_valid():
        with explained(request, form):
            MapPolicy.objects.set(form.changes(), by=request.user, reason=form.cleaned_data["reason"])
            return reply(request, "journey:policy", said="These numbers are in force.")
    return form_page(request, "journey/set_policy.html", form)
