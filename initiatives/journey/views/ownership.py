"""The handshake of ownership: asking, accepting, declining, withdrawing, handing over, naming, giving back."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.exports import csv_response
from initiatives.core.pages import Request, form_page, form_view, page, refusal, reply
from initiatives.core.rules import BadInput, explained
from initiatives.journey.access import owned_for, ownership_for
from initiatives.journey.forms.ownership import AttestForm, DeclineForm, MaybeWhyForm, OwnerForm, ProposeForm, WhyForm
from initiatives.journey.models import Ownership, attesting
from initiatives.journey.models.words import LIVING
from initiatives.journey.reports.attestation import attest_page
from initiatives.journey.reports.ownership import ownership_page, propose_page
from initiatives.journey.reports.register import REGISTER, register


@form_view
def propose(request: Request, ref: str) -> HttpResponse:
    owned = owned_for(request, ref)
    context = propose_page(owned, request.user)
    form = ProposeForm(request.POST or None, by=request.user, only=context["only"])
    if form.is_valid():
        with explained(request, form):
            asked = owned.propose(form.cleaned_data["department"], by=request.user, why=form.cleaned_data["why"])
            said = f"{asked.department} is asked." if asked.waits else f"{asked.department} owns {owned.reference} now."
            return reply(request, asked, said=said)
    return form_page(request, "journey/propose.html", form, context)


@require_safe
def ownership(request: Request, number: int) -> HttpResponse:
    return page(request, "journey/ownership.html", whole_page(request, ownership_for(request, number)))


def whole_page(request: Request, found: Ownership) -> dict[str, Any]:
    """The page of one handshake with its forms."""
    form = OwnerForm(by=request.user, ownership=found, initial={"person": found.person})
    return {**ownership_page(found, request.user), "form": form, "decline_form": DeclineForm()}


def shown_again(request: Request, found: Ownership, form: forms.Form, name: str = "form") -> HttpResponse:
    """The page with what was typed, where it can still be sent; else only why not."""
    if getattr(request, "refused", None) and found.answer not in LIVING:
        return reply(request, found)
    return page(request, "journey/ownership.html", {**whole_page(request, found), name: form}, status=refusal(request))


@require_POST
def accept_ownership(request: Request, number: int) -> HttpResponse:
    asked = ownership_for(request, number, to="answer")
    form = OwnerForm(request.POST, by=request.user, ownership=asked)
    if form.is_valid():
        with explained(request, form):
            asked.accept(by=request.user, person=form.cleaned_data["person"])
            return reply(request, asked, said=f"{asked.department} owns {asked.owned.reference} now.")
    return shown_again(request, asked, form)


@require_POST
def decline_ownership(request: Request, number: int) -> HttpResponse:
    asked = ownership_for(request, number, to="answer")
    form = DeclineForm(request.POST)
    if form.is_valid():
        with explained(request, form):
            asked.decline(by=request.user, **form.cleaned_data)
            return reply(request, asked, said=f"{asked.department} declined to own {asked.owned.reference}.")
    return shown_again(request, asked, form, "decline_form")


@require_POST
def withdraw_ownership(request: Request, number: int) -> HttpResponse:
    asked = ownership_for(request, number, to="withdraw")
    with explained(request):
        asked.withdraw(by=request.user, **given(MaybeWhyForm(request.POST)))
    return reply(request, asked, said=f"{asked.department} is no longer asked.")


@form_view
def hand_over(request: Request, number: int) -> HttpResponse:
    mine = ownership_for(request, number, to="answer")
    form = ProposeForm(request.POST or None, by=request.user)
    if form.is_valid():
        with explained(request, form):
            asked = mine.hand_over(form.cleaned_data["department"], by=request.user, reason=form.cleaned_data["why"])
            return reply(request, asked, said=f"{asked.department} is asked. {mine.department} owns it until they accept.")
    return form_page(
        request, "journey/hand_over.html", form, {"ownership": mine, "obstacle": mine.obstacle_to_hand_over(request.user)}
    )


@require_POST
def name_person(request: Request, number: int) -> HttpResponse:
    mine = ownership_for(request, number, to="answer")
    form = OwnerForm(request.POST, by=request.user, ownership=mine)
    if form.is_valid():
        with explained(request, form):
            mine.name_person(form.cleaned_data["person"] or request.user, by=request.user)
            return reply(request, mine, said=f"{mine.person} owns {mine.owned.reference} now.")
    return shown_again(request, mine, form)


@require_POST
def give_back(request: Request, number: int) -> HttpResponse:
    mine = ownership_for(request, number, to="answer")
    with explained(request):
        mine.give_back(by=request.user, **given(WhyForm(request.POST)))
    return reply(request, mine, said=f"{mine.department} no longer owns {mine.owned.reference}.")


@form_view
def attest(request: Request) -> HttpResponse:
    if request.method == "POST":
        with explained(request):
            count = attesting.attest(given(AttestForm(request.POST))["ownership"], by=request.user)
            return reply(request, "journey:attest", said=f"Attested: {count}.")
        return reply(request, "journey:attest")
    return page(request, "journey/attest.html", attest_page(request.user))


@require_safe
def export_register(request: Request) -> HttpResponse:
    return csv_response(request, "ownership", REGISTER, register(request.user))


def given(form: forms.Form) -> dict[str, Any]:
    """What was typed; BadInput names the first field that cannot be understood."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadInput(f"{form[name].label}: {errors[0]}" if name in form.fields else str(errors[0]))
    return form.cleaned_data
