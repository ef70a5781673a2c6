"""Contests: the list, the file of a case, and what heads and deciders do in it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, refusal, reply
from initiatives.core.rules import explained
from initiatives.journey.access import contest_for, owned_for
from initiatives.journey.forms.contests import AppealForm, ClaimForm, ContestForm, EvidenceForm, RuleForm, forms_of
from initiatives.journey.forms.ownership import MaybeWhyForm
from initiatives.journey.models import Contest
from initiatives.journey.models.charter_votes import answers_for
from initiatives.journey.models.opening_contests import obstacle_to_contest
from initiatives.journey.reports.contests import contest_page, contests_page
from initiatives.journey.views.ownership import given


@require_safe
def contests(request: Request) -> HttpResponse:
    return page(request, "journey/contests.html", contests_page(request.user))


@require_safe
def contest(request: Request, ref: str) -> HttpResponse:
    case = contest_for(request, ref)
    return page(request, "journey/contest.html", contest_page(request.user, case) | forms_of(request.user, case))


@form_view
def contest_open(request: Request, ref: str) -> HttpResponse:
    owned, user = owned_for(request, ref, to="contest"), request.user
    form = ContestForm(request.POST or None, by=user, speaks_for=answers_for(user))
    if form.is_valid():
        with explained(request, form):
            opened = Contest.objects.contest(owned, form.cleaned_data["department"], by=user, **form.claim)
            return reply(request, opened, said=f"{opened.reference} is open; {opened.against} is asked.")
    context = {"owned": owned, "obstacle": obstacle_to_contest(owned, by=user)}
    return form_page(request, "journey/contest_open.html", form, context)


@require_POST
def claim(request: Request, ref: str) -> HttpResponse:
    case, user = contest_for(request, ref, to="speak"), request.user
    form = ClaimForm(request.POST, by=user, speaks_for=answers_for(user), contest=case)
    if form.is_valid():
        with explained(request, form):
            case.claim(form.cleaned_data["department"], by=user, **form.claim)
            return reply(request, case, said=f"Your claim is in the case; it is {case.get_state_display().lower()}.")
    return shown_again(request, case, "claim_form", form)


@require_POST
def evidence(request: Request, ref: str) -> HttpResponse:
    case, user = contest_for(request, ref, to="speak"), request.user
    form = EvidenceForm(request.POST, by=user, speaks_for=answers_for(user))
    if form.is_valid():
        with explained(request, form):
            case.give_evidence(form.cleaned_data["department"], words=form.cleaned_data["words"], by=user)
            return reply(request, case, said="The evidence is in the case.")
    return shown_again(request, case, "evidence_form", form)


@require_POST
def withdraw(request: Request, ref: str) -> HttpResponse:
    case = contest_for(request, ref, to="speak")
    with explained(request):
        case.withdraw(by=request.user, **given(MaybeWhyForm(request.POST)))
    return reply(request, case, said="The claim is taken back.")


@require_POST
def appeal(request: Request, ref: str) -> HttpResponse:
    case, user = contest_for(request, ref, to="speak"), request.user
    form = AppealForm(request.POST, by=user, speaks_for=answers_for(user))
    if form.is_valid():
        with explained(request, form):
            case.appeal(form.cleaned_data["department"], words=form.cleaned_data["words"], by=user)
            return reply(request, case, said="The appeal is made; the CEO rules.")
    return shown_again(request, case, "appeal_form", form)


@require_POST
def rule(request: Request, ref: str) -> HttpResponse:
    case = contest_for(request, ref, to="rule")
    form = RuleForm(request.POST, by=request.user, contest=case)
    if form.is_valid():
        with explained(request, form):
            case.rule(**form.cleaned_data, by=request.user)
            return reply(request, case, said=f"You ruled for {form.cleaned_data['department']}.")
    return shown_again(request, case, "rule_form", form)


def shown_again(request: Request, case: Contest, name: str, form: forms.Form) -> HttpResponse:
    """The case with a form that cannot be read as it is, or that a rule refuses: what was typed stays."""
    case = Contest.objects.with_sides().get(pk=case.pk)
    context: dict[str, Any] = {**contest_page(request.user, case), **forms_of(request.user, case), name: form}
    return page(request, "journey/contest.html", context, status=refusal(request))
