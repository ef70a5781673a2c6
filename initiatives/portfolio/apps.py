from django.apps import AppConfig


class Portfolio(AppConfig):
    name = "initiatives.portfolio"
    label = "portfolio"
