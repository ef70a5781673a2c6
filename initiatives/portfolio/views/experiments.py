"""Experiments of an initiative: started, moved, concluded."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.rules import explained
from initiatives.portfolio.access import initiative_for
from initiatives.portfolio.access.plan import experiment_for
from initiatives.portfolio.forms.experiments import ExperimentForm, ResultForm, StopForm
from initiatives.portfolio.models import Experiment
from initiatives.portfolio.reports.experiments import experiments_page


@require_safe
def experiments(request: Request, ref: str) -> HttpResponse:
    return page(request, "portfolio/experiments.html", experiments_page(initiative_for(request, ref), request.user))


@form_view
def start_experiment(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="plan")
    form = ExperimentForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            made = Experiment.objects.start(found, **form.cleaned_data, by=request.user)
            return reply(request, made, said=f"It runs until {made.stops_on:%-d %b %Y}.")
    obstacle = Experiment.objects.obstacle_to_start(found, request.user)
    return form_page(request, "portfolio/start_experiment.html", form, {"initiative": found, "obstacle": obstacle})


@form_view
def move_experiment(request: Request, ref: str, number: int) -> HttpResponse:
    found = experiment_for(request, ref, number)
    form = StopForm(sent(request), initial={"stops_on": found.stops_on})
    if form.is_valid():
        with explained(request, form):
            found.move(**form.cleaned_data, by=request.user)
            return reply(request, found, said=f"It runs until {found.stops_on:%-d %b %Y}.")
    context = {"initiative": found.initiative, "experiment": found, "obstacle": found.obstacle_to_conclude(request.user)}
    return form_page(request, "portfolio/move_experiment.html", form, context)


@form_view
def conclude_experiment(request: Request, ref: str, number: int) -> HttpResponse:
    found = experiment_for(request, ref, number)
    form = ResultForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            found.conclude(**form.cleaned_data, by=request.user)
            return reply(request, found, said=f"The result is kept: {found.get_result_display().lower()}.")
    context = {"initiative": found.initiative, "experiment": found, "obstacle": found.obstacle_to_conclude(request.user)}
    return form_page(request, "portfolio/conclude_experiment.html", form, context)
