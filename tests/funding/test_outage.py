"""The database dies under load and comes back: the web says so meanwhile, is soon back, and keeps what it acknowledged.

`make soak` kills the database ten times.
"""

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from cxgov.local.servers import free_port
from initiatives.core import audit
from initiatives.funding import books
from initiatives.funding.models import Journal
from tests.cast import Cast
from tests.cluster import FORGETFUL, own_cluster
from tests.funding.conftest import Treasury
from tests.live import until

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS, FEW = 4, 10
BACK_WITHIN = 5.0  # seconds from when the database is there to the first form that is done
LOG = logging.getLogger(__name__)


@contextmanager
def web(url: str, folder: Path) -> Iterator[int]:
    """gunicorn on this database: its port."""
    port = free_port()
    more = {"DATABASE_URL": url, "DATABASE_OWNER_URL": "", "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    command = ["-m", "gunicorn", "cxgov.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=settings.BASE_DIR, env={**os.environ, **more}, stdout=log, stderr=log
        )
    try:
        until(lambda: is_up(port), otherwise=lambda: (folder / "web.log").read_text()[-2000:])
        yield port
    finally:
        process.terminate()
        process.wait()


def is_up(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def ask(port: int, method: str, path: str, cookies: str = "", form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """The status of the answer, the cookies that it sets, its text."""
    browser = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    browser.request(method, path, urlencode(form or {}), headers)
    answer = browser.getresponse()
    text = answer.read().decode()
    browser.close()
    return answer.status, "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])), text


class Sender(Thread):
    """Sends one commitment after another, each with its own key again until it is done; and remembers the keys of those."""

    def __init__(self, port: int, path: str, cookies: str, form: dict[str, str]) -> None:
        super().__init__()
        self.port, self.path, self.cookies, self.form, self.over = port, path, cookies, form, Event()
        self.acknowledged: list[tuple[str, float]] = []
        self.others: list[int] = []

    def run(self) -> None:
        while not self.over.is_set():
            key = str(uuid4())
            while not self.over.is_set():
                status, _, _ = ask(self.port, "POST", self.path, self.cookies, {**self.form, "key": key})
                if status == 302:
                    self.acknowledged.append((key, time.monotonic()))
                    break
                self.others.append(status)
                self.over.wait(0.05)


@contextmanager
def load(port: int, session: str, path: str, pool: int) -> Iterator[list[Sender]]:
    page, cookies, text = ask(port, "GET", reverse("funding:pools"), session)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert page == 200
    assert token is not None
    form = {"pool": str(pool), "amount": "0.01", "memo": "Screws", "csrfmiddlewaretoken": token[1]}
    senders = [Sender(port, path, f"{session}; {cookies}", form) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        yield senders
    finally:
        for sender in senders:
            sender.over.set()
        for sender in senders:
            sender.join()


def done_since(senders: list[Sender], moment: float) -> list[float]:
    return sorted(at - moment for sender in senders for _, at in list(sender.acknowledged) if at > moment)


def lost(senders: list[Sender]) -> set[str]:
    """What was acknowledged and is not in the ledger."""
    connection.close()  # it may have been opened to the server that died
    kept = {str(key) for key in Journal.objects.values_list("key", flat=True)}
    return {key for sender in senders for key, _ in sender.acknowledged} - kept


@pytest.fixture
def place(cast: Cast, treasury: Treasury) -> tuple[str, str, int]:
    """Whose session, which form, of which pool."""
    thing, client = treasury.cost_object(), Client()
    treasury.funded(thing, OPS="900.00")
    client.force_login(cast.finance)
    session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return session, reverse("funding:commit", args=[thing.pk]), treasury.pool("OPS").pk


def test_the_web_is_back_soon_and_keeps_what_it_acknowledged(
    place: tuple[str, str, int], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    took = []
    with own_cluster() as cluster, web(cluster.url, tmp_path) as port:
        with load(port, *place) as senders:
            for _ in range(pytestconfig.getoption("outages")):
                begun = time.monotonic()
                until(lambda since=begun: len(done_since(senders, since)) > FEW)  # type: ignore[misc]  # bound at once
                before = sum(len(sender.others) for sender in senders)
                cluster.kill()
                until(lambda many=before: sum(len(sender.others) for sender in senders) > many)  # type: ignore[misc]  # so is this
                cluster.start()
                there = time.monotonic()
                took.append(until(lambda since=there: done_since(senders, since))[0])  # type: ignore[misc]  # and this
        assert {status for sender in senders for status in sender.others} == {503}
        assert max(took) < BACK_WITHIN
        assert lost(senders) == set()
        assert books.verify().right
        assert audit.verify().intact
    LOG.info("%d outages, the first form done after %s s", len(took), ", ".join(f"{seconds:.2f}" for seconds in took))


def test_a_database_that_forgets_is_found_out_by_its_web(place: tuple[str, str, int], tmp_path: Path) -> None:
    """The negative control: it acknowledges what it has not written."""
    with own_cluster(**FORGETFUL) as cluster, web(cluster.url, tmp_path) as port:
        with load(port, *place) as senders:
            begun = time.monotonic()
            until(lambda: len(done_since(senders, begun)) > FEW)
            cluster.kill()
        cluster.start()
        assert lost(senders)
