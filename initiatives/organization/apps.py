from django.apps import AppConfig


class Organization(AppConfig):
    name = "initiatives.organization"
    label = "organization"

    def ready(self) -> None:
        from initiatives.organization import access  # noqa: F401 - registers the rules
