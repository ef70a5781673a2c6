"""Several people at once, on a real database: one form posts once, one of two decisions wins, the other is told.

Each promise has its negative control; without the database's guards naive writers overspend.
"""

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding import books
from initiatives.funding.models import Account, CostObject, FundingRequest, Journal, Kind, State, Transfer
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child begins with its own connection
]


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run all acts at the same moment, each in a thread with its own connection; what each returned, or its refusal."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(20)
            results[place] = act()
        except (RuleBroken, IntegrityError) as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


# -- the negative control ------------------------------------------------------------------------------------------------------


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The ledger's tables without triggers and without the check of balances; given back empty and whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'account_not_negative'")
        (check,) = cursor.fetchone()
        cursor.execute("ALTER TABLE funding_account DROP CONSTRAINT account_not_negative")
        for table in ("funding_account", "funding_transfer"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE funding_transfer, funding_account CASCADE")
        cursor.execute(f"ALTER TABLE funding_account ADD CONSTRAINT account_not_negative {check}")
        for table in ("funding_account", "funding_transfer"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_without_the_guards_the_harness_sees_overspending(cast: Cast, treasury: Treasury, unguarded: None) -> None:
    """Read, compute, write: what a ledger would do that trusts Python alone."""
    pool, by = treasury.pool("OPS"), cast.finance
    thing = treasury.cost_object()
    Account.objects.open_for(pool, cost_object=thing)
    source = Account.objects.get(pool=pool, kind=Kind.AVAILABLE)
    target = Account.objects.get(pool=pool, kind=Kind.ALLOCATED)
    Account.objects.filter(pk=source.pk).update(balance=Decimal(1000))

    def naive() -> int:
        taken = 0
        for _ in range(20):
            left = Account.objects.get(pk=source.pk).balance
            if left >= 60:
                time.sleep(0.001)
                journal = Journal.objects.create(act="released", by=by, content="naive")
                Transfer.objects.create(journal=journal, source=source, target=target, amount=Decimal(60))
                Account.objects.filter(pk=source.pk).update(balance=left - 60)
                taken += 60
        return taken

    taken = sum(at_once([naive] * 8))
    assert taken > 1000, "eight naive writers took no more than there was: the harness would not see the fault"
    assert not books.verify().right


# -- the same form twice at once, two deciders at once --------------------------------------------------------------------------


def test_the_same_form_sent_eight_times_at_once_posts_once(cast: Cast, treasury: Treasury) -> None:
    pool, thing, key = treasury.pool("OPS"), treasury.cost_object(), uuid4()
    treasury.funded(thing, OPS="600.00")
    results = at_once([lambda: CostObject.objects.get(pk=thing.pk).commit(pool, Decimal("100.00"), by=cast.finance, key=key)] * 8)
    assert len({entry.pk for entry in results}) == 1
    thing.refresh_from_db()
    assert thing.committed == 100


def test_with_a_key_each_they_post_eight_times(cast: Cast, treasury: Treasury) -> None:
    """The negative control of the test above: it is the key that holds them together."""
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="600.00")
    at_once([lambda: CostObject.objects.get(pk=thing.pk).commit(pool, Decimal("10.00"), by=cast.finance, key=uuid4())] * 8)
    thing.refresh_from_db()
    assert thing.committed == 80


def test_a_double_click_over_http_allocates_once(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    request = treasury.submitted(thing, OPS="600.00")
    request.approve(by=cast.head("OPS"))
    form = {"key": str(uuid4()), "shown": request.shown()}
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(cast.finance)
    address = reverse("funding:request_approve", args=[request.pk])
    answers = at_once([lambda client=client: client.post(address, form) for client in clients])
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, request.get_absolute_url())}
    thing.refresh_from_db()
    assert thing.allocated == 600
    assert Journal.objects.filter(act="allocated").count() == 1


def test_of_two_deciders_at_once_one_wins_and_the_other_is_told(cast: Cast, treasury: Treasury) -> None:
    thing, head, deputy = treasury.cost_object(), cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(thing, OPS="600.00")

    def approve(by: User) -> Callable[[], str]:
        def act() -> str:
            FundingRequest.objects.get(pk=request.pk).approve(by=by)
            return "approved"

        return act

    results = at_once([approve(head), approve(deputy)])
    assert sorted("approved" if result == "approved" else "refused" for result in results) == ["approved", "refused"]
    assert request.approvals.count() == 1
    results = at_once([approve(cast.finance), approve(cast.second_finance)])
    assert sorted("approved" if result == "approved" else "refused" for result in results) == ["approved", "refused"]
    request.refresh_from_db()
    assert request.state == State.ALLOCATED
    assert Journal.objects.filter(act="allocated").count() == 1


def test_approving_and_withdrawing_at_once_ends_in_one_of_both(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    request = treasury.submitted(thing, OPS="600.00")
    request.approve(by=cast.head("OPS"))
    at_once(
        [
            lambda: FundingRequest.objects.get(pk=request.pk).approve(by=cast.finance),
            lambda: FundingRequest.objects.get(pk=request.pk).withdraw(by=request.requester),
        ]
    )
    request.refresh_from_db()
    thing.refresh_from_db()
    assert (request.state, thing.allocated) in {(State.ALLOCATED, 600), (State.WITHDRAWN, 0)}
    assert thing.asked == 0
    assert books.verify().right
