from django.apps import AppConfig


class Boards(AppConfig):
    name = "initiatives.boards"
    label = "boards"
