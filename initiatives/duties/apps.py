from django.apps import AppConfig


class Duties(AppConfig):
    name = "initiatives.duties"
    label = "duties"
