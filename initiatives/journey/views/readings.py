"""What was measured at the touchpoints: the readings, and what they come to by stage."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.looks import one_of
from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.journey.access import reading_for, touchpoint_for
from initiatives.journey.forms.readings import FORMS
from initiatives.journey.models import Reading, ReadingKind, watch
from initiatives.journey.models.readings import obstacle_to_read
from initiatives.journey.reports.consistency import consistency_page
from initiatives.journey.reports.readings import readings_page


@require_safe
def readings(request: Request) -> HttpResponse:
    return page(request, "journey/readings.html", readings_page(request.user, request.GET), part="rows")


@require_safe
def consistency(request: Request) -> HttpResponse:
    return page(request, "journey/consistency.html", consistency_page(request.user))


@form_view
def enter_reading(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref, to="enter_reading")
    kind = one_of(request.GET, "kind", ReadingKind.values) or ReadingKind.RATING
    form = FORMS[kind](sent(request), touchpoint=found, by=request.user)
    if form.is_valid():
        with explained(request, form):
            Reading.objects.enter(by=request.user, **form.facts())
            watch(stages=[found.stage_id])
            return reply(request, found, said="The reading is entered.")
    shown = {"touchpoint": found, "kind": kind, "kinds": ReadingKind.choices, "obstacle": obstacle_to_read(found)}
    return form_page(request, "journey/enter_reading.html", form, shown)


@require_POST
def withdraw_reading(request: Request, number: int) -> HttpResponse:
    found = reading_for(request, number)
    with explained(request):
        found.withdraw(by=request.user, reason=reason_of(request))
    return reply(request, found.touchpoint, said="The reading is withdrawn and no longer counts.")
