"""Write a letter: a row now, in the transaction of the act, and a mail within seconds of its commit."""

from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction

from initiatives.core import clock
from initiatives.core.imports import ending
from initiatives.core.imports.models import ImportRun
from initiatives.duties.models import Letter
from initiatives.organization.models import User


def write(template: str, to: User | str, key: str, *, leaves_at: datetime | None = None, **context: Any) -> Letter | None:
    """Put a letter made from templates/letters/`template` into the outbox, for a person or for an address.

    `key` is what makes it one letter: a second one with the same key is not written, and None is returned.
    It leaves at once, or not before `leaves_at`.
    `context` is kept as JSON until the letter was sent: ids and plain values, nothing that the reader may not see.
    """
    now = clock.now()
    whom: dict[str, Any] = {"address": to} if isinstance(to, str) else {"recipient": to}
    letter = Letter(template=template, key=key, context=context, written_at=now, next_try_at=leaves_at or now, **whom)
    written = Letter.objects.enqueue([letter])
    if not written:
        return None
    if leaves_at is None:
        transaction.on_commit(ring_the_bell, robust=True)
    return written[0]


def carry(template: str, *, to: User | None, email: str, key: str, context: dict[str, Any]) -> None:
    """Letters of the room below come in here (initiatives/organization/letters.py)."""
    write(template, to or email, key, **context)


def import_ended(run: ImportRun) -> None:
    """Write to who began an import that it has ended: at once if it took long, else if they have not heard of it by then."""
    began = run.confirmed_at or run.uploaded_at
    waited = (run.ended_at or began) - began
    leaves_at = None if waited > ending.LONG else clock.now() + ending.LONG
    write("import_ended", run.by, f"import {run.pk} ended", leaves_at=leaves_at, run=run.pk)


def ring_the_bell() -> None:
    """Call a worker. When the broker is away this fails and is logged; the letter waits for the next round."""
    current_app.send_task("duties.deliver")
