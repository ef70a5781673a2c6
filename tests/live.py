"""Real processes and servers for tests that need them: a web server, a Celery worker, an SMTP server.

live     the address of a web server in this process, on the test's database
smtp     an SMTP server that keeps what it receives
worker   a Celery worker process on the test's database and broker, which sends its mail to `smtp`
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from cxgov.celery import app
from cxgov.local.servers import free_port

PATIENCE = 30.0  # seconds


def until(true: Callable[[], Any], *, seconds: float = PATIENCE, otherwise: Callable[[], str] = lambda: "") -> Any:
    """Poll until the answer is true and return it; fail with `otherwise` when it never is."""
    end = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > end:
            pytest.fail(f"Waited {seconds:.0f} s in vain. {otherwise()}")
        time.sleep(0.05)
    return answer


@pytest.fixture
def live(live_server: Any, settings: Any) -> str:
    """Pages in a real browser or over real HTTP; what the test commits is there, and the other way round."""
    settings.PUBLIC_URL = live_server.url
    return str(live_server.url)


@dataclass
class Inbox:
    """What the SMTP server received, in order; `refuses` makes it answer everything with that line instead."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, address: str, count: int = 1) -> list[EmailMessage]:
        """The messages to this address, as soon as there are `count`."""
        found: list[EmailMessage] = until(
            lambda: letters if len(letters := self.to(address)) >= count else None,
            otherwise=lambda: f"Received: {[(str(m['To']), str(m['Subject'])) for m in self.messages]}",
        )
        return found

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return self.refuses
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[Inbox]:
    inbox = Inbox(free_port())
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    yield inbox
    controller.stop()


@dataclass
class Worker:
    """A running Celery worker: `kill` ends it as a crash would."""

    start: Callable[[], "subprocess.Popen[bytes]"]
    log: Path
    process: "subprocess.Popen[bytes]" = field(init=False)

    def up(self) -> None:
        """Start it (again) and wait until it takes tasks."""
        begun = self.log.stat().st_size if self.log.exists() else 0
        self.process = self.start()
        until(lambda: b" ready." in self.log.read_bytes()[begun:] or self.process.poll() is not None, otherwise=self.said)
        assert self.process.poll() is None, self.said()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]


@pytest.fixture
def worker(transactional_db: None, smtp: Inbox, tmp_path: Path) -> Iterator[Worker]:
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "EMAIL_URL": smtp.url,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "CXGOV_DATA": str(tmp_path),
    }
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "cxgov", "worker", "--loglevel", "INFO", "--concurrency", "2"]

    def start() -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            return subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    app.control.purge()  # what earlier tests rang for is not this test's
    running = Worker(start, log)
    running.up()
    yield running
    running.stop()
