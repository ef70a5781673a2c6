"""What machines ask of a running cxgov; and the pattern page: every component in every state, to look at and to test."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from initiatives.core import readiness
from initiatives.core.pages import page
from initiatives.core.patterns import patterns


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. For a load balancer: it asks nothing of database or broker."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything that cxgov needs works, part by part; 503 when something does not. For monitoring."""
    report = readiness.report()
    response = JsonResponse(report, status=200 if report["ready"] else 503)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def ui(request: HttpRequest) -> HttpResponse:
    return page(request, "core/ui.html", patterns(request.user), part="panel")
