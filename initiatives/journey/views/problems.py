"""Problems: what hurts most, one with its evidence, and what becomes of it."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.journey.access import problem_for
from initiatives.journey.forms.problems import EditForm, EvidenceForm, ProblemForm
from initiatives.journey.models import Problem, Signal
from initiatives.journey.reports.problems import exported_problems, problem_page, problems_page


@require_safe
def problems(request: Request) -> HttpResponse:
    return page(request, "journey/problems.html", problems_page(request.user, request.GET), part="rows")


@require_safe
def export_problems(request: Request) -> HttpResponse:
    header, rows = exported_problems(request.user, request.GET)
    return csv_response(request, "problems", header, rows)


@require_safe
def problem(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/problem.html", problem_page(problem_for(request, ref), request.user))


def named_signals(request: Request) -> list[Signal]:
    """The open signals that the address names, as far as the reader may decide about them."""
    references = (request.POST or request.GET).getlist("signal")[:50]
    mine = Signal.objects.visible_to(request.user).triaged_by(request.user).open_now().filter(reference__in=references)
    return list(mine.select_related("touchpoint__owned", "touchpoint__parent__owned", "touchpoint__stage__owned").order_by("pk"))


@form_view
def pose_problem(request: Request) -> HttpResponse:
    signals = named_signals(request)
    there = {"touchpoint": touchpoint} if (touchpoint := request.GET.get("touchpoint", "")[:40]) else {}
    form = ProblemForm(sent(request), by=request.user, signals=signals, initial=there)
    if form.is_valid():
        with explained(request, form):
            made = Problem.objects.pose(by=request.user, **form.facts())
            return reply(request, made, said=f"{made.reference} is posed.")
    return form_page(request, "journey/pose_problem.html", form, {"signals": signals})


@form_view
def edit_problem(request: Request, ref: str) -> HttpResponse:
    found = problem_for(request, ref, to="work")
    form = EditForm(sent(request), problem=found)
    if form.is_valid():
        with explained(request, form):
            found.edit(form.description(), version=form.cleaned_data["version"], by=request.user)
            return reply(request, found, said="Saved.")
    return form_page(
        request, "journey/edit_problem.html", form, {"problem": found, "obstacle": found.obstacle_to_work()}, kept=found
    )


@form_view
def add_evidence(request: Request, ref: str) -> HttpResponse:
    found = problem_for(request, ref, to="work")
    form = EvidenceForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            found.add_evidence(by=request.user, **form.cleaned_data)
            return reply(request, found, said="The evidence is added.")
    return form_page(request, "journey/add_evidence.html", form, {"problem": found, "obstacle": found.obstacle_to_work()})


def ending(act: str, said: str) -> Callable[..., HttpResponse]:
    """The view of one act that says where a problem stands, with its reason."""

    @require_POST
    def view(request: Request, ref: str) -> HttpResponse:
        found = problem_for(request, ref, to="work")
        with explained(request):
            getattr(found, act)(by=request.user, reason=reason_of(request))
        return reply(request, found, said=f"{ref} {said}")

    view.__name__ = f"{act}_problem"
    return view


solve_problem = ending("solve", "is solved. Who raised its signals hears it.")
dismiss_problem = ending("dismiss", "is dismissed. Who raised its signals hears your reason.")
reopen_problem = ending("reopen", "is open again.")
