from django.apps import AppConfig


class Funding(AppConfig):
    name = "initiatives.funding"
    label = "funding"

    def ready(self) -> None:
        from initiatives.core import readiness
        from initiatives.core.imports import targets
        from initiatives.funding import access, alerts, asks, news  # noqa: F401 - each registers what the room declares
        from initiatives.funding.imports import posting
        from initiatives.funding.imports.target import Actuals

        targets.register(Actuals(), posting.Posting())
        readiness.register("imports", posting.readiness)
