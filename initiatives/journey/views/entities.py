"""The matrix of data entities and systems, and the single view of the customer that follows from it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply
from initiatives.core.rules import explained
from initiatives.journey.access.systems import cell_for, claim_for, entity_for
from initiatives.journey.forms.systems import CellForm, EntityForm, ViewForm
from initiatives.journey.models import DataEntity, TruthPolicy
from initiatives.journey.reports.matrix import cell_page, entity_page, matrix_page
from initiatives.journey.reports.single_view import single_view_page


@require_safe
def entities(request: Request) -> HttpResponse:
    return page(request, "journey/entities.html", matrix_page(request.user))


@form_view
def define_entity(request: Request) -> HttpResponse:
    form = EntityForm(request.POST or None, by=request.user)
    if form.is_valid():
        with explained(request, form):
            entity = DataEntity.objects.define(**form.values(), by=request.user)
            return reply(request, entity, said=f"{entity.reference} is defined. Nobody owns it yet.")
    return form_page(request, "journey/define_entity.html", form)


@require_POST
def define_standard(request: Request) -> HttpResponse:
    with explained(request):
        defined = DataEntity.objects.define_standard(by=request.user)
    return reply(request, "journey:entities", said=f"{len(defined)} entities are defined. Say next which system holds them.")


@require_safe
def entity(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/entity.html", entity_page(entity_for(request, ref), request.user))


@form_view
def edit_entity(request: Request, ref: str) -> HttpResponse:
    found = entity_for(request, ref, to="edit")
    form = EntityForm(request.POST or None, by=request.user, entity=found)
    if form.is_valid():
        needed, version = form.cleaned_data["needed_at"], form.cleaned_data["version"]
        with explained(request, form):
            found.edit(form.values(), needed_at=needed, version=version, by=request.user)
            return reply(request, found, said="Saved.")
    return form_page(request, "journey/edit_entity.html", form, {"entity": found}, kept=found)


@form_view
def assign(request: Request, ref: str, system: str) -> HttpResponse:
    cell = cell_for(request, ref, system)
    context = cell_page(cell, request.GET.get("region", ""))
    form = CellForm(request.POST or None, initial={"roles": context["roles"], "region": context["region"]})
    if form.is_valid():
        with explained(request, form):
            cell.entity.assign(cell.system, **form.cleaned_data, by=request.user)
            return reply(request, "journey:entities", said=f"{cell.entity.title} in {cell.system.title}: saved.")
    return form_page(request, "journey/assign.html", form, context)


@require_POST
def rule(request: Request, ref: str, number: int) -> HttpResponse:
    claim = claim_for(request, ref, number)
    with explained(request):
        claim.entity.rule(claim, by=request.user, reason=reason_of(request))
    return reply(request, claim.entity, said=f"{claim.system.title} is the system of record of {claim.entity.title}.")


@require_safe
def single_view(request: Request) -> HttpResponse:
    return page(request, "journey/single_view.html", single_view_page(request.user))


@form_view
def agree_view(request: Request) -> HttpResponse:
    form = ViewForm(request.POST or None, by=request.user, policy=TruthPolicy.objects.current())
    if form.is_valid():
        with explained(request, form):
            TruthPolicy.objects.agree(by=request.user, **form.values())
            return reply(request, "journey:single_view", said="Agreed. The measures are counted anew.")
    return form_page(request, "journey/agree_view.html", form)
