from django.apps import AppConfig


class Duties(AppConfig):
    name = "initiatives.duties"
    label = "duties"

    def ready(self) -> None:
        from initiatives.duties import access  # noqa: F401 - registers the rules
