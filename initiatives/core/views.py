"""What machines ask of a running cxgov; and the pattern page: every component in every state, to look at and to test."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from initiatives.core import readiness
from initiatives.core.pages import notice, page, unavailable
from initiatives.core.patterns import patterns
from initiatives.core.policy import RULES


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


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the reader may know of this page, but not enter; the rule says who may."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    rule = RULES.get((name, "GET" if request.method == "HEAD" else request.method or ""))
    if getattr(request, "htmx", False):
        return notice(request, _("This is not yours to do. Nothing was changed."), status=403)
    return render(request, "403.html", {"who": rule.who if rule else ""}, status=403)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; or 503 when the database went away while the session was saved, which Django takes for one that was deleted."""
    error: BaseException | None = exception
    while error is not None:
        if away := unavailable(request, error):
            return away
        error = error.__context__
    return HttpResponse(render_to_string("400.html"), status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database ended something outside of a view, such as the session being read, or went away."""
    return unavailable(request, sys.exc_info()[1]) or HttpResponse(render_to_string("500.html"), status=500)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same bytes for what does not exist and for what the reader may not see, so nothing of the request is used."""
    if getattr(request, "htmx", False):
        return notice(request, _("There is nothing here for you."), status=404)
    return HttpResponse(render_to_string("404.html"), status=404)
