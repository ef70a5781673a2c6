"""Open calls, and what nobody will own."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply
from initiatives.core.rules import explained
from initiatives.journey.access import call_for, owned_for
from initiatives.journey.forms.calls import AssignForm, CallForm, ChooseForm, HandForm
from initiatives.journey.models import Call
from initiatives.journey.models.calls import obstacle_to_call
from initiatives.journey.models.orphans import assign
from initiatives.journey.reports.calls import call_page, calls_page, orphan_page
from initiatives.journey.views.ownership import given


@require_safe
def calls(request: Request) -> HttpResponse:
    return page(request, "journey/calls.html", calls_page(request.user))


@require_safe
def call(request: Request, number: int) -> HttpResponse:
    found = call_for(request, number)
    return page(request, "journey/call.html", call_page(found, request.user) | {"form": HandForm(by=request.user)})


@form_view
def call_open(request: Request, ref: str) -> HttpResponse:
    owned = owned_for(request, ref, to="call")
    form = CallForm(request.POST or None)
    if form.is_valid():
        with explained(request, form):
            opened = Call.objects.call(owned, by=request.user, **form.cleaned_data)
            return reply(request, opened, said="The call is open; anybody who sees it may raise a hand.")
    context = {"owned": owned, "obstacle": obstacle_to_call(owned, request.user)}
    return form_page(request, "journey/call_open.html", form, context)


@require_POST
def call_raise(request: Request, number: int) -> HttpResponse:
    found, form = call_for(request, number), HandForm(request.POST, by=request.user)
    if form.is_valid():
        with explained(request, form):
            found.raise_hand(**form.cleaned_data, by=request.user)
            return reply(request, found, said="Your hand is up. The CXO or the CEO chooses.")
    return form_page(request, "journey/call.html", form, call_page(found, request.user))


@require_POST
def call_lower(request: Request, number: int) -> HttpResponse:
    found = call_for(request, number)
    with explained(request):
        found.lower_hand(by=request.user)
    return reply(request, found, said="Your hand is down.")


@require_POST
def call_choose(request: Request, number: int) -> HttpResponse:
    found = call_for(request, number, to="choose")
    with explained(request):
        found.choose(given(ChooseForm(request.POST, call=found))["hand"], by=request.user)
    return reply(request, found, said=f"{found.owned.reference} is {found.owned.get_state_display().lower()} now.")


@require_POST
def call_close(request: Request, number: int) -> HttpResponse:
    found = call_for(request, number, to="close")
    with explained(request):
        found.close(by=request.user)
    return reply(request, found, said="The call is closed.")


@require_safe
def orphan(request: Request, ref: str) -> HttpResponse:
    owned = owned_for(request, ref, to="view")
    return page(request, "journey/orphan.html", orphan_page(owned, request.user) | {"form": AssignForm(by=request.user)})


@require_POST
def orphan_assign(request: Request, ref: str) -> HttpResponse:
    owned, form = owned_for(request, ref, to="assign"), AssignForm(request.POST, by=request.user)
    if form.is_valid():
        with explained(request, form):
            assign(owned, **form.cleaned_data, by=request.user)
            return reply(request, owned, said=f"{form.cleaned_data['department']} owns {owned.reference} now.")
    return form_page(request, "journey/orphan.html", form, orphan_page(owned, request.user))
