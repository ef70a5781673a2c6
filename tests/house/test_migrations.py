"""Migrations go back to nothing and forward again on a database that holds a company's work."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from cxgov.local.state import ROOT

pytestmark = pytest.mark.timeout(900)

# One process, so that Django is loaded once.
BACK_AND_FORTH = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", verbosity=0)  # nothing to do where the suite copied its database
call_command("load_demo", verbosity=0)
rooms = [app.label for app in apps.get_app_configs() if app.name.startswith("initiatives.")]
MigrationExecutor(connection).migrate([(room, None) for room in rooms])
assert not [table for table in connection.introspection.table_names() if table.startswith(tuple(f"{room}_" for room in rooms))]
call_command("migrate", verbosity=0)
"""


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of a database that exists for one test; a copy of a migrated one, where there is one."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name, template = f"migrations_{os.getpid()}", os.environ.get("CXGOV_TEST_TEMPLATE", "template1")
    on_the_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield urlunsplit(server._replace(path=f"/{name}"))
    on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


def on_the_server(statement: str) -> None:
    """Connected no longer than it takes: others copy the database meanwhile."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_they_go_back_and_forward_on_a_filled_database(database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": database, "DEMO": "1", "CXGOV_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", BACK_AND_FORTH], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
