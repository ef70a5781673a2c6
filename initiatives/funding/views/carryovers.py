"""Carrying forward what a year that is over left free: proposing it with a look at both pools, and the word of the other."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_view, page, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.budgets import CarryForm
from initiatives.funding.models import CarryOver, Pool
from initiatives.funding.views.money import pool_for

PROPOSED = "It is proposed; the money is carried forward when another person in finance confirms it."


def carryover_for(request: Request, pk: int) -> CarryOver:
    return scoped(request, CarryOver.objects.visible_to(request.user).with_pools(), "funding.decide_carryover", pk=pk)


@form_view
def pool_carry(request: Request, pk: int) -> HttpResponse:
    """First the effect on both pools is shown; the same form sent again with `sure` proposes it."""
    pool = pool_for(request, pk, "carry_pool")
    form = CarryForm(pool, sent(request))
    if "sure" in request.POST and form.is_valid():
        with explained(request, form):
            carry = CarryOver.objects.propose(pool, **form.cleaned_data, by=request.user)
            return reply(request, carry, said=PROPOSED)
        form.show(pool)
    return show_effect(request, pool, form)


def show_effect(request: Request, pool: Pool, form: CarryForm) -> HttpResponse:
    into, obstacle = Pool.objects.following(pool), CarryOver.objects.obstacle_to_propose(pool, request.user)
    effects = []
    if into is not None and obstacle is None and form.is_valid():
        effects = reports.effects(request.user, pool, into, form.cleaned_data["amount"])
    refused = getattr(request, "refused", None)
    status = refused.status if refused else 422 if form.errors else 200
    context = {"form": form, "pool": pool, "into": into, "obstacle": obstacle, "effects": effects}
    return page(request, "funding/pool_carry.html", context, status=status)


@require_POST
def carryover_confirm(request: Request, pk: int) -> HttpResponse:
    """Confirm what was shown: the form carries it."""
    carry = carryover_for(request, pk)
    with explained(request):
        carry.confirm(by=request.user, shown=request.POST.get("shown", ""))
    return reply(request, carry, said=f"{carry.amount:,.2f} {carry.pool.currency} are carried forward into {carry.into}.")


@require_POST
def carryover_decline(request: Request, pk: int) -> HttpResponse:
    carry = carryover_for(request, pk)
    with explained(request):
        carry.decline(by=request.user, reason=reason_of(request))
    return reply(request, carry, said=f"It is declined; {carry.pool} keeps what it has free.")
