"""How strictly a pool is kept, and letting one request pass all the same."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from initiatives.core.pages import Request, form_page, form_view, reason_of, reply, sent
from initiatives.core.rules import explained
from initiatives.funding.forms.control import ControlForm
from initiatives.funding.models import Exemption
from initiatives.funding.views.money import pool_for, request_for

KEPT = ("control", "tolerance", "alert_at", "nature", "post_control", "post_limit", "post_tolerance", "seed_limit")


@form_view
def pool_control(request: Request, pk: int) -> HttpResponse:
    pool = pool_for(request, pk, "control_pool")
    now = {name: getattr(pool, name) for name in KEPT}
    now |= {"departments": pool.for_departments.all(), "stages": pool.for_stages.all(), "types": pool.for_types}
    form = ControlForm(request.user, sent(request), initial=now)
    if form.is_valid():
        with explained(request, form):
            pool.keep(**form.cleaned_data, by=request.user)
            return reply(request, pool, said=f"{pool} is kept so.")
    return form_page(request, "funding/pool_control.html", form, {"pool": pool})


@require_POST
def request_exempt(request: Request, pk: int) -> HttpResponse:
    asked = request_for(request, pk, "exempt")
    with explained(request):
        Exemption.objects.exempt(asked, by=request.user, reason=reason_of(request))
    return reply(request, asked, said="The request may be submitted; your reason stands in its history.")
