"""What the tests of imports share: the published files, runs that wait, the command."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.management import call_command

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, upload
from initiatives.core.imports.targets import TARGETS
from initiatives.organization.models import User
from tests.cast import Cast

DATA = Path(project.BASE_DIR, "tests", "data")
Y2021, Y2022 = DATA / "gmpp-2021-extract.csv", DATA / "gmpp-2022-extract.csv"
Confirmed = Callable[..., ImportRun]


def ran(run: ImportRun) -> ImportRun:
    ended = running.run(run.pk)
    assert ended is not None
    return ended


def commanded(cast: Cast, file: Path, mapping: str, *options: str, by: User | None = None) -> dict[str, Any]:
    out, email = io.StringIO(), (by or cast.cxo).email
    with suppress(SystemExit):
        call_command("import_initiatives", str(file), "--mapping", mapping, "--as", email, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def simple(**columns: Any) -> dict[str, Any]:
    """A mapping of a small file: id, title and dept, and what a test adds."""
    fields = {
        "external_source": {"fixed": "TEST"},
        "external_id": {"columns": ["id"]},
        "title": {"columns": ["title"]},
        "department": {"columns": ["dept"]},
    }
    return {"fields": fields | columns}


def tried(cast: Cast, text: str, by: User | None = None, **columns: Any) -> dict[str, Any]:
    """What a dry run of this text finds."""
    target = TARGETS["initiatives"]
    mapping = from_data(simple(**columns), target)
    run = upload(target, ContentFile(text.encode()), "x.csv", by=by or cast.cxo)
    return running.tried(run.table(mapping), mapping, target, by or cast.cxo)
