from django.apps import AppConfig


class Funding(AppConfig):
    name = "initiatives.funding"
    label = "funding"
