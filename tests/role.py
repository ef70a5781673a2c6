"""The role that the application has in production: what tests ask of its pages, they ask under it.

What a test does itself, it does as the owner of the tables. `serving` is for what shall be done under the role as well. A server
that a test makes for itself (tests/cluster.py) knows no such role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from initiatives.core import privileges

ROLE = "cxgov_of_tests"  # roles are the whole server's: it stays there, and may enter no database that outlives the tests

server: list[Any] = []  # where the role is
serves: list[str] = []  # the role, while it serves

MAKE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test's database with the grants that `migrate` makes."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(MAKE)
        cursor.execute("SELECT pg_has_role(%s, 'MEMBER')", [ROLE])
        if cursor.fetchone() != (True,):
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        privileges.grant(ROLE)
        server[:] = _server()


def _server() -> list[Any]:
    return [connection.settings_dict[part] for part in ("HOST", "PORT")]


@contextmanager
def serving() -> Iterator[None]:
    """Be the application's role; what is asked to become it is no query of the page's."""
    session = connection.connection
    there = session is not None and not session.closed and server == _server()
    if serves or not there or session.info.transaction_status == TRANSACTION_STATUS_INERROR:
        yield
        return
    _say(session, f"SET ROLE {ROLE}")
    serves.append(ROLE)
    try:
        yield
    finally:
        serves.clear()
        if not session.closed and session.info.transaction_status != TRANSACTION_STATUS_INERROR:
            _say(session, "RESET ROLE")


def _say(session: Any, statement: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True, scope="session")
def pages_are_served_under_the_role() -> Iterator[None]:
    asked = Client.request

    def request(self: Client, **words: Any) -> Any:
        with serving():
            return asked(self, **words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield
