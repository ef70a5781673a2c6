"""Signals: the list, raising one, and what becomes of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import BadInput, explained
from initiatives.journey.access import signal_for
from initiatives.journey.forms.signals import GatherForm, MergeForm, SignalForm
from initiatives.journey.models import Signal
from initiatives.journey.reports.signals import exported_signals, known_already, signal_page, signals_page


@require_safe
def signals(request: Request) -> HttpResponse:
    return page(request, "journey/signals.html", signals_page(request.user, request.GET), part="rows")


@require_safe
def export_signals(request: Request) -> HttpResponse:
    header, rows = exported_signals(request.user, request.GET)
    return csv_response(request, "signals", header, rows)


@form_view
def raise_signal(request: Request) -> HttpResponse:
    """Raise one, unless others may say the same: then these are shown first, with what was typed."""
    form = SignalForm(sent(request), by=request.user, initial={"touchpoint": request.GET.get("touchpoint", "")[:40]})
    known: list[Signal] = []
    if form.is_valid():
        facts = form.facts()
        known = [] if form.cleaned_data["anyway"] else known_already(request.user, facts["title"], facts["touchpoints"])
        if known:
            return page(request, "journey/known_already.html", {"form": form, "known": known})
        with explained(request, form):
            made = Signal.objects.raise_signal(by=request.user, **facts)
            return reply(request, made, said=f"{made.reference} is raised. You will hear what becomes of it.")
    return form_page(request, "journey/raise_signal.html", form)


@require_safe
def signal(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/signal.html", signal_page(signal_for(request, ref), request.user))


@require_POST
def support(request: Request, ref: str) -> HttpResponse:
    found = signal_for(request, ref)
    with explained(request):
        found.support(by=request.user)
    return reply(request, found, said=f"Your voice counts for {ref}. You will hear what becomes of it.")


def disposing(act: str, said: str) -> Callable[..., HttpResponse]:
    """The view of one act that says what becomes of a signal, with its reason."""

    @require_POST
    def view(request: Request, ref: str) -> HttpResponse:
        found = signal_for(request, ref, to="triage")
        with explained(request):
            getattr(found, act)(by=request.user, reason=reason_of(request))
        return reply(request, found, said=f"{ref} {said}")

    view.__name__ = f"{act}_signal"
    return view


answer_signal = disposing("answer", "is answered. Who raised it hears your reason.")
dismiss_signal = disposing("dismiss", "is dismissed. Who raised it hears your reason.")
reopen_signal = disposing("reopen", "is open again.")


@require_POST
def merge_signal(request: Request, ref: str) -> HttpResponse:
    found = signal_for(request, ref, to="triage")
    with explained(request):
        given = checked(MergeForm(request.POST, by=request.user))
        found.merge(given["into"], by=request.user, reason=given["reason"])
    return reply(request, found, said=f"{ref} counts as a duplicate.")


@require_POST
def gather_signal(request: Request, ref: str) -> HttpResponse:
    found = signal_for(request, ref, to="triage")
    with explained(request):
        given = checked(GatherForm(request.POST, by=request.user))
        found.gather(given["problem"], by=request.user, reason=given["reason"])
    return reply(request, found, said=f"{ref} is evidence of a problem. Who raised it hears of it.")


def checked(form: Any) -> dict[str, Any]:
    """What was typed; BadInput with the first error, where the form has no page of its own."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadInput(f"{form.fields[name].label or name.capitalize()}: {errors[0]}")
    return dict(form.cleaned_data)
