"""The decision log, one decision, what was weighed, and its review."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.rules import explained
from initiatives.decisions.access import decision_for
from initiatives.decisions.forms import BoundForm, ReviewForm, WeighForm
from initiatives.decisions.models import Paper, PaperBound
from initiatives.decisions.reports.log import bound_page, decision_page, log_page


@require_safe
def log(request: Request) -> HttpResponse:
    return page(request, "decisions/log.html", log_page(request.user, request.GET), part="rows")


@require_safe
def decision(request: Request, number: int) -> HttpResponse:
    return page(request, "decisions/decision.html", decision_page(decision_for(request, number), request.user))


@form_view
def weigh(request: Request, number: int) -> HttpResponse:
    event = decision_for(request, number, to="weigh")
    newest = Paper.objects.about(event).first()
    form = WeighForm(sent(request), initial=vars(newest) if newest else {"rationale": event.reason})
    if form.is_valid():
        with explained(request, form):
            paper = Paper.objects.weigh(event, **form.cleaned_data, by=request.user)
            return reply(request, paper, said="It is written down.")
    return form_page(request, "decisions/weigh.html", form, decision_page(event, request.user))


@form_view
def paper_bound(request: Request) -> HttpResponse:
    form = BoundForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            bound = PaperBound.objects.put(**form.cleaned_data, by=request.user)
            return reply(request, "decisions:log", said=f"Papers are asked for above {bound}.")
    return form_page(request, "decisions/paper_bound.html", form, bound_page(request.user))


@form_view
def review(request: Request, number: int) -> HttpResponse:
    event = decision_for(request, number, to="weigh")
    form = ReviewForm(sent(request))
    if form.is_valid():
        with explained(request, form):
            paper = Paper.objects.review(event, **form.cleaned_data, by=request.user)
            return reply(request, paper, said="The review is written down.")
    return form_page(request, "decisions/review.html", form, decision_page(event, request.user))
