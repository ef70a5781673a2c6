"""Make what is derived from roles and involvement again, or only compare it."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from initiatives.organization import projections


class Command(BaseCommand):
    help = "Rebuild the projections of roles and involvement. With --check change nothing; the status is 1 when they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")
        parser.add_argument("--json", action="store_true", help="print what differed as JSON")

    def handle(self, *args: Any, check: bool, json: bool, **options: Any) -> None:
        differed = projections.rebuild(check=check)
        self.stdout.write(as_json(differed) if json else as_lines(differed))
        if check and any(differed.values()):
            sys.exit(1)


def as_json(differed: dict[str, list[str]]) -> str:
    return json.dumps(differed)


def as_lines(differed: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {'; '.join(lines) or 'as it should be'}" for name, lines in differed.items())
