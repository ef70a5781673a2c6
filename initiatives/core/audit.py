"""Read the audit trail again from its first seal, and say where it was tampered with.

Every digest is computed here, in Python, from the rows themselves: what the database's own function says is not trusted.
A trail whose end was cut off, or that was sealed anew from the start, is intact in itself; only a head that was noted
elsewhere shows it. That is what `anchor` is for.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

from django.db import connection, transaction

START = "0" * 64
ROWS_AT_ONCE = 2_000

SEALS = """
    SELECT seal.position, seal.event_id, seal.previous, seal.digest,
           event.id, event.at, event.actor_id, event.actor_name, event.on_behalf_of_id, event.verb,
           event.subject_type, event.subject_id, event.changes::text, event.reason
    FROM core_seal AS seal LEFT JOIN core_event AS event ON event.id = seal.event_id
    ORDER BY seal.position
"""
COUNTS = """
    SELECT count(*), count(seal.position), min(event.id) FILTER (WHERE seal.position IS NULL)
    FROM core_event AS event LEFT JOIN core_seal AS seal ON seal.event_id = event.id
"""


@dataclass(frozen=True)
class Fault:
    """The first place at which the trail is not what was sealed: position in the chain, event, and what is wrong."""

    position: int | None
    event: int | None
    fault: str


@dataclass(frozen=True)
class Finding:
    """What was found. `head` is the last seal, "position:digest", worth noting outside of the database."""

    events: int
    sealed: int
    intact: bool
    first_fault: Fault | None
    head: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def verify(*, anchor: str = "") -> Finding:
    """Walk the whole chain. `anchor` is a head ("position:digest") noted earlier, which the chain must still hold."""
    chain = _Chain(anchor)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNTS)
        events, sealed, unsealed = cursor.fetchone()
        for row in _seals():
            if chain.fault:
                break
            chain.follow(row)
    fault = chain.fault or chain.missing_anchor()
    if fault is None and unsealed is not None:
        fault = Fault(None, unsealed, "This event was never sealed.")
    return Finding(events, sealed, fault is None, fault, chain.head)


def _seals() -> Iterator[tuple[Any, ...]]:
    """The chain in order, read through a server-side cursor: memory stays small whatever its length."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(SEALS)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


class _Chain:
    """The chain as far as it was followed."""

    def __init__(self, anchor: str) -> None:
        self.anchor = anchor
        self.anchored = not anchor
        self.position = 0
        self.digest = START
        self.fault: Fault | None = None

    @property
    def head(self) -> str:
        return f"{self.position}:{self.digest}"

    def follow(self, row: tuple[Any, ...]) -> None:
        position, event, previous, digest, *fields = row
        if wrong := self._wrong(position, previous, digest, fields):
            self.fault = Fault(position, event, wrong)
        self.position, self.digest = position, digest
        self.anchored = self.anchored or self.head == self.anchor

    def _wrong(self, position: int, previous: str, digest: str, fields: list[Any]) -> str:
        if position != self.position + 1:
            return f"The chain goes from {self.position} to {position}: a seal was removed."
        if previous != self.digest:
            return "This seal does not follow the one before it: the chain was cut, reordered or sealed anew."
        if fields[0] is None:
            return "The event of this seal was removed."
        if hashlib.sha256((previous + canonical(fields)).encode()).hexdigest() != digest:
            return "The event is not what was sealed: it was edited."
        return ""

    def missing_anchor(self) -> Fault | None:
        if self.anchored:
            return None
        return Fault(None, None, f"The chain does not hold {self.anchor}: its end was cut off, or it was sealed anew.")


def canonical(fields: list[Any]) -> str:
    """The text that is sealed: each field of the event, preceded by its length in bytes (see 0002_seal_at_commit)."""
    number, at, *rest = fields
    instant = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    texts = ["" if field is None else str(field) for field in (number, instant, *rest)]
    return ",".join(f"{len(text.encode())}:{text}" for text in texts)
