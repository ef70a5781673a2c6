from django.urls import path

from initiatives.journey.views import touchpoints

app_name = "journey"

urlpatterns = [
    # -- touchpoints
    path("touchpoints/", touchpoints.touchpoints, name="touchpoints"),
    path("touchpoints/export.csv", touchpoints.export_touchpoints, name="export_touchpoints"),
    path("touchpoints/<slug:ref>/", touchpoints.touchpoint, name="touchpoint"),
]
