from django.apps import AppConfig


class Core(AppConfig):
    name = "initiatives.core"
    label = "core"

    def ready(self) -> None:
        from initiatives.core import access, checks  # noqa: F401 - registers the rules and the checks
