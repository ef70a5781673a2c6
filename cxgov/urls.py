"""Every URL of the product. Each has a rule in its room's access.py, or the product does not start."""

from django.urls import include, path

from initiatives.boards import views as boards
from initiatives.core import views as core

handler400 = core.unreadable
handler403 = core.forbidden
handler404 = core.missing
handler500 = core.broken

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("account/", include("allauth.urls")),
    path("", include("initiatives.duties.urls")),
    path("initiatives/", include("initiatives.portfolio.urls")),
    path("money/", include("initiatives.funding.urls")),
    path("ui/", core.ui, name="ui"),
    path("people/", include("initiatives.organization.urls")),
    path("", boards.home, name="home"),
    path("", include("initiatives.boards.urls")),
    path("own/", include("initiatives.journey.urls")),
    path("ranking/", include("initiatives.decisions.urls")),
]
