from django.urls import path

from initiatives.duties import views

app_name = "duties"
urlpatterns = [
    path("mail/undelivered/", views.undelivered, name="undelivered"),
    path("mail/undelivered/<int:pk>/send-again/", views.send_again, name="send_again"),
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.letter, name="letter"),
]
