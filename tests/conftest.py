"""What every test shares: the cast, no network, and a database that forgets between tests although it is append-only."""

import gc
import os
import socket
from collections.abc import Iterable, Iterator
from typing import Any

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections, transaction
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

from cxgov.celery import app

pytest_plugins = ["tests.browser", "tests.cast", "tests.live", "tests.role"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread that asks the database
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected
settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
hypothesis.settings.register_profile("ci", deadline=None, max_examples=60, print_blob=True)
hypothesis.settings.load_profile("ci")

# Hashes stay Argon2, so that a separate process verifies them, but cost next to nothing.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1

if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Each process of a parallel run has a broker and cache of its own, or one's Celery worker takes the other's tasks.
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + 1 + int(worker)}"
    settings.CACHES["default"]["LOCATION"] = settings.CELERY_BROKER_URL = app.conf.broker_url = os.environ["REDIS_URL"]

if template := os.environ.get("CXGOV_TEST_TEMPLATE"):  # migrated already: each process copies it
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = template


def _drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """Drop a test's database, also while a thread that some race left behind is connected to it."""
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)} WITH (FORCE)")


DatabaseCreation._destroy_test_db = _drop  # type: ignore[method-assign]  # one run's databases are nobody else's

_connect = socket.socket.connect


def _connect_to_loopback(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else ""  # a Unix socket's address is a path
    if host and host not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"Tests do not use the network, but this one asked for {host}.")
    _connect(self, address)


socket.socket.connect = _connect_to_loopback  # type: ignore[method-assign]  # replaced on purpose


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, and the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    soak = parser.getgroup("soak", "the long races of `make soak`")
    soak.addoption("--operations", type=int, default=500, help="of each of the eight writers")
    soak.addoption("--acts", type=int, default=20_000, help="of the machine of requests, approvals and postings")
    soak.addoption("--transfers", type=int, default=8, help="between two pools, both ways, by eight workers at once")
    soak.addoption("--kills", type=int, default=6, help="writers that are killed with SIGKILL meanwhile")
    soak.addoption("--interleavings", type=int, default=300, help="of acts on one request, on several connections")
    soak.addoption("--lost", type=int, default=32, help="answers to forms on money, which are sent again")
    soak.addoption("--edits", type=int, default=1, help="times that two people change each field of each form")
    soak.addoption("--outages", type=int, default=1, help="times that the database of a web server is killed under load")
    soak.addoption("--every", type=int, default=1, help="an act is killed at every so many of its steps")
    soak.addoption("--crashes", type=int, default=1, help="times that the database is killed with SIGKILL meanwhile")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For what is made once for a module: around the transactions of its tests (`db`), and undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


installed: dict[str, int] = {}  # by table, the last row that migrations wrote


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """What the installation wrote is there for every test, whatever ran before it."""
    with django_db_blocker.unblock():
        for model in apps.get_models():
            if model.__module__.startswith("initiatives.") and (last := model._default_manager.order_by("-pk").first()):
                installed[model._meta.db_table] = last.pk


@pytest.fixture(autouse=True, scope="session")
def history_is_emptied_between_transactional_tests() -> Iterator[None]:
    """Tests that really commit leave rows, also in append-only tables. This flush alone gets past their triggers.

    It deletes from the tables that have rows, but not what the installation wrote. To truncate all of them, as Django does,
    makes each of a thousand files anew.
    """

    def sql_flush(self: DatabaseOperations, style: Any, tables: Iterable[str], **kwargs: Any) -> list[str]:
        names = [self.quote_name(table) for table in tables]
        if not names:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))
            filled = [name for (name,) in cursor.fetchall()]
        since = {self.quote_name(table): f" WHERE id > {last}" for table, last in installed.items()}
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}{since.get(name, '')}" for name in filled)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
