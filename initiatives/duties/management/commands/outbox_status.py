"""How the outbox stands."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from initiatives.duties import outbox


class Command(BaseCommand):
    help = "Letters by state, how long the oldest has waited, which may have been sent twice, and why letters were given up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        status = outbox.status()
        if options["json"]:
            self.stdout.write(json.dumps(status))
            return
        for name, value in status.items():
            self.stdout.write(f"{name}: {value}")
