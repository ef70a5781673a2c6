"""The register of systems and what flows between them: list, map, one system, its acts."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply
from initiatives.core.rules import explained
from initiatives.journey.access.systems import flow_for, system_for
from initiatives.journey.forms.systems import FlowForm, SystemForm
from initiatives.journey.models import Flow, System
from initiatives.journey.reports.system_map import system_map as drawn
from initiatives.journey.reports.system_register import export_rows, register_page, system_page


@require_safe
def systems(request: Request) -> HttpResponse:
    return page(request, "journey/systems.html", register_page(request.user, request.GET), part="rows")


@require_safe
def export_systems(request: Request) -> HttpResponse:
    header, rows = export_rows(request.user, request.GET)
    return csv_response(request, "systems", header, rows)


@require_safe
def system_map(request: Request) -> HttpResponse:
    return page(request, "journey/system_map.html", drawn(request.user))


@form_view
def register_system(request: Request) -> HttpResponse:
    form = SystemForm(request.POST or None, by=request.user)
    if form.is_valid():
        with explained(request, form):
            system = System.objects.register(by=request.user, **form.values(), **form.served())
            return reply(request, system, said=f"{system.reference} is registered. Nobody owns it yet.")
    return form_page(request, "journey/register_system.html", form)


@require_safe
def system(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/system.html", system_page(system_for(request, ref), request.user))


@form_view
def edit_system(request: Request, ref: str) -> HttpResponse:
    found = system_for(request, ref, to="edit")
    form = SystemForm(request.POST or None, by=request.user, system=found)
    if form.is_valid():
        with explained(request, form):
            found.edit(form.values(), **form.served(), version=form.cleaned_data["version"], by=request.user)
            return reply(request, found, said="Saved.")
    return form_page(
        request, "journey/edit_system.html", form, {"system": found, "obstacle": found.obstacle_to_edit()}, kept=found
    )


@require_POST
def retire_system(request: Request, ref: str) -> HttpResponse:
    found = system_for(request, ref, to="edit")
    with explained(request):
        found.retire(by=request.user, reason=reason_of(request))
    return reply(request, found, said=f"{found.reference} is retired.")


@form_view
def add_flow(request: Request, ref: str) -> HttpResponse:
    source = system_for(request, ref, to="edit")
    form = FlowForm(request.POST or None, by=request.user, source=source)
    if form.is_valid():
        ends = source, form.cleaned_data["target"], form.cleaned_data["entity"]
        with explained(request, form):
            flow = Flow.objects.add(*ends, by=request.user, **form.values())
            return reply(request, source, said=f"{flow.entity.title} flows to {flow.target.title}.")
    return form_page(request, "journey/add_flow.html", form, {"system": source, "obstacle": source.obstacle_to_edit()})


@form_view
def change_flow(request: Request, ref: str, number: int) -> HttpResponse:
    flow = flow_for(request, ref, number)
    form = FlowForm(request.POST or None, by=request.user, source=flow.source, flow=flow)
    if form.is_valid():
        with explained(request, form):
            flow.change(form.values(), version=form.cleaned_data["version"], by=request.user)
            return reply(request, flow, said="Saved.")
    context = {"flow": flow, "system": flow.source, "obstacle": flow.obstacle_to_change(request.user)}
    return form_page(request, "journey/change_flow.html", form, context, kept=flow)


@require_POST
def end_flow(request: Request, ref: str, number: int) -> HttpResponse:
    flow = flow_for(request, ref, number)
    with explained(request):
        flow.end(by=request.user, reason=reason_of(request))
    return reply(request, flow, said=f"{flow.entity.title} no longer flows to {flow.target.title}.")
