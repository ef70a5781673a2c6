from django.urls import path

from initiatives.boards import views

app_name = "boards"
urlpatterns = [
    path("own/", views.own, name="own"),
    path("own/money/", views.money, name="money"),
    path("own/waiting/", views.waiting, name="waiting"),
    path("prove/", views.prove, name="prove"),
    path("prove/untested/", views.untested, name="untested"),
]
