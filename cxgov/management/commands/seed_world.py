"""manage.py seed_world --seed N --size S: a company of S initiatives, for benchmarks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxgov.seed import seed
from initiatives.organization.models import User


class Command(BaseCommand):
    help = "Write a company with S initiatives, and people, money and check-ins in proportion, into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same number gives the same company")
        parser.add_argument("--size", type=int, default=1000, help="how many initiatives")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["size"] <= 1_000_000:
            raise CommandError("The size is between 1 and 1,000,000 initiatives.")
        if User.objects.exists():
            raise CommandError("There are people here already; seed_world only fills an empty database.")
        seed(options["seed"], options["size"])
        self.stdout.write(f"{options['size']} initiatives are here.")
