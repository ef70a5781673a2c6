"""Many writers at once, on a real database: nothing is overspent, nothing acknowledged is lost, nothing is done twice.

Each promise has its negative control: without the database's guards the same harness sees the fault.
"""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding import books
from initiatives.funding.models import Account, CostObject, FundingRequest, Journal, Kind, Pool, State, Transfer
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child begins with its own connection
]

WRITERS, OPERATIONS, POOLS = 8, 500, ("OPS", "MKT", "SEC", "")
SEED = 20_261_122


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


# -- 8 writers × 500 operations on 4 pools -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """Ids of what the writers work on."""

    pools: tuple[int, ...]
    things: tuple[int, ...]
    requests: tuple[int, ...]
    owner: int
    poster: int
    approver: int
    reverser: int


def set_scene(cast: Cast, treasury: Treasury) -> Scene:
    """Four pools of 1,000; four cost objects with 100 from each; requests for more than is left, waiting for finance."""
    owner, reverser = cast.contributor("OPS"), cast.person("rita_finance", "finance")
    things = [treasury.cost_object(owner) for _ in range(4)]
    shares = {code or "CENTRAL": "100.00" for code in POOLS}
    for code in POOLS:
        treasury.pool(code)
    heads = [cast.cxo if not code else cast.head(code) for code in POOLS]

    def approved(thing: CostObject, **amounts: str) -> FundingRequest:
        request = treasury.submitted(thing, **amounts)
        for code, head in zip(POOLS, heads, strict=True):
            if (code or "CENTRAL") in amounts:
                request.approve(by=head)
        return request

    for thing in things:
        approved(thing, **shares).approve(by=cast.second_finance)
    waiting = [approved(things[n % 4], **{POOLS[n // 4 % 4] or "CENTRAL": "100.00"}).pk for n in range(32)]
    pools = tuple(treasury.pool(code).pk for code in POOLS)
    return Scene(
        pools, tuple(t.pk for t in things), tuple(waiting), owner.pk, cast.finance.pk, cast.second_finance.pk, reverser.pk
    )


class Writer:
    """One process of random acts: what was acknowledged, what was refused, and what should not have happened."""

    def __init__(self, scene: Scene, number: int) -> None:
        connections.close_all()
        self.scene, self.chance = scene, random.Random(SEED + number)
        people = User.objects.in_bulk([scene.owner, scene.poster, scene.approver, scene.reverser])
        self.owner, self.poster = people[scene.owner], people[scene.poster]
        self.approver, self.reverser = people[scene.approver], people[scene.reverser]
        self.pools = list(Pool.objects.filter(pk__in=scene.pools).select_related("year", "department"))
        self.things = list(CostObject.objects.filter(pk__in=scene.things))
        self.acknowledged: list[int] = []
        self.refused, self.unexpected = 0, list[str]()

    def act(self) -> Journal | None:
        pool, thing = self.chance.choice(self.pools), self.chance.choice(self.things)
        amount = Decimal(self.chance.randint(1, 6000)) / 100
        match self.chance.choices(("commit", "spend", "release", "reverse", "approve"), (44, 20, 22, 11, 3))[0]:
            case "commit":
                return thing.commit(pool, amount, by=self.owner, key=uuid4())
            case "spend":
                return thing.spend(pool, amount, by=self.poster, key=uuid4())
            case "release":
                return thing.release(pool, amount, by=self.owner, key=uuid4())
            case "approve":
                request = FundingRequest.objects.get(pk=self.chance.choice(self.scene.requests))
                request.approve(by=self.approver, key=uuid4())
                return request.allocation
        if not self.acknowledged:
            return None
        entry = Journal.objects.get(pk=self.chance.choice(self.acknowledged))
        return entry.reverse(by=self.reverser, reason="Race", key=uuid4())

    def run(self, operations: int) -> None:
        for _ in range(operations):
            try:
                if (entry := self.act()) is not None:
                    self.acknowledged.append(entry.pk)
            except RuleBroken:
                self.refused += 1
            except (IntegrityError, OperationalError) as error:
                self.unexpected.append(repr(error))


def write(scene: Scene, number: int, start: Barrier, told: "Queue[tuple[list[int], int, list[str]]]") -> None:
    writer = Writer(scene, number)
    start.wait(60)
    writer.run(OPERATIONS)
    told.put((writer.acknowledged, writer.refused, writer.unexpected))
    connections.close_all()


def audit(stop: Event, told: "Queue[tuple[int, list[str]]]") -> None:
    """Count the whole ledger again and again while the others write; every snapshot must add up."""
    connections.close_all()
    snapshots, faults = 0, []
    while not stop.is_set():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            faults += [str(fault) for fault in books.verify().faults]
        snapshots += 1
        time.sleep(0.2)
    told.put((snapshots, faults))
    connections.close_all()


@pytest.mark.timeout(400)  # 30 s on two free cores; more on busy ones
def test_eight_writers_overspend_nothing_and_lose_nothing(cast: Cast, treasury: Treasury) -> None:
    scene = set_scene(cast, treasury)
    forks = multiprocessing.get_context("fork")
    start, stop, told, seen = forks.Barrier(WRITERS), forks.Event(), forks.Queue(), forks.Queue()
    connections.close_all()
    writers = [forks.Process(target=write, args=(scene, number, start, told)) for number in range(WRITERS)]
    auditor = forks.Process(target=audit, args=(stop, seen))
    for process in (auditor, *writers):
        process.start()
    try:
        answers = [told.get(timeout=280) for _ in writers]
        stop.set()
        snapshots, faults = seen.get(timeout=30)
    finally:
        for process in (auditor, *writers):
            process.join(5)
            process.kill()

    acknowledged = [pk for entries, _, _ in answers for pk in entries]
    assert [error for _, _, errors in answers for error in errors] == []
    assert len(acknowledged) == len(set(acknowledged)) > WRITERS * OPERATIONS / 10
    assert sum(refused for _, refused, _ in answers) > WRITERS * OPERATIONS / 10, "the pools were never short: nothing was tried"
    assert Journal.objects.filter(pk__in=acknowledged).count() == len(acknowledged), "an acknowledged entry is missing"
    assert faults == []
    assert snapshots >= 5
    finding = books.verify()
    assert finding.right, finding.faults
    assert finding.balance == "0.00"
    for pool in Pool.objects.all():
        assert pool.appropriated == 1000
        assert pool.free >= 0


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
