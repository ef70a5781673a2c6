"""Who may approve how much: limits of roles, further steps, and delegates."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.authority import DelegateForm, LimitForm, StepForm
from initiatives.funding.models import ApprovalLimit, Delegation, StepRule
from initiatives.funding.models.flag_answers import Found


def limit_for(request: Request, pk: int) -> ApprovalLimit:
    limit: ApprovalLimit = scoped(request, ApprovalLimit.objects.visible_to(request.user), "funding.decide_limit", pk=pk)
    return limit


def step_for(request: Request, pk: int) -> StepRule:
    step: StepRule = scoped(request, StepRule.objects.visible_to(request.user), "funding.decide_step", pk=pk)
    return step


@require_safe
def authority(request: Request) -> HttpResponse:
    return page(request, "funding/authority.html", {"report": reports.authority_page(request.user)})


@require_safe
def flags(request: Request) -> HttpResponse:
    return page(request, "funding/flags.html", {"report": reports.flags_page(request.user)})


@require_POST
def flag_answer(request: Request, found: Found) -> HttpResponse:
    key = request.POST.get("key", "")
    with explained(request):
        reports.answer_flag(key, found=found, reason=reason_of(request), by=request.user)
    return reply(request, "funding:flags", said="Your answer is written down; new facts raise the flag anew.")


@form_view
def limit_propose(request: Request) -> HttpResponse:
    form = LimitForm(request.user, sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            limit = ApprovalLimit.objects.propose(by=request.user, **form.cleaned_data)
            return reply(request, limit, said="The limit is proposed; it holds when the CXO confirms it.")
    return form_page(request, "funding/limit_propose.html", form)


@require_POST
def limit_confirm(request: Request, pk: int) -> HttpResponse:
    limit = limit_for(request, pk)
    with explained(request):
        limit.confirm(by=request.user)
    return reply(request, limit, said=f"The limit holds from {limit.starts}.")


@require_POST
def limit_decline(request: Request, pk: int) -> HttpResponse:
    limit = limit_for(request, pk)
    with explained(request):
        limit.decline(by=request.user, reason=reason_of(request))
    return reply(request, limit, said="The limit is declined; everything stays as it was.")


@form_view
def step_propose(request: Request) -> HttpResponse:
    form = StepForm(request.user, sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            step = StepRule.objects.propose(by=request.user, **form.cleaned_data)
            return reply(request, step, said="The step is proposed; it holds when the CXO confirms it.")
    return form_page(request, "funding/step_propose.html", form)


@require_POST
def step_confirm(request: Request, pk: int) -> HttpResponse:
    step = step_for(request, pk)
    with explained(request):
        step.confirm(by=request.user)
    return reply(request, step, said=f"Requests that are submitted from {step.starts} on ask for it.")


@require_POST
def step_decline(request: Request, pk: int) -> HttpResponse:
    step = step_for(request, pk)
    with explained(request):
        step.decline(by=request.user, reason=reason_of(request))
    return reply(request, step, said="The step is declined; everything stays as it was.")


@form_view
def delegate_name(request: Request) -> HttpResponse:
    form = DelegateForm(request.user, sent(request))
    if form.is_bound and form.is_valid():
        with explained(request, form):
            named = Delegation.objects.appoint(by=request.user, **form.cleaned_data)
            return reply(request, "funding:authority", said=f"{named.delegate} decides for you until before {named.ends}.")
    return form_page(request, "funding/delegate_name.html", form)


@require_POST
def delegation_end(request: Request, pk: int) -> HttpResponse:
    delegation = scoped(request, Delegation.objects.visible_to(request.user).with_people(), "funding.end_delegation", pk=pk)
    with explained(request):
        delegation.end(by=request.user)
    sees = request.user.has_perm("funding.view_authority")
    return reply(request, "funding:authority" if sees else "home", said=f"{delegation.delegate} decides for nobody any more.")
