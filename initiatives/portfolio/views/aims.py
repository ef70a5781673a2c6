"""What an initiative is for: the problems that it answers and the touchpoints that it improves."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_page, form_view, reason_of, reply, sent
from initiatives.core.rules import BadInput, explained
from initiatives.journey.models import Problem, Touchpoint
from initiatives.portfolio.access import initiative_for
from initiatives.portfolio.forms.initiatives import ProblemForm, TouchpointForm


@form_view
def answer_problem(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    form = ProblemForm(sent(request), by=request.user, initiative=found)
    if form.is_valid():
        with explained(request, form):
            found.answer_problem(form.cleaned_data["problem"], by=request.user)
            return reply(request, found, said=f"{ref} answers {form.cleaned_data['problem'].reference}.")
    return form_page(request, "portfolio/answer_problem.html", form, {"initiative": found})


@require_POST
def leave_problem(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    with explained(request):
        problem = Problem.objects.visible_to(request.user).filter(reference=request.POST.get("problem", "")[:40]).first()
        if problem is None:
            raise BadInput("There is no such problem.")
        found.leave_problem(problem, by=request.user, reason=reason_of(request))
    return reply(request, found, said=f"{ref} no longer answers it.")


@form_view
def improve(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    form = TouchpointForm(sent(request), by=request.user, initiative=found)
    if form.is_valid():
        with explained(request, form):
            found.improve(form.cleaned_data["touchpoint"], by=request.user)
            return reply(request, found, said=f"{ref} improves {form.cleaned_data['touchpoint'].title}.")
    return form_page(request, "portfolio/improve.html", form, {"initiative": found})


@require_POST
def leave_touchpoint(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    with explained(request):
        reference = request.POST.get("touchpoint", "")[:40]
        touchpoint: Touchpoint | None = Touchpoint.objects.visible_to(request.user).filter(reference=reference).first()
        if touchpoint is None:
            raise BadInput("There is no such touchpoint.")
        found.leave_touchpoint(touchpoint, by=request.user, reason=reason_of(request))
    return reply(request, found, said=f"{ref} no longer improves it.")
