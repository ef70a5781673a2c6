"""Verify the ledger."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from initiatives.funding import books


class Command(BaseCommand):
    help = "Count every balance, figure and approval of the ledger again. The status is 1 when something does not add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the finding as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        finding = books.verify()
        if options["json"]:
            self.stdout.write(json.dumps(finding.as_data()))
        else:
            for fault in finding.faults:
                self.stdout.write(f"{fault.subject} {fault.id}: {fault.fault} ({fault.kept} kept, {fault.counted} counted)")
            word = "Right" if finding.right else "Wrong"
            self.stdout.write(f"{word}: {finding.accounts} accounts, {finding.journals} entries, {finding.transfers} transfers.")
        if not finding.right:
            sys.exit(1)
