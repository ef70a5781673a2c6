"""Budgets: opening a pool, proposing to raise or cut what it has, and the word of the other person."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_page, form_view, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding.forms.budgets import BudgetForm, OpenPoolForm
from initiatives.funding.models import BudgetChange
from initiatives.funding.views.money import pool_for

PROPOSED = "It is proposed; the budget changes when finance confirms it."


def budget_change_for(request: Request, pk: int) -> BudgetChange:
    return scoped(request, BudgetChange.objects.visible_to(request.user).with_pools(), "funding.decide_budget", pk=pk)


@form_view
def pool_open(request: Request) -> HttpResponse:
    form = OpenPoolForm(request.user, sent(request))
    if form.is_valid():
        with explained(request, form):
            change = BudgetChange.objects.open_pool(**form.cleaned_data, by=request.user)
            return reply(request, change, said=f"{change.pool} is open; it has money when finance confirms its budget.")
    return form_page(request, "funding/pool_open.html", form)


@form_view
def pool_budget(request: Request, pk: int) -> HttpResponse:
    pool = pool_for(request, pk, "propose_budget")
    form = BudgetForm(request.user, pool, sent(request))
    if form.is_valid():
        with explained(request, form):
            change = BudgetChange.objects.propose(pool, **form.cleaned_data, by=request.user)
            return reply(request, change, said=PROPOSED)
        form.show(pool)
    waits = BudgetChange.objects.waiting().filter(pool=pool).exists()
    return form_page(request, "funding/pool_budget.html", form, {"pool": pool, "waits": waits})


@require_POST
def budget_confirm(request: Request, pk: int) -> HttpResponse:
    """Confirm what was shown: the form carries it."""
    change = budget_change_for(request, pk)
    with explained(request):
        change.confirm(by=request.user, shown=request.POST.get("shown", ""))
    return reply(request, change, said=f"The budget of {change.pool} is changed.")


@require_POST
def budget_decline(request: Request, pk: int) -> HttpResponse:
    change = budget_change_for(request, pk)
    with explained(request):
        change.decline(by=request.user, reason=reason_of(request))
    return reply(request, change, said=f"It is declined; the budget of {change.pool} stays.")
