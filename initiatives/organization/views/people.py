"""Pages about people, roles, departments and invitations."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.models import Event
from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.organization import departures, forms, reports
from initiatives.organization.models import Department, Invitation, Role, User
from initiatives.organization.models.roles import today


def person_for(request: Request, pk: int) -> User:
    return scoped(request, User.objects.visible_to(request.user), "organization.manage_people", pk=pk)


def department_for(request: Request, pk: int, to: str) -> Department:
    return scoped(request, Department.objects.visible_to(request.user).select_related("parent"), f"organization.{to}", pk=pk)


# -- People --------------------------------------------------------------------------------------------------------------


@require_GET
def people(request: Request) -> HttpResponse:
    form = forms.PeopleFilter(request.GET)
    found = Paginator(reports.people(request.user, **form.asked()), 100).get_page(request.GET.get("page"))
    context = {"people": found, "filter": form, "narrowed": form.narrows, **reports.headcount(request.user)}
    return page(request, "organization/people.html", context, part="rows")


@require_GET
def person(request: Request, pk: int) -> HttpResponse:
    someone = person_for(request, pk)
    context = {
        "person": someone,
        **reports.roles_of(someone),
        "accountable": departures.accountable_for(someone, by=request.user),
        "no_grant": None if someone.is_active else f"{someone} has left; reactivate the person first.",
        "no_deactivation": someone.obstacle_to_deactivate(by=request.user),
        "history": reports.history_of(someone),
    }
    return page(request, "organization/person.html", context)


@require_GET
def exports(request: Request) -> HttpResponse:
    found = Paginator(reports.exports().select_related("actor"), 100).get_page(request.GET.get("page"))
    return page(request, "organization/exports.html", {"exports": found}, part="rows")


@form_view
def grant_role(request: Request, pk: int) -> HttpResponse:
    someone = person_for(request, pk)
    form = forms.GrantRole(sent(request), reader=request.user, today=today())
    if form.is_bound and form.is_valid():
        with explained(request, form):
            Role.objects.grant(person=someone, by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, someone, said=f"{someone} has the new role.")
    return form_page(request, "organization/grant_role.html", form, {"person": someone})


@form_view
def end_role(request: Request, pk: int, role: int) -> HttpResponse:
    held = scoped(request, Role.objects.visible_to(request.user), "organization.manage_people", pk=role, person=pk)
    form = forms.EndRole(sent(request), initial={"on": max(today(), held.starts)})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            held.end(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, held.person, said=f"The role ends: {held.title}.")
    return form_page(request, "organization/end_role.html", form, {"role": held, "obstacle": held.obstacle_to_end()})


@form_view
def deactivate(request: Request, pk: int) -> HttpResponse:
    someone = person_for(request, pk)
    form = forms.Reason(sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            someone.deactivate(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, someone, said=f"{someone} has left. Sessions, roles and access have ended.")
    left, obstacle = someone.accountable_for(by=request.user), someone.obstacle_to_deactivate(by=request.user)
    return form_page(request, "organization/deactivate.html", form, {"person": someone, "left": left, "obstacle": obstacle})


@require_POST
def reactivate(request: Request, pk: int) -> HttpResponse:
    someone = person_for(request, pk)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return form_page(request, "organization/reactivate.html", form, {"person": someone})
    with explained(request):
        someone.reactivate(by=request.user, **form.cleaned_data)
    return reply(request, someone, said=f"{someone} may come in again, with a new password and new roles.")


# -- Departments ---------------------------------------------------------------------------------------------------------


@require_GET
def departments(request: Request) -> HttpResponse:
    closed = request.GET.get("show") == "closed"
    chart = reports.chart(request.user, closed=closed)
    headless = sum(place.head is None for place in chart)
    manages = request.user.has_perm("organization.manage_people")
    context = {"chart": chart, "closed": closed, "headless": headless, "manages": manages}
    return page(request, "organization/departments.html", context)


@require_GET
def department(request: Request, pk: int) -> HttpResponse:
    unit = department_for(request, pk, "view_department")
    context = {
        "department": unit,
        **reports.members_of(unit),
        "parts": Department.objects.visible_to(request.user).active().filter(parent=unit).in_order(),
        "manages": request.user.has_perm("organization.manage_people", unit),
        "obstacle_to_close": unit.obstacle_to_close(),
        "history": Event.objects.about(unit).newest_first()[:20],
    }
    return page(request, "organization/department.html", context)


@form_view
def create_department(request: Request) -> HttpResponse:
    form = forms.DepartmentForm(sent(request), reader=request.user, initial={"parent": request.GET.get("parent")})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            unit = Department.objects.establish(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, unit, said=f"{unit} was added to the organisation.")
    return form_page(request, "organization/create_department.html", form)


@form_view
def edit_department(request: Request, pk: int) -> HttpResponse:
    unit = department_for(request, pk, "manage_people")
    now = {name: getattr(unit, name) for name in ("code", "name", "cost_centre", "parent", "version")}
    form = forms.EditDepartment(sent(request), reader=request.user, initial=now)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            unit.edit(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, unit, said="Saved.")
    return form_page(request, "organization/edit_department.html", form, {"department": unit}, kept=unit)


@require_POST
def close_department(request: Request, pk: int) -> HttpResponse:
    unit = department_for(request, pk, "manage_people")
    form = forms.Reason(request.POST)
    if not form.is_valid():
        return form_page(request, "organization/close_department.html", form, {"department": unit})
    with explained(request):
        unit.close(by=request.user, **form.cleaned_data)
    return reply(request, unit, said=f"{unit} is closed; its roles have ended.")


# -- Invitations ---------------------------------------------------------------------------------------------------------


@form_view
def invite(request: Request) -> HttpResponse:
    form = forms.Invite(sent(request), reader=request.user)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            invitation = Invitation.objects.invite(by=request.user, **form.cleaned_data)
        if not form.errors:
            return reply(request, "organization:invite", said=invitation.said())
    listed = Paginator(reports.invitations(request.user), 100).get_page(request.GET.get("page"))
    return form_page(request, "organization/invite.html", form, {"invitations": listed})


@require_POST
def withdraw_invitation(request: Request, pk: int) -> HttpResponse:
    invitation = scoped(request, Invitation.objects.visible_to(request.user), "organization.manage_people", pk=pk)
    with explained(request):
        invitation.withdraw(by=request.user)
    return reply(request, "organization:invite", said=f"The invitation of {invitation} is worth nothing any more.")


@never_cache
@sensitive_post_parameters()
@login_not_required
@form_view
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; sending the password accepts."""
    invitation = Invitation.objects.with_token(token).select_related("department", "invited_by").first()
    if invitation is None or invitation.obstacle_to_accept():
        return page(request, "organization/no_invitation.html", status=404)
    form = forms.ChoosePassword(sent(request), email=invitation.email, initial={"name": invitation.name})
    if form.is_bound and form.is_valid():
        with explained(request, form):
            person = invitation.accept(password=form.cleaned_data["password"], name=form.cleaned_data["name"])
        if not form.errors:
            answer: HttpResponse = perform_login(request, person, redirect_url=reverse("organization:profile"))
            return answer
    return form_page(request, "organization/accept_invitation.html", form, {"invitation": invitation})


# -- Oneself -------------------------------------------------------------------------------------------------------------


@form_view
def profile(request: Request) -> HttpResponse:
    me = request.user
    now = {name: getattr(me, name) for name in ("name", "time_zone", "locale", "theme", "version")}
    form = forms.Profile(sent(request), initial=now)
    if form.is_bound and form.is_valid():
        with explained(request, form):
            me.edit_profile(by=me, **form.cleaned_data)
        if not form.errors:
            return reply(request, "organization:profile", said="Saved.")
    return form_page(request, "organization/profile.html", form, reports.roles_of(me), kept=me)
