"""The product's URLs and beside them the floors."""

from django.urls import path

from cxgov.urls import handler400, handler403, handler404, handler500, urlpatterns
from initiatives.core.policy import SIGNED_IN, Rule, declare
from tests.bench import floors

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *urlpatterns,
    path("floor/list", floors.listing, name="floor_list"),
    path("floor/object/<str:reference>", floors.detail, name="floor_object"),
    path("floor/dashboard", floors.dashboard, name="floor_dashboard"),
    path("floor/home", floors.home, name="floor_home"),
    path("floor/frame", floors.frame, name="floor_frame"),
    path("floor/update/<str:reference>", floors.update, name="floor_update"),
]

declare(
    *(Rule(name, "GET", SIGNED_IN) for name in ("floor_list", "floor_object", "floor_dashboard", "floor_home", "floor_frame")),
    Rule("floor_update", "POST", SIGNED_IN),
)
