"""Senders that are killed in the middle of it, against a real SMTP server: nothing is lost, and a doubt is one doubt."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from initiatives.core import clock
from initiatives.duties import post
from initiatives.duties.models import Letter, State
from tests.cast import Cast
from tests.live import Inbox, Worker, until

LETTERS = 12

SEND = "from initiatives.duties import outbox; outbox.deliver_all()"
# The control: a sender that marks a letter as sent before the server has it.
MARK_FIRST = """
from initiatives.duties.models import Letter
hold = Letter.hold
Letter.hold = lambda self, *, now: hold(self, now=now) and (self.mark_sent(now=now) or True)
"""


@dataclass
class Senders:
    """Processes that send everything that is due, one after the other, to a server that may kill them."""

    inbox: Inbox
    before: str = ""  # run in the process before it sends
    process: "subprocess.Popen[bytes] | None" = None
    seen: Counter[str] = field(default_factory=Counter)

    def run(self, *, kill_at: int = 0, accepted: bool = False) -> None:
        """Let one process send; kill it at its message number `kill_at`, before or after the server has `accepted` it."""
        arrived = 0
        keep = self.inbox.handle_DATA

        async def handle(server: Any, session: Any, envelope: Any) -> str:
            nonlocal arrived
            arrived += 1
            kill = arrived == kill_at
            if kill and not accepted:
                self.kill()
                return "451 the sender is gone"
            answer = await keep(server, session, envelope)
            if kill:
                self.kill()
            return answer

        self.inbox.handle_DATA = handle  # type: ignore[method-assign]  # replaced on purpose
        server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        database = f"{server}/{connection.settings_dict['NAME']}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", f"{self.before}\n{SEND}"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database, "EMAIL_URL": self.inbox.url},
        )
        status = self.process.wait(60)
        assert status == (-signal.SIGKILL if kill_at else 0)
        self.inbox.handle_DATA = keep  # type: ignore[method-assign]  # replaced on purpose
        past = clock.now() - timedelta(seconds=1)  # as if the lease's minutes had gone by
        Letter.objects.filter(state=State.SENDING).update(leased_until=past)

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def received(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.inbox.messages)


@pytest.fixture
def written(transactional_db: None, cast: Cast) -> set[str]:
    for number in range(LETTERS):
        post.write("password_reset", cast.ceo, f"reset {number}")
    return set(Letter.objects.values_list("message_id", flat=True))


def test_killed_senders_lose_nothing_and_repeat_only_what_was_in_doubt(written: set[str], smtp: Inbox) -> None:
    senders = Senders(smtp)
    senders.run(kill_at=3, accepted=False)
    senders.run(kill_at=4, accepted=True)
    senders.run()
    received = senders.received()
    assert set(received) == written
    assert sorted(received.values()) == [1] * (LETTERS - 1) + [2]  # the one that had been accepted at the kill
    assert set(Letter.objects.values_list("state", flat=True)) == {State.SENT}
    assert Letter.objects.filter(in_doubt=True).count() == 2
    assert set(Letter.objects.filter(in_doubt=True).values_list("attempts", flat=True)) == {2}
    assert set(Letter.objects.filter(in_doubt=False).values_list("attempts", flat=True)) == {1}


def test_marking_before_sending_would_lose_a_letter(written: set[str], smtp: Inbox) -> None:
    """The control: the same kill is seen as a loss when the mark comes first."""
    senders = Senders(smtp, before=MARK_FIRST)
    senders.run(kill_at=3, accepted=False)
    senders.run()
    assert len(written - set(senders.received())) == 1


def test_a_celery_worker_sends_a_letter_as_soon_as_it_is_written(cast: Cast, client: Client, worker: Worker, smtp: Inbox) -> None:
    client.post("/account/password/reset/", {"email": cast.ceo.email})
    [mail] = smtp.wait_for(cast.ceo.email)
    assert mail["Message-ID"] == Letter.objects.get().message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    until(lambda: Letter.objects.get().state == State.SENT)
    assert Letter.objects.get().attempts == 1
