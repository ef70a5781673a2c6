"""URLs of the room organization, under /people/."""

from django.urls import path

from initiatives.organization import views

app_name = "organization"
urlpatterns = [
    path("", views.people, name="people"),
    path("profile/", views.profile, name="profile"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", views.withdraw_invitation, name="withdraw_invitation"),
    path("invitation/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("departments/", views.departments, name="departments"),
    path("departments/create/", views.create_department, name="create_department"),
    path("departments/<int:pk>/", views.department, name="department"),
    path("departments/<int:pk>/edit/", views.edit_department, name="edit_department"),
    path("departments/<int:pk>/close/", views.close_department, name="close_department"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/grant-role/", views.grant_role, name="grant_role"),
    path("<int:pk>/roles/<int:role>/end/", views.end_role, name="end_role"),
    path("<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", views.reactivate, name="reactivate"),
]
