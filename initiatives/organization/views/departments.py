"""Departments become one, or two."""

from django.http import HttpResponse

from initiatives.core.pages import Request, form_page, form_view, reply, sent
from initiatives.core.rules import explained
from initiatives.organization.forms.reorganizing import MergeForm, SplitForm
from initiatives.organization.models import reorganizing
from initiatives.organization.views.people import department_for


@form_view
def merge_department(request: Request, pk: int) -> HttpResponse:
    unit = department_for(request, pk, "manage_people")
    form = MergeForm(sent(request), reader=request.user, department=unit)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            reorganizing.merge(unit, form.cleaned_data["into"], by=request.user, reason=form.cleaned_data["reason"])
        if not form.errors:
            return reply(request, form.cleaned_data["into"], said=f"{unit} is a part of {form.cleaned_data['into']} now.")
    context = {"department": unit, "obstacle": reorganizing.obstacle_to_merge(unit)}
    return form_page(request, "organization/merge_department.html", form, context)


@form_view
def split_department(request: Request, pk: int) -> HttpResponse:
    unit = department_for(request, pk, "manage_people")
    form = SplitForm(sent(request), reader=request.user, department=unit)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            new = reorganizing.split(unit, by=request.user, **form.chosen())
        if not form.errors:
            return reply(request, new, said=f"{new} was split off {unit}.")
    context = {"department": unit, "obstacle": reorganizing.obstacle_to_split(unit)}
    return form_page(request, "organization/split_department.html", form, context)
