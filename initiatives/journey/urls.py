from django.urls import path

from initiatives.journey.views import touchpoints

app_name = "journey"

urlpatterns = [
    path("touchpoints/<slug:ref>/", touchpoints.touchpoint, name="touchpoint"),
]
