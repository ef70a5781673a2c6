"""The command line's way into an import: as its pages do it, all rows or none."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand

from initiatives.core.imports import reading, running
from initiatives.core.imports.control import Control, control_from
from initiatives.core.imports.models import RunState, upload
from initiatives.core.imports.saved import mapping_named
from initiatives.core.imports.targets import TARGETS
from initiatives.core.rules import RuleBroken


class ImportCommand(BaseCommand):
    """`manage.py import_<target>`; a room names its `target`. Exit status 1: something is wrong, nothing was stored."""

    help = "Import a CSV or XLSX file by a named mapping. Exit status 1: something is wrong, nothing was stored."
    target: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        shipped = ", ".join(TARGETS[self.target].shipped)
        parser.add_argument("--mapping", required=True, help=f"the name of a saved mapping, or one that ships: {shipped}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")
        parser.add_argument("--as", dest="email", required=True, help="the e-mail address of the person who imports")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        if TARGETS[self.target].controlled:
            parser.add_argument("--rows", type=int, help="how many rows the file holds, unless its last row is their total")
            parser.add_argument("--sum", help="what they add up to, in the file's own unit: -1234.50")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stated = control_from({"rows": options.get("rows"), "total": options.get("sum")})
            result = self.imported(options["file"], options["mapping"], options["email"], stated, dry=options["dry_run"])
        except (RuleBroken, OSError) as refused:
            result = {"rows": 0, "errors": [{"row": 0, "column": "", "value": "", "message": str(refused)}], "error_count": 1}
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) if options["json"] else in_words(result))
        if result["error_count"]:
            raise SystemExit(1)

    def imported(self, file: Path, mapping_name: str, email: str, stated: Control, *, dry: bool) -> dict[str, Any]:
        target = TARGETS[self.target]
        by = get_user_model().objects.filter(is_active=True, email__iexact=email).first()
        if by is None or not by.has_perm(target.permission):
            raise RuleBroken(f"{email[:80]} is not somebody who may import {self.target}.")
        mapping = replace(mapping_named(target, mapping_name), control=stated)
        if dry:
            return {**running.tried(reading.read(file, file.name, mapping.source), mapping, target, by), "stored": False}
        with file.open("rb") as opened:
            run = upload(target, File(opened, file.name), file.name, by=by)
        run.map(mapping, name=mapping_name)
        run.tried(running.tried(run.table(mapping), mapping, target, by))
        if run.result["error_count"]:
            return {**run.result, "stored": False}
        run.confirm(by=by, call=False)
        ended = running.run(run.pk)
        if ended is None or ended.state != RunState.DONE:
            raise RuleBroken(ended.failure if ended else "Another worker took this import; see its page.")
        return {**ended.result, "stored": True}


def in_words(result: dict[str, Any]) -> str:
    """The result for people: the figures, then the errors."""
    lines = [f"{name}: {result[name]}" for name in ("rows", "created", "updated", "unchanged") if name in result]
    lines += [f"withheld {name}: {count}" for name, count in result.get("withheld", {}).items()]
    lines += [f"total {column}: {total} in {result['given'][column]} rows" for column, total in result.get("totals", {}).items()]
    lines += result.get("notes", [])
    lines += ["row {row} {column}: {message} {value}".format(**error).rstrip() for error in result["errors"]]
    return "\n".join(lines)
