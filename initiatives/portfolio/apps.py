from django.apps import AppConfig


class Portfolio(AppConfig):
    name = "initiatives.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        from initiatives.core.imports import targets
        from initiatives.portfolio import asks, seams  # noqa: F401 - each registers what the room declares
        from initiatives.portfolio.access import plan  # noqa: F401 - with all the rules of the room
        from initiatives.portfolio.imports.target import Initiatives

        targets.register(Initiatives())
