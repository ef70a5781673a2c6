"""The facets of a touchpoint: who takes which part, and where a touchpoint is split between departments."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply
from initiatives.core.rules import Stale, explained
from initiatives.journey.access import touchpoint_for
from initiatives.journey.forms.facets import FacetForm, FacetsForm
from initiatives.journey.models import facets as acts
from initiatives.journey.reports.facets import conflict, facets_page, split_touchpoints
from initiatives.journey.views.ownership import given


@form_view
def facets(request: Request, ref: str) -> HttpResponse:
    touchpoint = touchpoint_for(request, ref, to="arrange")
    context = facets_page(touchpoint, request.user, request.POST)
    departments = [line.department.pk for line in context["lines"]]
    form = FacetsForm(request.POST or None, departments=departments, initial={"version": touchpoint.version})
    if form.is_valid():
        with explained(request, form):
            acts.arrange(touchpoint, form.cells(), by=request.user, version=form.cleaned_data["version"])
            return reply(request, touchpoint, said="Saved.")
        if isinstance(request.refused, Stale):
            context["conflict"] = list(conflict(context["lines"]))
    return form_page(request, "journey/facets.html", form, context)


@require_POST
def add_facet(request: Request, ref: str) -> HttpResponse:
    touchpoint = touchpoint_for(request, ref, to="arrange")
    with explained(request):
        facet = acts.facet_of(touchpoint, given(FacetForm(request.POST))["kind"], by=request.user)
        return redirect("journey:propose", facet.reference)
    return reply(request, touchpoint)


@require_safe
def split(request: Request) -> HttpResponse:
    return page(request, "journey/split.html", {"rows": split_touchpoints(request.user)})
