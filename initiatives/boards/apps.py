from django.apps import AppConfig


class Boards(AppConfig):
    name = "initiatives.boards"
    label = "boards"

    def ready(self) -> None:
        from initiatives.boards import access  # noqa: F401 - registers the rules
