"""Writers of random acts of money, who keep a record of their own, may be killed at any moment and are started again."""

import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import Error, OperationalError, connection, connections, transaction

from initiatives.core.patience import lost
from initiatives.core.rules import RuleBroken
from initiatives.funding import books
from initiatives.funding.models import CostObject, FundingRequest, Journal, Pool
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

POOLS, SEED = ("OPS", "MKT", "SEC", ""), 20_261_122
KEYS = UUID("6d0f6a2e-5f0c-4d0b-9a56-3c1b8f1d2c07")
ACTS = {"commit": 44, "spend": 20, "release": 22, "reverse": 11, "approve": 3}  # in a hundred
RECOVERY = 60  # seconds that a writer waits for a crashed database


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


def set_scene(cast: Cast, treasury: Treasury, times: int = 1) -> Scene:
    """Four pools of 1,000; four cost objects with 100 from each; requests for more than is left, waiting for finance.

    All of it so many `times`, that there is money for as many more operations.
    """
    owner, reverser = cast.contributor("OPS"), cast.person("rita_finance", "finance")
    things = [treasury.cost_object(owner) for _ in range(4)]
    share = f"{100 * times}.00"
    shares = {code or "CENTRAL": share for code in POOLS}
    for code in POOLS:
        treasury.pool(code, f"{1000 * times}.00")
    heads = [cast.cxo if not code else cast.head(code) for code in POOLS]

    def approved(thing: CostObject, **amounts: str) -> FundingRequest:
        request = treasury.submitted(thing, **amounts)
        for code, head in zip(POOLS, heads, strict=True):
            if (code or "CENTRAL") in amounts:
                request.approve(by=head)
        return request

    for thing in things:
        approved(thing, **shares).approve(by=cast.second_finance)
    waiting = [approved(things[n % 4], **{POOLS[n // 4 % 4] or "CENTRAL": share}).pk for n in range(32)]
    pools = tuple(treasury.pool(code).pk for code in POOLS)
    return Scene(
        pools, tuple(t.pk for t in things), tuple(waiting), owner.pk, cast.finance.pk, cast.second_finance.pk, reverser.pk
    )


@dataclass
class Record:
    """What a writer tried and what came of it, written down before and after each act: it outlives the writer."""

    file: Path
    tried: int = 0  # operations begun
    doubtful: bool = False  # of the last one nobody knows how it ended
    refused: int = 0
    again: int = 0  # tried once more, because its end was not known
    acknowledged: list[int] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> "Record":
        record = cls(file)
        for line in file.read_text().splitlines() if file.exists() else []:
            record.take(*json.loads(line))
        return record

    def take(self, what: str, value: Any = None) -> None:
        if what == "try":
            self.again += self.doubtful
            self.tried, self.doubtful = value, True
            return
        self.doubtful = False
        match what:
            case "done" if value:
                self.acknowledged.append(value)
            case "refused":
                self.refused += 1
            case "unexpected":
                self.unexpected.append(value)

    def write(self, what: str, value: Any = None) -> None:
        with self.file.open("a") as lines:
            lines.write(json.dumps([what, value]) + "\n")
        self.take(what, value)


class Writer:
    """One process of random acts. What its act number n is depends on these numbers and its record alone, and so does the key:
    a writer that was killed, or lost the database, does the same once more, and it must count once."""

    def __init__(self, scene: Scene, number: int, file: Path, progress: Any) -> None:
        connections.close_all()
        self.scene, self.number, self.record, self.progress = scene, number, Record.read(file), progress

    @cached_property
    def people(self) -> dict[int, User]:
        scene = self.scene
        return User.objects.in_bulk([scene.owner, scene.poster, scene.approver, scene.reverser])

    @cached_property
    def pools(self) -> list[Pool]:
        return list(Pool.objects.filter(pk__in=self.scene.pools).select_related("year", "department").order_by("pk"))

    @cached_property
    def things(self) -> list[CostObject]:
        return list(CostObject.objects.filter(pk__in=self.scene.things).order_by("pk"))

    def run(self, operations: int) -> None:
        for n in range(self.record.tried + (not self.record.doubtful), operations + 1):
            self.record.write("try", n)
            while not self.settled(n):
                self.record.write("try", n)
            self.progress[self.number] = n

    def settled(self, n: int) -> bool:
        """Whether it is known how the act ended; else the database went away in the middle of it, and is back now."""
        try:
            entry = self.act(n)
        except RuleBroken:
            self.record.write("refused")
        except Error as error:
            if lost(error):
                wait_for_the_database()
                return False
            self.record.write("unexpected", repr(error))
        except Exception as error:  # it is read where the records are
            self.record.write("unexpected", repr(error))
        else:
            self.record.write("done", entry and entry.pk)
        return True

    def act(self, n: int) -> Journal | None:
        chance, key, scene = random.Random(f"{SEED} {self.number} {n}"), uuid5(KEYS, f"{self.number} {n}"), self.scene
        pool, thing = chance.choice(self.pools), chance.choice(self.things)
        amount = Decimal(chance.randint(1, 6000)) / 100
        match chance.choices(list(ACTS), list(ACTS.values()))[0]:
            case "commit":
                return thing.commit(pool, amount, by=self.people[scene.owner], key=key)
            case "spend":
                return thing.spend(pool, amount, by=self.people[scene.poster], key=key)
            case "release":
                return thing.release(pool, amount, by=self.people[scene.owner], key=key)
            case "approve":
                request = FundingRequest.objects.get(pk=chance.choice(scene.requests))
                request.approve(by=self.people[scene.approver], key=key)
                return FundingRequest.objects.get(pk=request.pk).allocation
        if not self.record.acknowledged:
            return None
        entry = Journal.objects.get(pk=chance.choice(self.record.acknowledged))
        return entry.reverse(by=self.people[scene.reverser], reason="Race", key=key)


def wait_for_the_database() -> None:
    until = time.monotonic() + RECOVERY
    while True:
        connection.close()
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def write(scene: Scene, number: int, operations: int, file: Path, progress: Any) -> None:
    Writer(scene, number, file, progress).run(operations)
    connections.close_all()


def audit(stop: Event, told: "Queue[tuple[int, list[str]]]") -> None:
    """Count the whole ledger again and again while the others write; every snapshot must add up."""
    connections.close_all()
    snapshots, faults = 0, []
    while not stop.is_set():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                faults += [str(fault) for fault in books.verify().faults]
            snapshots += 1
        except Error as error:
            if not lost(error):
                raise
            wait_for_the_database()
        time.sleep(0.2)
    told.put((snapshots, faults))
    connections.close_all()


@dataclass
class Outcome:
    """What a race left behind."""

    records: list[Record]
    snapshots: int
    faults: list[str]  # in the snapshots
    operations: int

    @property
    def unfinished(self) -> list[str]:
        """Writers that ended before their work."""
        return [record.file.name for record in self.records if record.doubtful or record.tried < self.operations]

    @property
    def acknowledged(self) -> list[int]:
        return [entry for record in self.records for entry in record.acknowledged]

    @property
    def refused(self) -> int:
        return sum(record.refused for record in self.records)

    @property
    def again(self) -> int:
        return sum(record.again for record in self.records)

    @property
    def unexpected(self) -> list[str]:
        return [error for record in self.records for error in record.unexpected]

    @property
    def lost(self) -> set[int]:
        """Entries that were acknowledged and are not there; or whose number was given once more, because they were forgotten."""
        there = Journal.objects.filter(pk__in=self.acknowledged).values_list("pk", flat=True)
        twice = {entry for entry, times in Counter(self.acknowledged).items() if times > 1}
        return set(self.acknowledged) - set(there) | twice


class Race:
    """So many writers, so many operations each; their processes, and what is done to them at even shares of the work."""

    def __init__(self, scene: Scene, folder: Path, *, writers: int, operations: int) -> None:
        self.scene, self.operations = scene, operations
        self.forks, self.chance = multiprocessing.get_context("fork"), random.Random(SEED)
        self.files = [folder / f"{number}.jsonl" for number in range(writers)]
        self.progress = self.forks.RawArray("q", writers)
        self.running: dict[int, Any] = {}

    def begin(self, number: int) -> None:
        process = self.forks.Process(target=write, args=(self.scene, number, self.operations, self.files[number], self.progress))
        process.start()
        self.running[number] = process

    def kill_one(self) -> None:
        number = self.chance.choice(list(self.running))
        self.running[number].kill()
        self.running[number].join()
        self.begin(number)

    def run(self, **blows: tuple[int, Callable[[], None]]) -> Outcome:
        """Each of `blows` is struck so many times: `kills=(4, race.kill_one)`."""
        stop, told = self.forks.Event(), self.forks.Queue()
        whole = len(self.files) * self.operations
        due = sorted(
            ((whole * (n + 1) / (times + 1), name, blow) for name, (times, blow) in blows.items() for n in range(times)),
            key=lambda one: one[:2],
        )
        connections.close_all()
        auditor = self.forks.Process(target=audit, args=(stop, told))
        auditor.start()
        for number in range(len(self.files)):
            self.begin(number)
        try:
            while self.running:
                while due and sum(self.progress) >= due[0][0]:
                    due.pop(0)[2]()
                time.sleep(0.005)
                self.running = {number: process for number, process in self.running.items() if process.is_alive()}
            stop.set()
            snapshots, faults = told.get(timeout=60)
        finally:
            for process in (auditor, *self.running.values()):
                process.join(5)
                process.kill()
        assert not due, "the race ended before all of it was struck"
        return Outcome([Record.read(file) for file in self.files], snapshots, faults, self.operations)
