"""What the database undid so that somebody else could go on is done once more: thrice, after a moment each; then it is given up.

Two that wait for each other's locks are a deadlock, of which the database ends one; a lock that is held too long ends who waits
for it. Of either nothing stays, so that the same may simply be tried again. A lost connection is another matter: nobody knows
what became of the commit.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from initiatives.core.patience import timed_out

log = logging.getLogger(__name__)

UNDONE = ("deadlock", "serialization", "lock")
TIMES = 3
FIRST_MOMENT = 0.05  # seconds at most, then twice and four times as long; by chance, or the same two meet again

Done = TypeVar("Done")


def moments(*, within: float | None = None) -> Iterator[float]:
    """How long to pause before each further try; none begins more than `within` seconds after the first one began."""
    began = time.monotonic()
    for n in range(TIMES):
        if within is not None and time.monotonic() - began > within:
            return
        yield random.uniform(FIRST_MOMENT / 5, FIRST_MOMENT) * 2**n  # noqa: S311 - it protects nothing


def pause(seconds: float, what: str, limit: str) -> None:
    """Wait, and say what comes again."""
    log.info("%s comes again: %s", what, limit)
    time.sleep(seconds)


def persistently(act: Callable[[], Done], what: str) -> Done:
    """Run an act that may run twice, such as a task, until the database lets it; within a transaction only once."""
    for seconds in moments():
        try:
            return act()
        except OperationalError as error:
            limit = timed_out(error)
            if limit not in UNDONE or connection.in_atomic_block:
                raise
        pause(seconds, what, limit)
    return act()


class Committed:
    """Watches this thread's connection: whether anything of what was done was committed."""

    def __init__(self) -> None:
        self.anything = False

    def watch(self) -> AbstractContextManager[None]:
        return connection.execute_wrapper(self)

    def __call__(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if connection.in_atomic_block:
            transaction.on_commit(self._note)  # a rollback forgets it
        elif not sql.startswith(("SELECT", "EXECUTE")):  # what is planned once (statements.py) asks, and changes nothing
            self._note()
        return execute(sql, *more)

    def _note(self) -> None:
        self.anything = True
