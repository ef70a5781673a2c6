"""Pages and acts of one initiative. Each fetches through access.py, calls one act or report, and replies."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from initiatives.core.pages import Request, page, reply
from initiatives.core.rules import BadInput, Stale, explained
from initiatives.portfolio.access import initiative_for, involvement_for, milestone_for
from initiatives.portfolio.forms import (
    CheckInForm,
    InitiativeForm,
    InvolvementForm,
    MilestoneForm,
    MoveForm,
    NamesForm,
    PersonForm,
    ReasonForm,
)
from initiatives.portfolio.models import Initiative
from initiatives.portfolio.reports import initiative_page


def form_page(request: Request, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A page around one form: 200 when it is opened, 422 (or the refusal's own status) when it was sent and refused."""
    refused = getattr(request, "refused", None)
    status = refused.status if refused else 422 if form.is_bound else 200
    return page(request, template, {"form": form, **context}, status=status)


def sent(request: Request) -> QueryDict | None:
    """What was typed into the form, or None when it is only opened."""
    return request.POST if request.method == "POST" else None


def reason_of(request: Request) -> str:
    """The reason that was typed; BadInput when it is missing or cannot be kept."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadInput(f"Reason: {form.errors['reason'][0]}")
    return str(form.cleaned_data["reason"])


@require_safe
def initiative(request: Request, ref: str) -> HttpResponse:
    return page(request, "portfolio/initiative.html", initiative_page(initiative_for(request, ref), request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    form = InitiativeForm(sent(request), by=request.user)
    if form.is_valid():
        with explained(request, form):
            made = Initiative.objects.draft(by=request.user, **form.description())
            return reply(request, made, said=f"{made.reference} is drafted. Ask departments for their part, then propose it.")
    return form_page(request, "portfolio/create.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="edit")
    form = InitiativeForm(sent(request), by=request.user, initiative=found)
    if form.is_valid():
        with explained(request, form):
            found.edit(form.description(), version=form.cleaned_data["version"], by=request.user)
            return reply(request, found, said="Saved.")
        if isinstance(request.refused, Stale):
            return form_page(request, "portfolio/conflict.html", form, **both_versions(found, form))
    return form_page(request, "portfolio/edit.html", form, initiative=found)


def both_versions(found: Initiative, form: InitiativeForm) -> dict[str, Any]:
    """The reader’s version beside the newer one that stands now, field by field; saving again takes the reader’s."""
    found.refresh_from_db()
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["version"] = str(found.version)
    form.data = data
    fields = [form[name] for name in Initiative.EDITABLE if name in form.fields]
    both = [(field, getattr(found, field.name), form.cleaned_data[field.name]) for field in fields]
    rows = [
        {"field": field, "theirs": theirs, "yours": yours} for field, theirs, yours in both if (theirs or "") != (yours or "")
    ]
    return {"initiative": found, "rows": rows}


def step(act: str, said: str, *, with_reason: bool = False) -> Callable[..., HttpResponse]:
    """The view of one act on the status: fetch for whom may take it, take it, reply."""

    @require_POST
    def view(request: Request, ref: str) -> HttpResponse:
        found = initiative_for(request, ref, to=act)
        with explained(request):
            reason = {"reason": reason_of(request)} if with_reason else {}
            getattr(found, act)(by=request.user, **reason)
        return reply(request, found, said=f"{found.reference} {said}")

    view.__name__ = act
    return view


propose = step("propose", "is proposed.")
launch = step("launch", "is active. The first check-in is due in one cadence.")
complete = step("complete", "is completed.")
realise = step("realise", "is realised.")
decline = step("decline", "is declined.", with_reason=True)
pause = step("pause", "is paused.", with_reason=True)
resume = step("resume", "is active again.")
cancel = step("cancel", "is cancelled.", with_reason=True)
open_up = step("open_up", "can be seen by everybody now.")


@require_http_methods(["GET", "HEAD", "POST"])
def make_confidential(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="make_confidential")
    form = NamesForm(sent(request), by=request.user, initial={"names": found.named.all()})
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            found.make_confidential(form.cleaned_data["names"], by=request.user)
            return reply(request, found, said=f"{found.reference} is confidential.")
    return form_page(request, "portfolio/make_confidential.html", form, initiative=found)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_involvement(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="involve")
    form = InvolvementForm(sent(request), by=request.user)
    if form.is_valid():
        department, letter = form.cleaned_data["department"], form.cleaned_data["letter"]
        with explained(request, form):
            found.propose_involvement(department, letter, by=request.user)
            return reply(request, found, said=f"{department} is asked. Its head accepts or declines.")
    return form_page(request, "portfolio/propose_involvement.html", form, initiative=found)


@require_safe
def involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    form = PersonForm(by=request.user, involvement=part, initial={"person": part.person})
    may = {
        "may_answer": part.obstacle_to_answer(request.user) is None,
        "accept_obstacle": part.obstacle_to_accept(request.user),
        "may_end": part.obstacle_to_end(request.user) is None,
    }
    return page(request, "portfolio/involvement.html", {"part": part, "initiative": part.initiative, "form": form, **may})


@require_POST
def accept_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number)
    form = PersonForm(request.POST, by=request.user, involvement=part)
    with explained(request):
        part.accept(by=request.user, person=chosen(form))
    return reply(request, back(request, part.initiative), said=f"{part.department} takes part in {ref}.")


@require_POST
def decline_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number)
    with explained(request):
        part.decline(by=request.user, reason=reason_of(request))
    return reply(request, back(request, part.initiative), said=f"{part.department} does not take part in {ref}.")


@require_POST
def end_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    with explained(request):
        part.end(by=request.user, reason=reason_of(request))
    return reply(request, part.initiative, said=f"{part.department} no longer takes part in {ref}.")


@require_POST
def hand_involvement(request: Request, ref: str, number: int) -> HttpResponse:
    part = involvement_for(request, ref, number, to="end")
    form = PersonForm(request.POST, by=request.user, involvement=part)
    with explained(request):
        part.hand_to(chosen(form) or request.user, by=request.user)
    return reply(request, part.initiative, said=f"{part.person} carries the part of {part.department} now.")


def chosen(form: PersonForm) -> Any:
    """The person that was chosen, None for oneself; BadInput for anybody who is not on offer."""
    if not form.is_valid():
        raise BadInput("Choose a person of the department.")
    return form.cleaned_data["person"]


def back(request: Request, found: Initiative) -> Any:
    """Where an answer returns to: Home when it was given there, else the initiative."""
    return reverse("home") if request.POST.get("back") == "home" else found


@require_http_methods(["GET", "HEAD", "POST"])
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
    return form_page(request, "portfolio/check_in.html", form, initiative=found, obstacle=obstacle)


@require_POST
def report_no_change(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="check_in")
    with explained(request):
        found.report_no_change(by=request.user)
    return reply(request, back(request, found), said=f"Reported on {ref}: no material change.")


@require_http_methods(["GET", "HEAD", "POST"])
def add_milestone(request: Request, ref: str) -> HttpResponse:
    found = initiative_for(request, ref, to="plan")
    form = MilestoneForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            found.add_milestone(**form.cleaned_data, by=request.user)
            return reply(request, found, said="The milestone is added.")
    return form_page(request, "portfolio/add_milestone.html", form, initiative=found)


@require_POST
def meet_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    with explained(request):
        milestone.meet(by=request.user)
    return reply(request, milestone.initiative, said=f"“{milestone.title}” is met.")


@require_http_methods(["GET", "HEAD", "POST"])
def move_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    form = MoveForm(sent(request), initial={"due_on": milestone.due_on})
    if form.is_valid():
        with explained(request, form):
            milestone.move(**form.cleaned_data, by=request.user)
            return reply(request, milestone.initiative, said=f"“{milestone.title}” is due on {milestone.due_on:%-d %b %Y}.")
    return form_page(request, "portfolio/move_milestone.html", form, milestone=milestone, initiative=milestone.initiative)


@require_POST
def drop_milestone(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number)
    with explained(request):
        milestone.drop(by=request.user, reason=reason_of(request))
    return reply(request, milestone.initiative, said=f"“{milestone.title}” is dropped.")
