"""Write a letter: a row now, in the transaction of the act, and a mail within seconds of its commit."""

from typing import Any

from celery import current_app
from django.db import transaction

from initiatives.core import clock
from initiatives.duties.models import Letter
from initiatives.organization.models import User


def write(template: str, to: User | str, key: str, **context: Any) -> Letter | None:
    """Put a letter made from templates/letters/`template` into the outbox, for a person or for an address.

    `key` is what makes it one letter: a second one with the same key is not written, and None is returned.
    `context` is kept as JSON until the letter was sent: ids and plain values, nothing that the reader may not see.
    """
    letter = queue(template, to, key, **context)
    if letter is not None:
        transaction.on_commit(ring_the_bell, robust=True)
    return letter


def queue(template: str, to: User | str, key: str, **context: Any) -> Letter | None:
    """As `write`, but nobody is called: the next minute's round finds it."""
    now = clock.now()
    whom: dict[str, Any] = {"address": to} if isinstance(to, str) else {"recipient": to}
    letter = Letter(template=template, key=key, context=context, written_at=now, next_try_at=now, **whom)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return Letter.objects.filter(key=key, message_id=letter.message_id).first()


def ring_the_bell() -> None:
    """Call a worker. When the broker is away this fails and is logged; the letter waits for the next round."""
    current_app.send_task("duties.deliver")
