"""Progress that others see while the import's own transaction is still open.

The rows of an import become visible all at once, at its commit; so would its progress. Therefore progress is written through
a second connection that commits at once. PostgreSQL rather than Redis: the page reads the row that it reads anyhow, and
whether the run lives is asked of the same database that holds its locks. The import's transaction does not touch the
run's row until progress has stopped, so that the two never wait for each other.
"""

from types import TracebackType
from typing import Self

from django.db import connections

from initiatives.core.imports.models import ImportRun, RunState
from initiatives.core.rules import RuleBroken

STEPS = 100  # how often progress is written, at most


class Cancelled(RuleBroken):
    """Somebody asked to stop."""


class Progress:
    """Counts rows; every hundredth of the way writes the count, and asks whether to go on."""

    def __init__(self, run: ImportRun, rows: int, done: int = 0) -> None:
        self.run, self.rows, self.done = run, rows, done
        self.every = max(1, rows // STEPS)
        self.connection = connections.create_connection("default")

    def __enter__(self) -> Self:
        self._tell()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.connection.close()

    def row_done(self) -> None:
        self.done += 1
        if self.done % self.every == 0:
            self._tell()

    def _tell(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_importrun SET rows = %s, rows_done = %s, seen_at = now()"
                " WHERE id = %s AND state = %s RETURNING cancel_asked",
                [self.rows, self.done, self.run.pk, RunState.RUNNING],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise Cancelled("Cancelled.")
