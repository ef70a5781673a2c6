"""Gates: set by the CXO, answered by who delivers, decided by the CXO."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import Stale, explained
from initiatives.portfolio.access import gate_for, initiative_for, milestone_for
from initiatives.portfolio.forms.initiatives import AnswersForm, GateForm, HoldForm
from initiatives.portfolio.models import Gate
from initiatives.portfolio.reports.initiative import gate_page


@form_view
def set_gate(request: Request, ref: str, number: int) -> HttpResponse:
    milestone = milestone_for(request, ref, number, to="gate")
    form = GateForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            gate = Gate.objects.set_gate(milestone, **form.cleaned_data, by=request.user)
            return reply(request, gate, said=f"“{milestone.title}” has a gate.")
    obstacle = Gate.objects.obstacle_to_set(milestone.initiative, request.user)
    context = {"milestone": milestone, "initiative": milestone.initiative, "obstacle": obstacle}
    return form_page(request, "portfolio/set_gate.html", form, context)


@require_safe
def gate(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number)
    return page(request, "portfolio/gate.html", gate_page(found, request.user))


@form_view
def gate_answer(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number, to="answer")
    form = AnswersForm(sent(request), gate=found)
    if form.is_valid():
        with explained(request, form):
            found.answer(form.answers(), by=request.user, shown=form.cleaned_data["shown"])
            return reply(request, found, said="The answers are kept.")
    conflict = form.conflict() if isinstance(getattr(request, "refused", None), Stale) else []
    return form_page(request, "portfolio/gate_answer.html", form, {**gate_page(found, request.user), "conflict": conflict})


@require_POST
def gate_go(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number, to="decide")
    with explained(request):
        found.go(by=request.user, reason=reason_of(request), shown=request.POST.get("shown", ""))
    return reply(request, found, said="Go: the tranche may be committed.")


@form_view
def gate_hold(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number, to="decide")
    form = HoldForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            found.hold(**form.cleaned_data, by=request.user)
            return reply(request, found, said=f"It waits until {form.cleaned_data['until']:%-d %b %Y}.")
    return form_page(request, "portfolio/gate_hold.html", form, gate_page(found, request.user))


@require_POST
def gate_recycle(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number, to="decide")
    with explained(request):
        found.recycle(by=request.user, reason=reason_of(request), shown=request.POST.get("shown", ""))
    return reply(request, found, said="The milestone is open again, and every question is asked anew.")


@require_POST
def gate_kill(request: Request, ref: str, number: int) -> HttpResponse:
    found = gate_for(request, ref, number, to="decide")
    with explained(request):
        found.kill(by=request.user, reason=reason_of(request), shown=request.POST.get("shown", ""))
    return reply(request, initiative_for(request, ref), said="Ended: what was not committed is back in its pools.")
