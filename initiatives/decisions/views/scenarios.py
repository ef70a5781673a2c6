"""Scenarios of a year: all of them side by side, one of them, its lines, and its approval."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.decisions.forms import NoteForm, PlanForm, ScenarioForm
from initiatives.decisions.models import PlanDraft, Scenario
from initiatives.decisions.reports.scenarios import comparison, scenario_page
from initiatives.funding.models import FundingRequest


def scenario_for(request: Request, number: int, to: str) -> Scenario:
    return scoped(request, Scenario.objects.visible_to(request.user).with_people(), f"decisions.{to}_scenario", pk=number)


@require_safe
def scenarios(request: Request) -> HttpResponse:
    return page(request, "decisions/scenarios.html", {"report": comparison(request.user, request.GET)})


@require_safe
def scenario(request: Request, number: int) -> HttpResponse:
    found = scenario_for(request, number, "view")
    return page(request, "decisions/scenario.html", {"report": scenario_page(request.user, found)})


@form_view
def scenario_write(request: Request) -> HttpResponse:
    form = ScenarioForm(request.user, sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            written = Scenario.objects.write(**form.cleaned_data, by=request.user)
            return reply(request, written, said="The scenario is written; give its initiatives their money.")
    return form_page(request, "decisions/scenario_write.html", form)


@form_view
def scenario_plan(request: Request, number: int) -> HttpResponse:
    found = scenario_for(request, number, "plan")
    form = PlanForm(request.user, found, sent(request), initial={"version": found.version})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            found.set_amount(**form.cleaned_data, by=request.user)
            return reply(request, found, said="The scenario is changed.")
    return form_page(request, "decisions/scenario_plan.html", form, {"scenario": found})


@form_view
def scenario_approve(request: Request, number: int) -> HttpResponse:
    found = scenario_for(request, number, "approve")
    form = NoteForm(sent(request), initial={"version": found.version})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            found.approve(**form.cleaned_data, by=request.user)
            return reply(request, found, said=f"{found.name} is the plan of {found.year}; the others are archived.")
    return form_page(request, "decisions/scenario_approve.html", form, {"report": scenario_page(request.user, found)})


@require_POST
def scenario_request(request: Request, number: int) -> HttpResponse:
    found = scenario_for(request, number, "request")
    said = ""
    with explained(request):
        said = told(*PlanDraft.objects.draft_all(found, by=request.user))
    return reply(request, found, said=said)


def told(drafted: list[FundingRequest], refused: list[str]) -> str:
    """How many requests a plan drafted, and which it did not."""
    said = ngettext("%(n)s request is drafted.", "%(n)s requests are drafted.", len(drafted)) % {"n": len(drafted)}
    why = _("Not drafted: %(reasons)s") % {"reasons": " ".join(refused)} if refused else _("Submit each when its case is whole.")
    return f"{said} {why}"
