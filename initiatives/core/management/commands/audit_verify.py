"""Verify the audit trail."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from initiatives.core import audit


class Command(BaseCommand):
    help = "Recompute every seal of the audit trail. The status is 1 when an event was edited, removed, reordered or not sealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the finding as JSON")
        parser.add_argument(
            "--anchor", default="", metavar="POSITION:DIGEST", help="a head noted earlier; it must still be there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        finding = audit.verify(anchor=options["anchor"])
        if options["json"]:
            self.stdout.write(json.dumps(finding.as_data()))
        else:
            self.stdout.write(in_words(finding))
        if not finding.intact:
            sys.exit(1)


def in_words(finding: audit.Finding) -> str:
    counted = f"{finding.events} events, {finding.sealed} sealed, head {finding.head}"
    if finding.first_fault is None:
        return f"Intact: {counted}."
    where = f" at seal {finding.first_fault.position}" if finding.first_fault.position else ""
    return f"Broken{where}: {finding.first_fault.fault} ({counted})"
