from django.apps import AppConfig


class Decisions(AppConfig):
    name = "initiatives.decisions"
    label = "decisions"
