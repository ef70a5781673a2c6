"""Customer journeys: their list, the path of each, and the editor of a path."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, form_view, page, sent
from initiatives.journey.access import journey_for
from initiatives.journey.forms.journeys import JourneyForm
from initiatives.journey.models import Act, Noun
from initiatives.journey.reports.journeys import journey_page, journeys_page
from initiatives.journey.views.drawing import archived, drawn, heading


@require_safe
def journeys(request: Request) -> HttpResponse:
    return page(request, "journey/journeys.html", journeys_page(request.user))


@require_safe
def journey(request: Request, number: int) -> HttpResponse:
    return page(request, "journey/journey.html", journey_page(journey_for(request, number), request.user))


@form_view
def add_journey(request: Request) -> HttpResponse:
    return path_editor(request, Act.ADD, JourneyForm(sent(request), by=request.user))


@form_view
def edit_journey(request: Request, number: int) -> HttpResponse:
    found = journey_for(request, number)
    return path_editor(request, Act.EDIT, JourneyForm(sent(request), by=request.user, subject=found))


@form_view
def archive_journey(request: Request, number: int) -> HttpResponse:
    return archived(request, Noun.JOURNEY, journey_for(request, number))


def path_editor(request: Request, act: Act, form: JourneyForm) -> HttpResponse:
    """A pressed button of the path shows the page again, with the path as it would be; Save does it, or proposes it."""
    if form.is_bound and form.pressed:
        return page(request, "journey/draw.html", {"form": form, "moved": True, **heading(Noun.JOURNEY, act, form.subject)})
    return drawn(request, Noun.JOURNEY, act, form)
