"""Who waited for a pool is told what stands there now, by the act and not by the database."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from initiatives.funding import books
from initiatives.funding.models import BudgetChange, FundingRequest, Way
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND %s = ANY (pg_blocking_pids(pid)))"


def told(act: Callable[[], Any], meanwhile: Callable[[], Any]) -> str:
    """What is told to who does the act while another does something in a transaction, and waits for it to end."""
    heard: list[str] = []

    def lose() -> None:
        try:
            act()
        except Exception as refused:  # read below
            heard.append(f"{type(refused).__name__}: {refused}")
        finally:
            connection.close()

    loser = threading.Thread(target=lose)
    with closing(connections.create_connection("default")) as somebody, somebody.cursor() as cursor, transaction.atomic():
        meanwhile()
        loser.start()
        ours, until = connection.connection.info.backend_pid, time.monotonic() + 10
        while time.monotonic() < until:
            cursor.execute(WAITS, [ours])
            if cursor.fetchone()[0]:
                break
            time.sleep(0.003)
        else:
            pytest.fail("Nobody waited.")
    loser.join(10)
    assert books.verify().right
    return next(iter(heard), "")


def test_two_requests_for_more_than_a_pool_has(cast: Cast, treasury: Treasury) -> None:
    first, second = (treasury.submitted(treasury.cost_object(), OPS="600.00") for _ in range(2))
    for request in (first, second):
        request.approve(by=cast.head("OPS"))
    assert (
        told(lambda: second.approve(by=cast.finance), lambda: first.approve(by=cast.second_finance))
        == "RuleBroken: Ops department 2026 has 400.00 EUR free; 600.00 is asked."
    )


def test_a_budget_is_cut_whose_money_was_given_meanwhile(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="600.00")
    request.approve(by=cast.head("OPS"))
    cut = BudgetChange.objects.propose(treasury.pool("OPS"), Way.CUT, Decimal(500), by=cast.cxo, reason="Savings")
    assert (
        told(lambda: cut.confirm(by=cast.finance), lambda: request.approve(by=cast.second_finance))
        == "RuleBroken: Ops department 2026 has 400.00 EUR free; its budget is not cut by 500.00."
    )


def test_a_pool_that_stops_what_is_more_than_it_has(cast: Cast, treasury: Treasury) -> None:
    kept(cast, treasury.pool("OPS"), control="stop")
    first, second = (treasury.draft(treasury.cost_object(), OPS="600.00") for _ in range(2))

    def submit(request: FundingRequest) -> None:
        request.submit(by=request.requester)

    assert (
        told(lambda: submit(second), lambda: submit(first))
        == "RuleBroken: Ops department 2026 is asked for more than it has to give."
    )


def test_who_waited_and_finds_enough_goes_on(cast: Cast, treasury: Treasury) -> None:
    first, second = (treasury.submitted(treasury.cost_object(), OPS="500.00") for _ in range(2))
    for request in (first, second):
        request.approve(by=cast.head("OPS"))
    assert told(lambda: second.approve(by=cast.finance), lambda: first.approve(by=cast.second_finance)) == ""
    assert treasury.pool("OPS").free == 0
