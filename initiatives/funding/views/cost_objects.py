"""The money of one cost object: its page, and committing, decommitting, spending and releasing what pools gave."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.looks import one_of
from initiatives.core.pages import Request, page, reason_of, reply
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.money import DecommitForm, MoveForm, SpendForm, key_of
from initiatives.funding.models import CostObject, Journal, Pool, PostingControl, idle
from initiatives.funding.models.sharing import signature
from initiatives.funding.reports.estimates import Method
from initiatives.funding.views.money import cost_object_for, name_of, older_than

Shares = list[tuple[Pool, Decimal, Decimal]]


def show_cost_object(request: Request, cost_object: CostObject, shares: Shares | None = None, **forms: MoveForm) -> HttpResponse:
    name = name_of(request, cost_object)
    method = Method(one_of(request.GET, "forecast", Method) or Method.PACE)
    panel = reports.money_page(request.user, cost_object, name=name, method=method)
    pools, natures = dict.fromkeys(pool for pool, _ in panel.pools), [given.nature for _, given in panel.pools]
    context = {
        "panel": panel,
        "journal": reports.cost_object_entries(request.user, cost_object, before=older_than(request)),
        "forms": {act: forms.get(act) or form_of(request, cost_object, act, pools, natures) for act in FORMS},
        "shares": shares,
    }
    refused = [form for form in forms.values() if form.errors]
    for form in refused:
        form.keep_shown("")  # shares may be others by now: they are shown anew before anything is posted
    return page(request, "funding/cost_object_page.html", context, status=422 if refused else 200)


@require_GET
def cost_object(request: Request, pk: int) -> HttpResponse:
    return show_cost_object(request, cost_object_for(request, pk, "view_money"))


FORMS = {"commit": MoveForm, "decommit": DecommitForm, "spend": SpendForm, "release": MoveForm}
JUDGED = ("commit", "spend")  # by the limits of pools
BEYOND = " This goes beyond the limit of a pool; the entry is marked."
DONE = {
    "commit": "are committed",
    "decommit": "are not committed any more",
    "spend": "are spent",
    "release": "went back to the pool",
}


def form_of(
    request: Request, cost_object: CostObject, act: str, pools: Iterable[Pool], natures: Iterable[str], *sent: QueryDict
) -> MoveForm:
    """The form of the act; who may let a posting pass the limit of a pool finds the field for the reason."""
    kept = act in JUDGED and any(pool.post_control == PostingControl.STOP for pool in pools)
    may_pass = kept and request.user.has_perm("funding.pass_limit", cost_object)
    return FORMS[act](pools, *sent, natures=natures, may_pass=may_pass, auto_id=f"{act}-%s")


def posted(request: Request, cost_object: CostObject, journal: Journal, amount: str, act: str) -> HttpResponse:
    """Back to what the money is for; who sees pools is told when the entry is marked."""
    url = name_of(request, cost_object).url or cost_object.get_absolute_url()
    beyond = BEYOND if journal.over_limit and request.user.has_perm("funding.view_pools") else ""
    return reply(request, url, said=f"{amount} {DONE[act]}.{beyond}")


def move(request: Request, pk: int, act: str) -> HttpResponse:
    """Commit, decommit, spend or release, as the form says."""
    cost_object = cost_object_for(request, pk, f"{act}_money")
    pools, natures = Pool.objects.given_to(cost_object), cost_object.natures()
    form = form_of(request, cost_object, act, pools, natures, request.POST)
    key, shares = key_of(request), None
    if form.is_valid():
        facts, post = form.facts, getattr(cost_object, act)
        with explained(request, form):
            if facts["pool"] is None and not facts["shown"]:
                shares = preview(cost_object, form)
            else:
                amount = f"{facts['amount']:,.2f} {currency_of(facts, pools)}"
                return posted(request, cost_object, post(by=request.user, key=key, **facts), amount, act)
    return show_cost_object(request, cost_object, shares, **{act: form})


def currency_of(facts: dict[str, Any], pools: Iterable[Pool]) -> str:
    """In which currency the form is posted: that of its pool, the one that it names, or the only one there is."""
    return str(facts["pool"].currency if facts["pool"] else facts.get("currency") or next(iter(pools)).currency)


def preview(cost_object: CostObject, form: MoveForm) -> Shares:
    """How the pools would share the actual; the form, sent again, says that this was seen."""
    facts = form.facts
    shares = cost_object.shares(facts["amount"], facts["on"], facts.get("nature"), facts.get("currency", ""))
    form.keep_shown(signature(facts["amount"], [(pool.pk, part) for pool, part, _ in shares]))
    return shares


@require_POST
def commit(request: Request, pk: int) -> HttpResponse:
    return move(request, pk, "commit")


@require_POST
def decommit(request: Request, pk: int) -> HttpResponse:
    return move(request, pk, "decommit")


@require_POST
def spend(request: Request, pk: int) -> HttpResponse:
    return move(request, pk, "spend")


@require_POST
def release(request: Request, pk: int) -> HttpResponse:
    return move(request, pk, "release")


@require_POST
def give_back_idle(request: Request, pk: int) -> HttpResponse:
    found = cost_object_for(request, pk, "release_money")
    with explained(request):
        idle.give_back(found, by=request.user)
    return reply(request, found, said="What lay idle is free in its pools again.")


@require_POST
def keep_idle(request: Request, pk: int) -> HttpResponse:
    found = cost_object_for(request, pk, "release_money")
    with explained(request):
        idle.keep(found, by=request.user, reason=reason_of(request))
    return reply(request, found, said="The money is kept; it is asked for again when it still lies idle after as many days.")
