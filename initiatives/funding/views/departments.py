"""The money of a department in one fiscal year."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core.looks import number_of
from initiatives.core.pages import Request, page
from initiatives.core.policy import scoped
from initiatives.funding import reports
from initiatives.funding.models import FiscalYear
from initiatives.funding.reports.department_year import Look
from initiatives.funding.views.money import older_than, year_of
from initiatives.organization.models import Department


@require_safe
def department_year(request: Request, pk: int) -> HttpResponse:
    """Of the year that the URL names, or of today's; its journal of one act, one period, or all."""
    found = scoped(request, Department.objects.visible_to(request.user), "funding.view_department_year", pk=pk)
    years, year = year_of(request, FiscalYear.objects.visible_to(request.user))
    look = Look(request.GET.get("act", ""), int(number_of(request.GET, "period") or 0), older_than(request))
    return page(
        request, "funding/department_year.html", {"report": reports.department_year(request.user, found, years, year, look)}
    )
