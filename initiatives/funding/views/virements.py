"""Transfers between pools: the list, one transfer, proposing it with a look at its effect, agreeing and declining."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core import clock
from initiatives.core.pages import Request, form_view, page, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.money import VirementForm, key_of
from initiatives.funding.models import Pool, Virement, VirementState
from initiatives.funding.views.money import prose


def virement_for(request: Request, pk: int, to: str) -> Virement:
    return scoped(request, Virement.objects.visible_to(request.user).with_pools(), f"funding.{to}_virement", pk=pk)


@require_safe
def virements(request: Request) -> HttpResponse:
    state = request.GET.get("state", "")
    shown = Paginator(reports.virements(request.user, state=state), 100).get_page(request.GET.get("page"))
    return page(request, "funding/virements.html", {"page": shown, "states": VirementState, "state": state}, part="rows")


@require_safe
def virement(request: Request, pk: int) -> HttpResponse:
    found = virement_for(request, pk, "view")
    return page(request, "funding/virement.html", {"report": reports.virement_page(request.user, found)})


@form_view
def virement_propose(request: Request) -> HttpResponse:
    """First the effect on both pools is shown; the same form sent again with `sure` proposes it."""
    pools = Pool.objects.filter(year__ends__gte=clock.today()).in_order()
    form = VirementForm(pools, request.POST or None, initial=request.GET.dict())
    key = key_of(request) if request.method == "POST" else None
    if "sure" in request.POST and form.is_valid():
        with explained(request, form):
            made = Virement.objects.propose(**form.asked, by=request.user, key=key)
            return reply(request, made, said="The transfer is proposed; the other side is asked.")
    return show_proposal(request, form)


def show_proposal(request: Request, form: VirementForm) -> HttpResponse:
    effects = []
    if form.is_valid():
        giver, taker = form.asked["giver"], form.asked["taker"]
        if obstacle := Virement.objects.obstacle_to_propose(giver, taker, request.user):
            form.add_error(None, obstacle)
        else:
            effects = reports.effects(request.user, giver, taker, form.asked["amount"])
    refused = getattr(request, "refused", None)
    status = refused.status if refused else 422 if form.errors else 200
    return page(request, "funding/virement_propose.html", {"form": form, "effects": effects}, status=status)


@require_POST
def virement_agree(request: Request, pk: int) -> HttpResponse:
    found, key = virement_for(request, pk, "decide"), key_of(request)
    with explained(request):
        found.agree(by=request.user, shown=request.POST.get("shown", ""), key=key)
    made = found.state == VirementState.MADE
    return reply(
        request, found, said="Both sides agreed; the money has moved." if made else "You agreed; the other side is asked."
    )


@require_POST
def virement_decline(request: Request, pk: int) -> HttpResponse:
    found = virement_for(request, pk, "decide")
    with explained(request):
        found.decline(by=request.user, reason=prose(request, "reason"))
    return reply(request, found, said="The transfer is declined.")


@require_POST
def virement_withdraw(request: Request, pk: int) -> HttpResponse:
    found = virement_for(request, pk, "withdraw")
    with explained(request):
        found.withdraw(by=request.user)
    return reply(request, found, said="The transfer is withdrawn.")
