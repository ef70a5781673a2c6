"""Send what stands in the outbox. Any number of senders may run at once, and any of them may be killed at any time."""

import logging
import smtplib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Count, Min

from initiatives.core import clock
from initiatives.core.readiness import Finding
from initiatives.duties import compose
from initiatives.duties.models import Letter, State

log = logging.getLogger(__name__)

BATCH = 50
LATE = timedelta(minutes=5)  # a letter that has been due for longer makes the product unready


@dataclass
class Round:
    """What one round of delivery came to."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    given_back: int = 0

    @property
    def settled(self) -> int:
        return self.sent + self.dropped + self.failed

    def add(self, other: "Round") -> None:
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


def deliver(limit: int = BATCH) -> Round:
    """Send up to `limit` letters that are due, over one connection; each is marked after the server has accepted it."""
    done = Round()
    letters = Letter.objects.claim(limit, now=clock.now())
    connection: BaseEmailBackend = get_connection()
    try:
        for place, letter in enumerate(letters):
            try:
                connection.open()
            except OSError as error:  # smtplib's errors are OSErrors too
                log.warning("No mail server: %s", error)
                rest = Letter.objects.filter(pk__in=[one.pk for one in letters[place:]])
                done.given_back = rest.give_back(f"No mail server: {error}"[:500])
                break
            _send(letter, connection, done)
    finally:
        connection.close()
    return done


def deliver_all() -> Round:
    """Send everything that is due, batch after batch."""
    total = Round()
    while True:
        done = deliver()
        total.add(done)
        if done.given_back or not done.settled:
            return total


def _send(letter: Letter, connection: BaseEmailBackend, done: Round) -> None:
    now = clock.now()
    if not letter.hold(now=now):
        return  # another sender has it
    try:
        mail = compose.mail(letter, now=now)
    except compose.Needless as needless:
        letter.mark_dropped(str(needless))
        done.dropped += 1
        return
    except SoftTimeLimitExceeded:  # not the letter's fault: it stays leased, and the next round takes it up
        raise
    except Exception as error:  # a letter that cannot be written stops no other
        log.exception("Letter %s cannot be written", letter.pk)
        letter.mark_failed(f"It could not be written: {error!r}"[:500], now=now)
        done.failed += 1
        return
    try:
        connection.send_messages([mail])
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.warning("Letter %s was not accepted: %s", letter.pk, error)
        letter.mark_failed(_what_the_server_said(error), now=now)
        done.failed += 1
        connection.close()  # the next letter starts on a clean one
        return
    letter.mark_sent(now=now)
    done.sent += 1


def _what_the_server_said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"The mail server answered {error.smtp_code} {said}"[:500]
    return f"Sending failed: {error!r}"[:500]


def status() -> dict[str, Any]:
    """Letters by state; seconds that the oldest due one has waited; sent or waiting in doubt; the last ones given up."""
    now = clock.now()
    counts = dict(Letter.objects.values_list("state").annotate(count=Count("pk")).order_by("state"))
    dead = Letter.objects.filter(state=State.DEAD).order_by("-pk")
    return {
        **{state.value: counts.get(state.value, 0) for state in State},
        "oldest_queued_seconds": oldest_seconds(now),
        "in_doubt": Letter.objects.filter(in_doubt=True).count(),
        "leases_run_out": Letter.objects.filter(state=State.SENDING, leased_until__lte=now).count(),
        "given_up": [
            {"letter": one.pk, "template": one.template, "attempts": one.attempts, "reason": one.reason} for one in dead
        ],
    }


def oldest_seconds(now: datetime) -> float | None:
    """How long the letter that should have left first has been due; None when none is."""
    first = Letter.objects.due(now).aggregate(first=Min("next_try_at"))["first"]
    return None if first is None else round((now - first).total_seconds(), 1)


def readiness() -> Finding:
    """Well as long as no letter has been due for more than LATE. Those given up are counted: administrators see to them."""
    age = oldest_seconds(clock.now())
    facts = {"oldest_seconds": age, "given_up": Letter.objects.given_up().count()}
    return Finding(age is None or age <= LATE.total_seconds(), facts)
