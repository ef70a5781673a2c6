"""The page of the working calendar."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.organization import forms, reports
from initiatives.organization.models import Holiday, WorkingWeek
from initiatives.organization.models.roles import today


@require_GET
def calendar(request: Request) -> HttpResponse:
    year = forms.OneYear(request.GET).asked(otherwise=today().year)
    manages = request.user.has_perm("organization.manage_people")
    return page(request, "organization/calendar.html", {"manages": manages, **reports.calendar(request.user, year)})


@form_view
def add_holiday(request: Request) -> HttpResponse:
    form = forms.AddHoliday(sent(request), reader=request.user)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            holiday = Holiday.objects.add_holiday(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, holiday, said=f"{holiday} is a holiday.")
    return form_page(request, "organization/add_holiday.html", form)


@require_POST
def cancel_holiday(request: Request, pk: int) -> HttpResponse:
    holiday = scoped(request, Holiday.objects.visible_to(request.user), "organization.manage_people", pk=pk)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return form_page(request, "organization/cancel_holiday.html", form, {"holiday": holiday})
    with explained(request):
        holiday.cancel(by=request.user, **form.cleaned_data)
    return reply(request, holiday, said=f"{holiday} is a working day after all.")


@form_view
def edit_week(request: Request) -> HttpResponse:
    form = forms.EditWeek(sent(request), initial={"days": sorted(WorkingWeek.objects.weekdays())})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            week = WorkingWeek.objects.edit_week(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, "organization:calendar", said=f"The company works on {week}.")
    return form_page(request, "organization/edit_week.html", form)
