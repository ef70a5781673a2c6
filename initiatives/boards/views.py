"""See: Home, the ownership dashboard with the records behind its figures, and what came of what was done."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.boards.reports import home as of_home
from initiatives.boards.reports import own as of_own
from initiatives.boards.reports import prove as of_prove
from initiatives.boards.reports import records
from initiatives.boards.reports import untested as of_untested
from initiatives.core.pages import Request, page


@require_safe
def home(request: Request) -> HttpResponse:
    report = of_home.home(request.user, request.GET.get("page"), request.GET.get("answer", ""))
    request.waiting = report["waiting"]
    return page(request, "boards/home.html", report, part="waits")


@require_safe
def own(request: Request) -> HttpResponse:
    report = of_own.own(request.user)
    request.waiting = report["mine"]
    return page(request, "boards/own.html", report)


@require_safe
def money(request: Request) -> HttpResponse:
    return page(request, "boards/money.html", records.money_of(request.user, request.GET))


@require_safe
def waiting(request: Request) -> HttpResponse:
    return page(request, "boards/waiting.html", records.waiting_of(request.user, request.GET))


@require_safe
def prove(request: Request) -> HttpResponse:
    return page(request, "boards/prove.html", of_prove.prove(request.user, request.GET.get("page")))


@require_safe
def untested(request: Request) -> HttpResponse:
    return page(request, "boards/untested.html", of_untested.untested(request.user, request.GET.get("page")))
