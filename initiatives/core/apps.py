from django.apps import AppConfig


class Core(AppConfig):
    name = "initiatives.core"
    label = "core"

    def ready(self) -> None:
        from initiatives.core import access, checks, lookups  # noqa: F401 - registers the rules, the checks, the lookup
