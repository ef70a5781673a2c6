"""Exchange rates: the list, and entering one."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core import clock
from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.rules import explained
from initiatives.funding.forms.money import RateForm
from initiatives.funding.models import ExchangeRate


@require_safe
def rates(request: Request) -> HttpResponse:
    known = ExchangeRate.objects.visible_to(request.user)
    context = {"now": known.on(clock.company_day()), "rates": known.newest_first()[:200]}
    return page(request, "funding/rates.html", context)


@form_view
def rate_enter(request: Request) -> HttpResponse:
    form = RateForm(sent(request), initial={"day": clock.company_day()})
    if form.is_valid():
        with explained(request, form):
            rate = ExchangeRate.objects.enter(**form.cleaned_data, by=request.user)
            return reply(request, "funding:rates", said=f"From {rate.day} on one {rate.currency} is worth {rate.rate:f}.")
    return form_page(request, "funding/rate_enter.html", form)
