from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Core(AppConfig):
    name = "initiatives.core"
    label = "core"

    def ready(self) -> None:
        from initiatives.core import access, checks, lookups  # noqa: F401 - registers the rules, the checks, the lookup
        from initiatives.core.privileges import after_migrating

        post_migrate.connect(after_migrating, sender=self)
