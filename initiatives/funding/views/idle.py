"""After how many days money is idle: what finance says, and saying it anew."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from initiatives.core import clock
from initiatives.core.pages import Request, form_page, form_view, page, reply, sent
from initiatives.core.rules import explained
from initiatives.funding.forms.idle import IdleForm
from initiatives.funding.models import IdleRule


@require_safe
def idle_rules(request: Request) -> HttpResponse:
    known = IdleRule.objects.visible_to(request.user)
    context = {"days": IdleRule.objects.days(), "now": known.of(clock.company_day()).first(), "rules": known.newest_first()[:200]}
    return page(request, "funding/idle_rules.html", context)


@form_view
def idle_set(request: Request) -> HttpResponse:
    form = IdleForm(sent(request), initial={"days": IdleRule.objects.days(), "starts": clock.company_day()})
    if form.is_valid():
        with explained(request, form):
            rule = IdleRule.objects.set(**form.cleaned_data, by=request.user)
            return reply(request, "funding:idle_rules", said=f"From {rule.starts} on money is idle after {rule.days} days.")
    return form_page(request, "funding/idle_set.html", form)
