"""manage.py load_demo: act out the demo world, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cxgov import demo
from initiatives.organization.models import User


class Command(BaseCommand):
    help = "Load the demo world into an empty company; does nothing when it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo world has known passwords. Set DEMO=1 where that is meant.")
        if demo.is_loaded():
            self.stdout.write("The demo world is here already.")
            return
        if User.objects.exists():
            raise CommandError("This company has people already; the demo world is only loaded into an empty one.")
        demo.load()
        self.stdout.write("The demo world is loaded.")
