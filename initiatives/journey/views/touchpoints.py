"""One touchpoint: its page."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, page
from initiatives.journey.access import touchpoint_for


@require_safe
def touchpoint(request: Request, ref: str) -> HttpResponse:
    return page(request, "journey/touchpoint.html", {"touchpoint": touchpoint_for(request, ref)})
