"""The ownership map."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, page
from initiatives.journey.reports.map import map_page


@require_safe
def ownership_map(request: Request) -> HttpResponse:
    return page(request, "journey/map.html", map_page(request.user, request.GET))
