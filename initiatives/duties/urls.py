from django.urls import path

from initiatives.duties import views

app_name = "duties"
urlpatterns = [
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.letter, name="letter"),
]
