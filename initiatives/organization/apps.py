from django.apps import AppConfig


class Organization(AppConfig):
    name = "initiatives.organization"
    label = "organization"

    def ready(self) -> None:
        from initiatives.organization import access, posted  # noqa: F401 - registers the rules and what the letters say
