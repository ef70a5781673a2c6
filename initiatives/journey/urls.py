from django.urls import path

from initiatives.journey.views import ownership, touchpoints

app_name = "journey"

urlpatterns = [
    # -- touchpoints
    path("touchpoints/", touchpoints.touchpoints, name="touchpoints"),
    path("touchpoints/export.csv", touchpoints.export_touchpoints, name="export_touchpoints"),
    path("touchpoints/<slug:ref>/", touchpoints.touchpoint, name="touchpoint"),
    # -- ownership
    path("ask/<str:ref>/", ownership.propose, name="propose"),
    path("ownership/<int:number>/", ownership.ownership, name="ownership"),
    path("ownership/<int:number>/accept/", ownership.accept_ownership, name="accept_ownership"),
    path("ownership/<int:number>/decline/", ownership.decline_ownership, name="decline_ownership"),
    path("ownership/<int:number>/withdraw/", ownership.withdraw_ownership, name="withdraw_ownership"),
    path("ownership/<int:number>/hand-over/", ownership.hand_over, name="hand_over"),
    path("ownership/<int:number>/name/", ownership.name_person, name="name_person"),
    path("ownership/<int:number>/give-back/", ownership.give_back, name="give_back"),
]
