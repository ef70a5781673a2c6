"""Money: pools, requests, and what was given to a cost object."""

from django.urls import path

from initiatives.funding.views import authority, control, cost_objects, money, periods, rates, virements

app_name = "funding"

urlpatterns = [
    path("", money.pools, name="pools"),
    path("years/new/", money.year_open, name="year_open"),
    path("years/<int:pk>/periods/", periods.periods, name="periods"),
    path("periods/<int:pk>/", periods.period, name="period"),
    path("periods/<int:pk>/propose/", periods.period_propose, name="period_propose"),
    path("periods/<int:pk>/close/", periods.period_close, name="period_close"),
    path("periods/<int:pk>/keep-open/", periods.period_keep_open, name="period_keep_open"),
    path("rates/", rates.rates, name="rates"),
    path("rates/new/", rates.rate_enter, name="rate_enter"),
    path("pools/new/", money.pool_open, name="pool_open"),
    path("pools/<int:pk>/", money.pool, name="pool"),
    path("pools/<int:pk>/appropriate/", money.pool_appropriate, name="pool_appropriate"),
    path("pools/<int:pk>/control/", control.pool_control, name="pool_control"),
    path("requests/<int:pk>/exempt/", control.request_exempt, name="request_exempt"),
    path("pools/<int:pk>/journal.csv", money.pool_journal, name="pool_journal"),
    path("transfers/", virements.virements, name="virements"),
    path("transfers/new/", virements.virement_propose, name="virement_propose"),
    path("transfers/<int:pk>/", virements.virement, name="virement"),
    path("transfers/<int:pk>/agree/", virements.virement_agree, name="virement_agree"),
    path("transfers/<int:pk>/decline/", virements.virement_decline, name="virement_decline"),
    path("transfers/<int:pk>/withdraw/", virements.virement_withdraw, name="virement_withdraw"),
    path("requests/", money.requests, name="requests"),
    path("requests/<int:pk>/", money.request, name="request"),
    path("requests/<int:pk>/submit/", money.request_submit, name="request_submit"),
    path("requests/<int:pk>/approve/", money.request_approve, name="request_approve"),
    path("requests/<int:pk>/decline/", money.request_decline, name="request_decline"),
    path("requests/<int:pk>/return/", money.request_return, name="request_return"),
    path("requests/<int:pk>/answer/", money.request_answer, name="request_answer"),
    path("requests/<int:pk>/withdraw/", money.request_withdraw, name="request_withdraw"),
    path("authority/", authority.authority, name="authority"),
    path("authority/flags/", authority.flags, name="flags"),
    path("authority/limits/new/", authority.limit_propose, name="limit_propose"),
    path("authority/limits/<int:pk>/confirm/", authority.limit_confirm, name="limit_confirm"),
    path("authority/limits/<int:pk>/decline/", authority.limit_decline, name="limit_decline"),
    path("authority/delegates/new/", authority.delegate_name, name="delegate_name"),
    path("authority/delegates/<int:pk>/end/", authority.delegation_end, name="delegation_end"),
    path("cost-objects/<int:pk>/", cost_objects.cost_object, name="cost_object"),
    path("cost-objects/<int:pk>/request/", money.request_draft, name="request_draft"),
    path("cost-objects/<int:pk>/commit/", cost_objects.commit, name="commit"),
    path("cost-objects/<int:pk>/spend/", cost_objects.spend, name="spend"),
    path("cost-objects/<int:pk>/release/", cost_objects.release, name="release"),
    path("cost-objects/<int:pk>/idle/give-back/", cost_objects.give_back_idle, name="give_back_idle"),
    path("cost-objects/<int:pk>/idle/keep/", cost_objects.keep_idle, name="keep_idle"),
    path("journal/<int:pk>/reverse/", money.reverse, name="reverse"),
]
