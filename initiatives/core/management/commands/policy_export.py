"""Print the policy."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from initiatives.core import policy


class Command(BaseCommand):
    help = "Print every URL and method, task, mail and permission with its rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the whole registry as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        get_resolver().url_patterns  # noqa: B018 - every room's rules are declared once its URLs are loaded
        data = policy.as_data()
        if options["json"]:
            self.stdout.write(json.dumps(data, indent=1, sort_keys=True))
            return
        for rule in data["urls"]:
            of = f" of the {rule['of']}" if rule["of"] else ""
            self.stdout.write(f"{rule['method']:5} {rule['url']:40} {rule['to']}{of} ({rule['who']})")
        for kind, name in (("tasks", "task"), ("mails", "template")):
            for rule in data[kind]:
                self.stdout.write(f"{name:5} {rule[name]:40} {rule['who']}")
