"""How strictly a pool is kept, and letting one request pass all the same."""

from django.forms import model_to_dict
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_page, form_view, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding.forms.control import ControlForm
from initiatives.funding.models import ControlChange, Exemption
from initiatives.funding.models.keeping import CHOSEN, FIELDS
from initiatives.funding.views.money import pool_for, request_for

CONTROL = (*FIELDS, *CHOSEN)


def control_change_for(request: Request, pk: int) -> ControlChange:
    return scoped(request, ControlChange.objects.visible_to(request.user).with_pools(), "funding.decide_control", pk=pk)


@form_view
def pool_control(request: Request, pk: int) -> HttpResponse:
    pool = pool_for(request, pk, "control_pool")
    form = ControlForm(request.user, sent(request), initial=model_to_dict(pool, CONTROL) | {"version": pool.version})
    if form.is_valid():
        with explained(request, form):
            change = ControlChange.objects.propose(pool, **form.cleaned_data, by=request.user)
            return reply(request, change, said="It is proposed; the pool is kept so when another person in finance confirms it.")
    waits = ControlChange.objects.waiting().filter(pool=pool).exists()
    return form_page(request, "funding/pool_control.html", form, {"pool": pool, "waits": waits}, kept=pool)


@require_POST
def control_confirm(request: Request, pk: int) -> HttpResponse:
    """Confirm what was shown: the form carries it."""
    change = control_change_for(request, pk)
    with explained(request):
        change.confirm(by=request.user, shown=request.POST.get("shown", ""))
    return reply(request, change, said=f"{change.pool} is kept so from now on.")


@require_POST
def control_decline(request: Request, pk: int) -> HttpResponse:
    change = control_change_for(request, pk)
    with explained(request):
        change.decline(by=request.user, reason=reason_of(request))
    return reply(request, change, said=f"It is declined; {change.pool} is kept as it was.")


@require_POST
def request_exempt(request: Request, pk: int) -> HttpResponse:
    asked = request_for(request, pk, "exempt")
    with explained(request):
        Exemption.objects.exempt(asked, by=request.user, reason=reason_of(request))
    return reply(request, asked, said="The request may be submitted; your reason stands in its history.")
