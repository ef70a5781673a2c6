"""The touchpoints: their list in its shapes, and the page of each."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, page
from initiatives.journey.access import touchpoint_for
from initiatives.journey.models import looked
from initiatives.journey.reports.touchpoint import touchpoint_page
from initiatives.journey.reports.touchpoints import export_rows, touchpoints_page


@require_safe
def touchpoints(request: Request) -> HttpResponse:
    return page(request, "journey/touchpoints.html", touchpoints_page(request.user, request.GET), part="rows")


@require_safe
def export_touchpoints(request: Request) -> HttpResponse:
    header, rows = export_rows(request.user, request.GET)
    return csv_response(request, "touchpoints", header, rows)


@require_safe
def touchpoint(request: Request, ref: str) -> HttpResponse:
    found = touchpoint_for(request, ref)
    looked(request.user, found.stage_id)
    return page(request, "journey/touchpoint.html", touchpoint_page(found, request.user))
