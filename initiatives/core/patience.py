"""How long the database lets one of our sessions hold others up, before it ends what the session does.

A web request is impatient, a background task less so; imports, rebuilds, verifications, the demo world and migrations are
long jobs. The figures are variables (docs/OPERATIONS.md). A process says which patience is its own when it begins: the web
server in cxgov/wsgi.py, worker and beat in cxgov/celery.py, the command line in manage.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import psycopg2
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection

# What PostgreSQL says when it ended a statement or a wait for a lock, or chose between two that waited for each other or that
# cannot both be as if alone. An idle transaction is not among them: its connection is lost, which does not prove that nothing
# was changed.
TIMED_OUT = {"57014": "statement", "55P03": "lock", "40P01": "deadlock", "40001": "serialization"}

# What it says when it ends a session (shut down, crashed, starting up, idle for too long); nothing when it is simply gone.
GONE = ("57P01", "57P02", "57P03", "25P03", None)


class Patience(StrEnum):
    REQUEST = "request"
    TASK = "task"
    LONG_JOB = "long_job"

    def limits(self) -> dict[str, str]:
        """PostgreSQL's settings and their values, in milliseconds."""
        return {name: str(round(seconds * 1000)) for name, seconds in settings.PATIENCE[self].items()}

    def begin(self) -> None:
        """Let every connection that this process opens from now on have this patience."""
        options = settings.DATABASES[DEFAULT_DB_ALIAS].setdefault("OPTIONS", {})
        ours = (f"-c {name}={value}" for name, value in self.limits().items())
        options["options"] = " ".join([options.get("options", ""), *ours]).strip()  # the last one counts

    @contextmanager
    def here(self) -> Iterator[None]:
        """Let this connection have it for the block, and then again what it had before."""
        before = _now()
        _set(self.limits())
        try:
            yield
        finally:
            if connection.is_usable():
                _set(before)


def _now() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(Patience.REQUEST.limits())])
        return dict(cursor.fetchall())


def _set(limits: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def timed_out(error: BaseException | None) -> str:
    """Which limit the database applied ("lock"), or nothing when the error is another one."""
    if not isinstance(error, OperationalError):
        return ""
    return TIMED_OUT.get(getattr(error.__cause__, "pgcode", None) or "", "")


def lost(error: BaseException | None) -> bool:
    """Whether the database went away: it was restarted, it ended our session, or it cannot be reached."""
    cause = getattr(error, "__cause__", None)
    if isinstance(error, InterfaceError):
        return "connection already closed" in str(cause)
    return isinstance(error, OperationalError) and isinstance(cause, psycopg2.Error) and cause.pgcode in GONE
