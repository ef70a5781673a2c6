"""manage.py demo_logins: who can sign in to the demo world, by role."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxgov import demo


class Command(BaseCommand):
    help = "Print one login for each role of the demo world."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as a JSON list of role, name, email, password")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or not demo.is_loaded():
            raise CommandError("There is no demo world here: set DEMO=1 and run load_demo.")
        people = demo.logins()
        if options["json"]:
            self.stdout.write(json.dumps(people, indent=2))
            return
        for person in people:
            self.stdout.write(f"{person['role']:<16} {person['email']:<34} {person['password']}")
