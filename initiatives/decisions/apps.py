from django.apps import AppConfig


class Decisions(AppConfig):
    name = "initiatives.decisions"
    label = "decisions"

    def ready(self) -> None:
        from initiatives.decisions import access  # noqa: F401 - registers the rules
