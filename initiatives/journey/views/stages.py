"""The stages and channels in order, one stage, and its review."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reply
from initiatives.core.rules import explained
from initiatives.journey.access import stage_for
from initiatives.journey.forms.drawing import ReviewForm
from initiatives.journey.models import looked
from initiatives.journey.reports.stages import stage_page, stages_page


@require_safe
def stages(request: Request) -> HttpResponse:
    return page(request, "journey/stages.html", stages_page(request.user))


@require_safe
def stage(request: Request, ref: str) -> HttpResponse:
    found = stage_for(request, ref)
    looked(request.user, found.pk)
    return page(request, "journey/stage.html", stage_page(found, request.user))


@form_view
def review_stage(request: Request, ref: str) -> HttpResponse:
    found = stage_for(request, ref, to="review_stage")
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with explained(request, form):
            found.review(by=request.user, **form.cleaned_data)
            return reply(request, found, said=f"“{found.title}” is reviewed.")
    return form_page(request, "journey/review_stage.html", form, {"stage": found, "obstacle": found.obstacle_to_review()})


@require_POST
def ask_to_review(request: Request, ref: str) -> HttpResponse:
    found = stage_for(request, ref)
    with explained(request):
        found.ask_to_review(by=request.user)
    return reply(request, found, said="Who owns the stage is asked to review it.")
