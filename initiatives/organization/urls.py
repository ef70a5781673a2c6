"""URLs of the room organization, under /people/."""

from django.urls import path

from initiatives.organization.views import calendar, departments, people

app_name = "organization"
urlpatterns = [
    path("", people.people, name="people"),
    path("exports/", people.exports, name="exports"),
    path("profile/", people.profile, name="profile"),
    path("invite/", people.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", people.withdraw_invitation, name="withdraw_invitation"),
    path("invitation/<str:token>/", people.accept_invitation, name="accept_invitation"),
    path("departments/", people.departments, name="departments"),
    path("departments/create/", people.create_department, name="create_department"),
    path("departments/<int:pk>/", people.department, name="department"),
    path("departments/<int:pk>/edit/", people.edit_department, name="edit_department"),
    path("departments/<int:pk>/close/", people.close_department, name="close_department"),
    path("departments/<int:pk>/merge/", departments.merge_department, name="merge_department"),
    path("departments/<int:pk>/split/", departments.split_department, name="split_department"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/add-holiday/", calendar.add_holiday, name="add_holiday"),
    path("calendar/<int:pk>/cancel/", calendar.cancel_holiday, name="cancel_holiday"),
    path("calendar/week/", calendar.edit_week, name="edit_week"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/grant-role/", people.grant_role, name="grant_role"),
    path("<int:pk>/roles/<int:role>/end/", people.end_role, name="end_role"),
    path("<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", people.reactivate, name="reactivate"),
]
