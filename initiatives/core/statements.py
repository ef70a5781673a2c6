"""What a connection is asked again and again, PostgreSQL plans once (PREPARE, EXECUTE), as psycopg 3 would do by itself.

To plan a question of a page takes PostgreSQL longer than to answer it. The bounds are those of psycopg 3: what was asked five
times over one connection is planned, and of a hundred questions the one that was not asked for longest gives way.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import AsIs
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class of that name

ASKED_BEFORE = 5  # psycopg 3: prepare_threshold
MOST = 100  # psycopg 3: prepared_max
PLANNED = -1  # instead of how often it was asked

_asked: WeakKeyDictionary[Connection, OrderedDict[str, int]] = WeakKeyDictionary()


def statement(
    connection: BaseDatabaseWrapper, name: str, sql: str, params: Sequence[Any], places: dict[int, Any]
) -> tuple[str, tuple[Any, ...]]:
    """The SQL and parameters that ask `sql` now: as it is, or as a planned statement. `places` are the values at positions of
    `params` that are others each time. One name stands for one SQL."""
    plain = tuple(places.get(at, param) for at, param in enumerate(params))
    if not settings.PLANNED_STATEMENTS:
        return sql, plain
    connection.ensure_connection()
    asked = _asked.setdefault(connection.connection, OrderedDict())
    times = asked.pop(name, 0)
    if times == ASKED_BEFORE:
        numbers = {at: AsIs(f"${number}") for number, at in enumerate(places, 1)}
        _run(connection, f'PREPARE "{name}" AS {sql}', tuple(numbers.get(at, param) for at, param in enumerate(params)))
        times = PLANNED
    asked[name] = times if times == PLANNED else times + 1
    if len(asked) > MOST:
        oldest, was = asked.popitem(last=False)
        if was == PLANNED:
            _run(connection, f'DEALLOCATE "{oldest}"')
    if times != PLANNED:
        return sql, plain
    return f'EXECUTE "{name}"' + f" ({', '.join(['%s'] * len(places))})" * bool(places), tuple(places.values())


def _run(connection: BaseDatabaseWrapper, sql: str, params: tuple[Any, ...] | None = None) -> None:
    """Beside Django's cursor: it is no question of the page."""
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(sql, params)
