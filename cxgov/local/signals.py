"""Ctrl-C, SIGTERM and a closed terminal, turned into one exception at any moment; what comes after it is not heard."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end. Not an Exception: nothing but the outermost function may catch it."""


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Raise Stopped at the first ending signal, also in the middle of starting up; `deaf` from then on."""

    def hear(number: int, frame: FrameType | None) -> None:
        deaf()
        raise Stopped(signal.Signals(number).name)

    before = {sign: signal.signal(sign, hear) for sign in ENDING}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def deaf() -> None:
    """Hear no further signal: while the children are ended in order, a second Ctrl-C must not leave some behind."""
    for sign in ENDING:
        signal.signal(sign, lambda number, frame: None)
