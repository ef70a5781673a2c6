"""Pages of money: one scoped fetch, one act or one report, one answer."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from initiatives.core.exports import csv_response
from initiatives.core.fields import ProseField
from initiatives.core.pages import Request, form_view, page, reply
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import above, reports
from initiatives.funding.forms.money import YearForm, key_of
from initiatives.funding.forms.requests import RequestForm
from initiatives.funding.models import CostObject, FiscalYear, FundingRequest, Journal, Pool, State
from initiatives.funding.models.years import FiscalYearQuerySet


def pool_for(request: Request, pk: int, to: str) -> Pool:
    return scoped(request, Pool.objects.visible_to(request.user).in_order(), f"funding.{to}", pk=pk)


def request_for(request: Request, pk: int, to: str) -> FundingRequest:
    return scoped(request, FundingRequest.objects.visible_to(request.user).with_people(), f"funding.{to}_request", pk=pk)


def cost_object_for(request: Request, pk: int, to: str) -> CostObject:
    return scoped(request, CostObject.objects.visible_to(request.user).with_people(), f"funding.{to}", pk=pk)


def name_of(request: Request, cost_object: CostObject) -> above.Name:
    return above.names(request.user, {cost_object.pk}).get(cost_object.pk, above.RESTRICTED)


def older_than(request: Request) -> int | None:
    """The key of a journal's page: ?before=123. Anything else is the first page."""
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None


# -- pools -----------------------------------------------------------------------------------------------------------------


def year_of(request: Request, found: FiscalYearQuerySet) -> tuple[list[FiscalYear], FiscalYear | None]:
    """All fiscal years, and the one that the URL names, else that of today."""
    years, chosen = list(found.newest_first()), request.GET.get("year", "")
    return years, next((year for year in years if year.name == chosen), None) or FiscalYear.current_or_newest(years)


@require_GET
def pools(request: Request) -> HttpResponse:
    years, year = year_of(request, FiscalYear.objects.visible_to(request.user))
    return page(request, "funding/pools.html", {"report": reports.pools(request.user, years, year)})


@form_view
def year_open(request: Request) -> HttpResponse:
    form = YearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with explained(request, form):
            year = FiscalYear.objects.open(**form.cleaned_data, by=request.user)
            return reply(request, "funding:pools", said=f"The fiscal year {year} is open; open its pools next.")
    return page(request, "funding/year_open.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def pool(request: Request, pk: int) -> HttpResponse:
    found = pool_for(request, pk, "view_pool")
    report = reports.pool_page(request.user, found, act=request.GET.get("act", ""), before=older_than(request))
    return page(request, "funding/pool.html", {"report": report, "pool": found})


@require_GET
def pool_journal(request: Request, pk: int) -> HttpResponse:
    pool = pool_for(request, pk, "view_pool")
    rows = reports.journal_rows(request.user, pool, act=request.GET.get("act", ""))
    return csv_response(request, f"journal-{pool.pk}", reports.JOURNAL_HEADER, rows)


# -- requests --------------------------------------------------------------------------------------------------------------


@require_GET
def requests(request: Request) -> HttpResponse:
    state, waiting, number = request.GET.get("state", ""), request.GET.get("waiting") == "me", request.GET.get("pool", "")
    of = Pool.objects.visible_to(request.user).filter(pk=number).first() if number.isdecimal() and len(number) < 18 else None
    found = Paginator(reports.requests(request.user, state=state, waiting=waiting, pool=of), 100)
    shown = found.get_page(request.GET.get("page"))
    rows = reports.request_rows(request.user, shown.object_list)
    context = {"page": shown, "rows": rows, "states": State, "state": state, "waiting": waiting, "pool": of}
    return page(request, "funding/requests.html", context, part="rows")


@require_GET
def request(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "view")
    return page(request, "funding/request.html", {"report": reports.request_page(request.user, funding_request)})


@form_view
def request_draft(request: Request, pk: int) -> HttpResponse:
    cost_object = cost_object_for(request, pk, "draft_request")
    pools, sowing = Pool.objects.open_to_requests(cost_object), Pool.objects.sowing(cost_object)
    form = RequestForm(pools, request.POST or None, sowing=sowing, initial={"seed": "seed" in request.GET})
    if request.method == "POST":
        key = key_of(request)
        if form.is_valid():
            with explained(request, form):
                drafted = FundingRequest.objects.draft(cost_object, **form.asked, by=request.user, key=key)
                return reply(request, drafted, said="The request is drafted. Submit it to ask for the approvals.")
    context = {"form": form, "cost_object": cost_object, "name": name_of(request, cost_object)}
    return page(request, "funding/request_draft.html", context, status=422 if form.errors else 200)


@require_POST
def request_submit(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "submit")
    key = key_of(request)
    with explained(request):
        funding_request.submit(by=request.user, key=key)
    return reply(request, funding_request, said="The request is submitted; those who decide are asked.")


@require_POST
def request_withdraw(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "withdraw")
    key = key_of(request)
    with explained(request):
        funding_request.withdraw(by=request.user, key=key)
    return reply(request, funding_request, said="The request is withdrawn.")


@require_POST
def request_approve(request: Request, pk: int) -> HttpResponse:
    """Approve what was shown: the form carries its hash. The last approval allocates the money."""
    funding_request = request_for(request, pk, "decide")
    key = key_of(request)
    with explained(request):
        funding_request.approve(by=request.user, shown=request.POST.get("shown", ""), key=key)
    allocated = funding_request.state == State.ALLOCATED
    return reply(request, funding_request, said="Approved; the money is allocated." if allocated else "Approved.")


@require_POST
def request_return(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "decide")
    key = key_of(request)
    with explained(request):
        funding_request.return_with(prose(request, "question"), by=request.user, key=key)
    return reply(request, funding_request, said="The request is returned with your question; the clock stands still.")


@require_POST
def request_answer(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "submit")
    key = key_of(request)
    with explained(request):
        funding_request.answer(prose(request, "answer"), by=request.user, key=key)
    return reply(request, funding_request, said="Your answer is given; those who decide are asked again.")


@require_POST
def request_decline(request: Request, pk: int) -> HttpResponse:
    funding_request = request_for(request, pk, "decide")
    key = key_of(request)
    with explained(request):
        funding_request.decline(by=request.user, reason=prose(request, "reason"), key=key)
    return reply(request, funding_request, said="The request is declined.")


# -- entries --------------------------------------------------------------------------------------------------------------


@require_POST
def reverse(request: Request, pk: int) -> HttpResponse:
    journal = scoped(request, Journal.objects.visible_to(request.user), "funding.reverse_journal", pk=pk)
    key = key_of(request)
    with explained(request):
        journal.reverse(by=request.user, reason=prose(request, "reason"), key=key)
    return reply(request, journal, said="The entry is reversed.")


def prose(request: Request, name: str) -> str:
    """A text of several lines as the form field would read it."""
    return ProseField(required=False, max_length=2000).clean(request.POST.get(name, "")) or ""
