"""The pattern page: every component in every state, to look at and to test."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from initiatives.core.pages import page
from initiatives.core.patterns import patterns


@require_GET
def ui(request: HttpRequest) -> HttpResponse:
    return page(request, "core/ui.html", patterns(request.user), part="panel")
