from django.apps import AppConfig


class Funding(AppConfig):
    name = "initiatives.funding"
    label = "funding"

    def ready(self) -> None:
        from initiatives.core.imports import targets
        from initiatives.funding import access, alerts, asks, news  # noqa: F401 - each registers what the room declares
        from initiatives.funding.imports.posting import Posting
        from initiatives.funding.imports.target import Actuals

        targets.register(Actuals(), Posting())
