"""The ownership map, and the gap that is opened beside it."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, page
from initiatives.journey.forms.coverage import day_of
from initiatives.journey.forms.ownership import ProposeForm
from initiatives.journey.reports.map import gap_opened, map_page


@require_safe
def ownership_map(request: Request) -> HttpResponse:
    if request.htmx.target == "panel":
        return page(request, "journey/map_panel.html", opened(request))
    form, day = day_of(request)
    report = {"day_form": form, **map_page(request.user, request.GET, day), **opened(request)}
    return page(request, "journey/map.html", report, status=422 if form.errors else 200)


def opened(request: Request) -> dict[str, Any]:
    """The gap that the URL opens, with the form that asks a department to own it."""
    gap = gap_opened(request.user, request.GET)
    if gap.get("owned") is not None:
        gap["form"] = ProposeForm(by=request.user, only=gap["only"])
    return gap
