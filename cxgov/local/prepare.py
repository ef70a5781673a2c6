"""What must be true before the first request: the tables, the static files, the demo world. Each is done only when needed."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import psycopg2

from cxgov.local.children import Child, Children
from cxgov.local.process import manage
from cxgov.local.state import ROOT, State


def prepare(state: State, children: Children, environment: Mapping[str, str]) -> None:
    """Migrate, collect static files beside it, and load the demo world into an empty company."""
    collecting = _collect_static(state, children, environment)
    _migrate(state, children, environment)
    if environment["DEMO"] == "1" and _company_is_empty(environment["DATABASE_URL"]):
        print("Loading the demo world ...", flush=True)
        children.finish(manage("load_demo", state=state, children=children, environment=environment))
    if collecting:
        children.finish(collecting)
        state.remember("static", _static_mark())


def _collect_static(state: State, children: Children, environment: Mapping[str, str]) -> Child | None:
    if state.stamp("static") == _static_mark() and (state.folder / "static").exists():
        return None
    print("Collecting static files ...", flush=True)
    return manage("collectstatic", "--noinput", "--clear", state=state, children=children, environment=environment)


def _migrate(state: State, children: Children, environment: Mapping[str, str]) -> None:
    """Skip Django's own look only when neither the files nor the database's record of them changed since the last run."""
    owner = environment["DATABASE_OWNER_URL"] or environment["DATABASE_URL"]
    grants = ROOT / "initiatives" / "core" / "privileges.py"
    files = checksum((ROOT / "initiatives").glob("*/migrations/*.py"), grants, ROOT / "requirements.txt")
    if state.stamp("migrated") == f"{files} {_applied(owner)}":
        return
    print("Preparing the database ...", flush=True)
    children.finish(manage("migrate", "--noinput", state=state, children=children, environment=environment))
    state.remember("migrated", f"{files} {_applied(owner)}")


def _applied(url: str) -> str:
    """A digest of the migrations that this database has seen, in their order."""
    if _value(url, "SELECT to_regclass('django_migrations')") is None:
        return ""
    return str(_value(url, "SELECT md5(string_agg(app || '.' || name, ',' ORDER BY id)) FROM django_migrations"))


def _company_is_empty(url: str) -> bool:
    return _value(url, "SELECT 1 FROM organization_user LIMIT 1") is None


def _value(url: str, query: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


def _static_mark() -> str:
    return checksum((ROOT / "static").rglob("*"), ROOT / "requirements.txt", *(ROOT / "initiatives").glob("*/static/**/*"))


def checksum(paths: Iterable[Path], *more: Path) -> str:
    """One SHA-256 over names and contents."""
    whole = hashlib.sha256()
    for path in sorted({*paths, *more}):
        if path.is_file():
            whole.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
