"""Money: pools, requests, and what was given to a cost object."""

from django.urls import path

from initiatives.funding import views

app_name = "funding"

urlpatterns = [
    path("", views.pools, name="pools"),
    path("years/new/", views.year_open, name="year_open"),
    path("pools/new/", views.pool_open, name="pool_open"),
    path("pools/<int:pk>/", views.pool, name="pool"),
    path("pools/<int:pk>/appropriate/", views.pool_appropriate, name="pool_appropriate"),
    path("pools/<int:pk>/journal.csv", views.pool_journal, name="pool_journal"),
    path("requests/", views.requests, name="requests"),
    path("requests/<int:pk>/", views.request, name="request"),
    path("requests/<int:pk>/submit/", views.request_submit, name="request_submit"),
    path("requests/<int:pk>/approve/", views.request_approve, name="request_approve"),
    path("requests/<int:pk>/decline/", views.request_decline, name="request_decline"),
    path("requests/<int:pk>/withdraw/", views.request_withdraw, name="request_withdraw"),
    path("cost-objects/<int:pk>/", views.cost_object, name="cost_object"),
    path("cost-objects/<int:pk>/request/", views.request_draft, name="request_draft"),
    path("cost-objects/<int:pk>/commit/", views.commit, name="commit"),
    path("cost-objects/<int:pk>/spend/", views.spend, name="spend"),
    path("cost-objects/<int:pk>/release/", views.release, name="release"),
    path("journal/<int:pk>/reverse/", views.reverse, name="reverse"),
]
