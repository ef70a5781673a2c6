from django.apps import AppConfig


class Portfolio(AppConfig):
    name = "initiatives.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        from initiatives.core.imports import targets
        from initiatives.portfolio import access  # noqa: F401 - registers the rules
        from initiatives.portfolio.imports import Initiatives

        targets.register(Initiatives())
