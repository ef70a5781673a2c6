"""Coverage: how much of the journey somebody answers for."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, page
from initiatives.journey.forms.coverage import day_of
from initiatives.journey.reports.coverage_page import coverage_page


@require_safe
def coverage(request: Request) -> HttpResponse:
    form, day = day_of(request)
    report = coverage_page(request.user, day)
    return page(request, "journey/coverage.html", {"day_form": form, **report}, status=422 if form.errors else 200)
