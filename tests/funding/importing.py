"""What the tests of actuals from files share: a scene with money, and files that finance hands over."""

import io
import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management import call_command

from initiatives.core.imports import running
from initiatives.core.imports.control import Control
from initiatives.core.imports.mapping import FieldMap, from_data
from initiatives.core.imports.models import ImportRun, upload
from initiatives.core.imports.saved import mapping_named
from initiatives.core.imports.targets import TARGETS
from initiatives.funding.models import ActualLine, CostObject
from initiatives.organization.models import User
from tests.cast import Cast

HEAD = "Document;Posting date;Amount;Reference;Text\n"


def file_of(*rows: str, total: str | None = None) -> str:
    """A file with these rows, "document;amount;reference" or with a day before the amount, and its total unless it is said."""
    lines, amounts = [], []
    for row in rows:
        document, *rest = row.split(";")
        day, amount, reference = rest if len(rest) == 3 else ("2026-11-02", *rest)
        lines.append(f"{document};{day};{amount};{reference};Invoice {document}\n")
        amounts.append(Decimal(amount))
    return f"{HEAD}{''.join(lines)}Total;;{sum(amounts, Decimal(0)) if total is None else total};;\n"


def checked(text: str, *, by: User, stated: Control | None = None, **fields: FieldMap) -> ImportRun:
    """An upload of this text that was tried; `fields` are mapped besides."""
    target = TARGETS["actuals"]
    ledger = mapping_named(target, "ledger")
    mapping = replace(ledger, control=stated or Control(), fields={**ledger.fields, **fields})
    run = upload(target, ContentFile(text.encode()), "ledger.csv", by=by)
    run.map(mapping)
    run.tried(running.tried(run.table(mapping), from_data(run.mapping, target), target, by))
    return run


def deliver(*rows: str, by: User, **more: Any) -> ImportRun:
    """Take in a file with these rows."""
    run = checked(file_of(*rows, **more), by=by)
    run.confirm(by=by, call=False)
    ended = running.run(run.pk)
    assert ended is not None
    assert ended.state == "done", ended.failure
    return ended


def commanded(cast: Cast, file: Path, *options: str, by: User | None = None) -> dict[str, Any]:
    out, email = io.StringIO(), (by or cast.finance).email
    with suppress(SystemExit):
        call_command("import_actuals", str(file), "--mapping", "ledger", "--as", email, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def line(document: str) -> ActualLine:
    """The last line of this document."""
    return ActualLine.objects.with_people().filter(document=document).order_by("-pk")[0]


def states() -> dict[str, str]:
    """{document: its state, and why it waits}"""
    found = ActualLine.objects.order_by("pk").values_list("document", "state", "why")
    return {document: f"waiting {why}" if state == "waiting" else state for document, state, why in found}


def spent(thing: CostObject) -> tuple[str, str]:
    """(committed, spent)"""
    thing.refresh_from_db()
    return f"{thing.committed}", f"{thing.spent}"
