"""The market of transfers: its page, and publishing or withdrawing what a pool offers or needs."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from initiatives.core.pages import Request, form_page, form_view, page, reason_of, reply, sent
from initiatives.core.policy import scoped
from initiatives.core.rules import explained
from initiatives.funding import reports
from initiatives.funding.forms.market import ListingForm
from initiatives.funding.models import Listing
from initiatives.funding.views.money import pool_for


@require_safe
def market(request: Request) -> HttpResponse:
    return page(request, "funding/market.html", {"report": reports.market(request.user)})


@form_view
def listing_publish(request: Request, pk: int) -> HttpResponse:
    pool = pool_for(request, pk, "publish_listing")
    form = ListingForm(sent(request), initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        with explained(request, form):
            listing = Listing.objects.publish(pool, **form.cleaned_data, by=request.user)
            return reply(request, listing, said="It is published; all who lead departments see it.")
    return form_page(request, "funding/listing_publish.html", form, {"pool": pool})


@require_POST
def listing_withdraw(request: Request, pk: int) -> HttpResponse:
    listing = scoped(request, Listing.objects.visible_to(request.user), "funding.withdraw_listing", pk=pk)
    with explained(request):
        listing.withdraw(by=request.user, reason=reason_of(request))
    return reply(request, listing, said="It is withdrawn.")
