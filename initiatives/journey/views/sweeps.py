"""Sweeps: asking every stage what fails there."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.journey.access import sweep_for, swept_stage_for
from initiatives.journey.forms.sweeps import SweepForm
from initiatives.journey.models import Sweep
from initiatives.journey.reports.sweeps import sweeps_page


@require_safe
def sweeps(request: Request) -> HttpResponse:
    return page(request, "journey/sweeps.html", sweeps_page(request.user))


@form_view
def open_sweep(request: Request) -> HttpResponse:
    form = SweepForm(sent(request), by=request.user)
    if form.is_valid():
        with explained(request, form):
            made = Sweep.objects.open_sweep(by=request.user, **form.cleaned_data)
            return reply(request, made, said=f"{made} is open. Each stage is asked what fails there.")
    return form_page(request, "journey/open_sweep.html", form)


@require_POST
def complete_sweep(request: Request, number: int) -> HttpResponse:
    found = sweep_for(request, number, to="lead")
    with explained(request):
        found.complete(by=request.user)
    return reply(request, found, said=f"{found} is complete.")


@require_POST
def cancel_sweep(request: Request, number: int) -> HttpResponse:
    found = sweep_for(request, number, to="lead")
    with explained(request):
        found.cancel(by=request.user, reason=reason_of(request))
    return reply(request, found, said=f"{found} is cancelled.")


@require_POST
def sign_nothing(request: Request, number: int, pk: int) -> HttpResponse:
    found = swept_stage_for(request, number, pk)
    with explained(request):
        found.sign(by=request.user)
    return reply(request, found, said=f"You signed that nothing is known to fail in {found.stage.title}.")
