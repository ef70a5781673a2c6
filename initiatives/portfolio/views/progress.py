"""Progress: check-ins and milestones."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_page, form_view, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.portfolio.access import initiative_for, milestone_for
from initiatives.portfolio.forms.initiatives import CheckInForm, MilestoneForm, MoveForm
from initiatives.portfolio.views.replies import back


@form_view
def check_in(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="check_in")
    form = CheckInForm(sent(request), initial={"health": found.health, "percent": found.percent})
    if form.is_valid():
        with explained(request, form):
            found.check_in(by=request.user, **form.cleaned_data)
            return reply(
                request, back(request, found), said=f"Reported on {ref}. The next report is due in {found.cadence_days} days."
            )
    obstacle = found.obstacle_to_check_in(request.user)
    return form_page(request, "portfolio/check_in.html", form, {"initiative": found, "obstacle": obstacle})


@require_POST
def report_no_change(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="check_in")
    with explained(request):
        found.report_no_change(by=request.user)
    return reply(request, back(request, found), said=f"Reported on {ref}: no material change.")


@form_view
def add_milestone(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="plan")
    form = MilestoneForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            found.add_milestone(**form.cleaned_data, by=request.user)
            return reply(request, found, said="The milestone is added.")
    return form_page(request, "portfolio/add_milestone.html", form, {"initiative": found})


@require_POST
def meet_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    with explained(request):
        milestone.meet(by=request.user)
    return reply(request, milestone.initiative, said=f"“{milestone.title}” is met.")


@form_view
def move_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    form = MoveForm(sent(request), initial={"due_on": milestone.due_on})
    if form.is_valid():
        with explained(request, form):
            milestone.move(**form.cleaned_data, by=request.user)
            return reply(request, milestone.initiative, said=f"“{milestone.title}” is due on {milestone.due_on:%-d %b %Y}.")
    return form_page(request, "portfolio/move_milestone.html", form, {"milestone": milestone, "initiative": milestone.initiative})


@require_POST
def drop_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    with explained(request):
        milestone.drop(by=request.user, reason=reason_of(request))
    return reply(request, milestone.initiative, said=f"“{milestone.title}” is dropped.")
