"""The charter: what is in force or voted on, a department's ballot, the CXO's draft, the CEO's waiver."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, refusal, reply
from initiatives.core.rules import explained
from initiatives.journey.access import ballot_for, charter_for
from initiatives.journey.charter_draft import proposed_items
from initiatives.journey.forms.charter import BallotForm, OpenForm, PrepareForm, WaiveForm
from initiatives.journey.models import CharterVersion, CharterWaiver
from initiatives.journey.reports.charter import charter_page

HERE = "journey:charter"


@require_safe
def charter(request: Request) -> HttpResponse:
    newest = CharterVersion.objects.visible_to(request.user).shown_first()
    return page(request, "journey/charter.html", charter_page(request.user, newest))


@require_safe
def version(request: Request, number: int) -> HttpResponse:
    return page(request, "journey/charter.html", charter_page(request.user, charter_for(request, number)))


@form_view
def vote(request: Request, number: int, department: int) -> HttpResponse:
    ballot = ballot_for(request, number, department)
    form = BallotForm(ballot, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            ballot.vote(form.choices, by=request.user)
            return reply(request, HERE, said=f"{ballot.department} has voted. You may change it until the vote closes.")
    return form_page(request, "journey/charter_vote.html", form, {"ballot": ballot})


@form_view
def prepare(request: Request) -> HttpResponse:
    draft = CharterVersion.objects.draft()
    form = PrepareForm(request.POST or None, initial=proposed_items(draft, request.user))
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            draft.prepare(form.items, by=request.user)
            return reply(request, "journey:charter_prepare", said="The draft is saved. Open the vote when it is ready.")
    return form_page(request, "journey/charter_prepare.html", form, {"draft": draft, "open_form": OpenForm()})


@require_POST
def open_vote(request: Request) -> HttpResponse:
    draft, form = CharterVersion.objects.draft(), OpenForm(request.POST)
    if form.is_valid():
        with explained(request, form):
            draft.open(closes_on=form.cleaned_data["closes_on"], by=request.user)
            return reply(request, HERE, said="The vote is open; each department’s head is asked.")
    context = {"draft": draft, "open_form": form, "form": PrepareForm(initial=proposed_items(draft, request.user))}
    return page(request, "journey/charter_prepare.html", context, status=refusal(request))


@require_POST
def close(request: Request) -> HttpResponse:
    with explained(request):
        CharterVersion.objects.under_vote().close(by=request.user)
    return reply(request, HERE, said="The votes are counted.")


@require_POST
def waive(request: Request) -> HttpResponse:
    form = WaiveForm(request.POST)
    if form.is_valid():
        with explained(request, form):
            CharterWaiver.objects.waive(reason=form.cleaned_data["reason"], by=request.user)
            return reply(request, HERE, said="Money may be asked for without a ratified charter. Everybody reads your reason.")
    return form_page(request, "journey/charter_waive.html", form)


@require_POST
def end_waiver(request: Request) -> HttpResponse:
    with explained(request):
        CharterWaiver.objects.the_running().end(by=request.user)
    return reply(request, HERE, said="The waiver has ended; money waits for a ratified charter.")
