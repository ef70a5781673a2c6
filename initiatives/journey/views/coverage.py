"""Coverage: how much of the journey somebody answers for."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.pages import Request, page
from initiatives.journey.forms.coverage import DayForm
from initiatives.journey.reports.coverage_page import coverage_page


@require_safe
def coverage(request: Request) -> HttpResponse:
    form = DayForm(request.GET if "as_of" in request.GET else None)
    known = not form.is_bound or form.is_valid()
    day = form.cleaned_data["as_of"] if form.is_bound and known else None
    report = coverage_page(request.user, day)
    return page(request, "journey/coverage.html", {"form": form, **report}, status=200 if known else 422)
