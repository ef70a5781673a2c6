"""Money goes both ways between two pools while somebody takes their locks in the wrong order: each is made once or not.

Our own acts take pools in one order and never wait for each other in a ring. Whoever comes by SQL may not, and a later act of
ours might forget it; then the database undoes one of the two. `make soak` moves money 2,000 times.
"""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core import again
from initiatives.funding import books
from initiatives.funding.models import Journal, Pool, Virement, VirementState
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = pytest.mark.django_db(transaction=True)

LOG = logging.getLogger(__name__)
WORKERS = 8
SOON = "SET deadlock_timeout = '500ms'"  # the database looks once for a ring, after so long: time for it to be closed
AWAITED = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


class Unruly(threading.Thread):
    """Somebody who takes the later pool first, and the earlier one once they are waited for: so many times."""

    def __init__(self, first: Pool, then: Pool, rounds: int) -> None:
        super().__init__()
        self.first, self.then, self.rounds = first, then, rounds
        self.holds, self.over = threading.Event(), threading.Event()

    def run(self) -> None:
        with closing(connections.create_connection("default")) as somebody, somebody.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '60s'; SET lock_timeout = '2s'")
            for _ in range(self.rounds):
                cursor.execute("BEGIN")
                self.lock(cursor, self.first)
                self.holds.set()
                self.wait_for_others(cursor)
                with suppress(OperationalError):
                    self.lock(cursor, self.then)
                cursor.execute("ROLLBACK")
                self.over.wait(0.2)  # meanwhile others pass

    def lock(self, cursor: Any, pool: Pool) -> None:
        cursor.execute("SELECT FROM funding_pool WHERE id = %s FOR NO KEY UPDATE", [pool.pk])

    def wait_for_others(self, cursor: Any) -> None:
        while not self.over.is_set():
            cursor.execute(AWAITED)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.003)


@contextmanager
def unruly(first: Pool, then: Pool, rounds: int = 1) -> Iterator[None]:
    somebody = Unruly(first, then, rounds)
    somebody.start()
    somebody.holds.wait(10)
    try:
        yield
    finally:
        somebody.over.set()
        somebody.join(30)


def proposed(treasury: Treasury, giver: Pool, taker: Pool) -> Virement:
    by = treasury.cast.head(giver.department.code) if giver.department else treasury.cast.finance
    return Virement.objects.propose(giver, taker, Decimal(1), reason="Kiosks need a network.", by=by)


def agreed(client: Client, virement: Virement, key: str) -> int:
    """How the page answers the second yes, which moves the money."""
    with connection.cursor() as cursor:
        cursor.execute(SOON)
    return client.post(reverse("funding:virement_agree", args=[virement.pk]), {"key": key, "shown": virement.shown()}).status_code


@pytest.fixture
def pools(treasury: Treasury) -> tuple[Pool, Pool]:
    _ = treasury.cast.head("OPS"), treasury.cast.head("IT")
    return treasury.pool("OPS"), treasury.pool("IT")


@pytest.mark.parametrize(("times", "answer"), [(again.TIMES, 302), (0, 503)], ids=["comes again", "the control: is given up"])
def test_a_transfer_that_met_a_deadlock(
    cast: Cast,
    treasury: Treasury,
    pools: tuple[Pool, Pool],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    answer: int,
) -> None:
    monkeypatch.setattr(again, "TIMES", times)
    virement, (earlier, later), key = proposed(treasury, *pools), pools, str(uuid4())
    client.force_login(cast.head("IT"))
    with unruly(later, earlier):
        assert agreed(client, virement, key) == answer
    if answer == 503:
        assert not Journal.objects.filter(act="transferred").exists()
        virement.refresh_from_db()
        assert virement.state == VirementState.PROPOSED
        assert agreed(client, virement, key) == 302  # what the answer says: send it once more, with the same key
    assert agreed(client, virement, key) == 302  # and once more does nothing
    assert Journal.objects.filter(act="transferred").count() == 1
    assert [treasury.pool(code).free for code in ("OPS", "IT")] == [999, 1001]
    assert books.verify().right


@pytest.mark.timeout(3600)
def test_eight_workers_move_money_both_ways(
    cast: Cast, treasury: Treasury, pools: tuple[Pool, Pool], caplog: pytest.LogCaptureFixture, pytestconfig: pytest.Config
) -> None:
    transfers, (earlier, later) = pytestconfig.getoption("transfers"), pools
    clients = [(Client(), Client()) for _ in range(WORKERS)]
    for both in clients:
        for client, code in zip(both, ("IT", "OPS"), strict=True):
            client.force_login(cast.head(code))

    waiting = [proposed(treasury, *(pools if n % 2 == 0 else reversed(pools))) for n in range(transfers)]

    def work(number: int) -> list[int]:
        answers = []
        for n in range(number, transfers, WORKERS):
            key, client = str(uuid4()), clients[number][n % 2]
            answers.append(agreed(client, waiting[n], key))
            while answers[-1] == 503:
                answers.append(agreed(client, waiting[n], key))
        connection.close()
        return answers

    caplog.set_level(logging.INFO, "initiatives.core.again")
    with unruly(later, earlier, rounds=max(1, transfers // 20)), ThreadPoolExecutor(WORKERS) as workers:
        every = [answer for answers in workers.map(work, range(WORKERS)) for answer in answers]
    assert set(every) <= {302, 503}, "somebody was told of a fault of ours"
    came_again = sum("deadlock" in message for message in caplog.messages)
    assert came_again, "nobody met a deadlock: nothing was tried"
    LOG.info("%d transfers, %d came again, %d were given up and sent anew", every.count(302), came_again, every.count(503))
    assert every.count(302) == Virement.objects.filter(state=VirementState.MADE).count() == transfers
    assert Journal.objects.filter(act="transferred").count() == transfers
    assert sum(treasury.pool(code).free for code in ("OPS", "IT")) == 2000
    assert books.verify().right
