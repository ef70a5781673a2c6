"""Random interleavings of approvals, withdrawals, edits and lost rights, each act on a connection of its own: only what may be
carried out is carried out. A thousand of them in `make soak`.

Each act is let on by one statement, or some, at a time; a seed says which. What came of it must be what some order of
the same acts, one after the other, comes to in a model that was written apart from the product.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from queue import Queue
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, broken_by
from initiatives.duties import post
from initiatives.funding.books import verify
from initiatives.funding.models import (
    Approval,
    ApprovalLimit,
    CostObject,
    Delegation,
    FundingRequest,
    Journal,
    RequestLine,
    deciding,
)
from initiatives.funding.models.requested import Requested
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20_261_122
GIVE_BUDGET, GIVE_FINANCE = ("head", "deputy", "delegate"), ("finance", "second")
DISTURB = (
    "withdraw", "edit", "expire", "head_ends", "deputy_ends", "delegation_ends", "delegate_leaves", "finance_ends",
    "owner_changes",
)  # fmt: skip
LOST = {"head_ends", "deputy_ends", "delegation_ends", "delegate_leaves", "finance_ends"}
MOST = 4  # at once
LOOK = 0.01  # seconds after which it is looked whether who was let on waits for a lock


@dataclass(frozen=True)
class Model:
    """What may be, in the fewest words: who may give which step now, and what was given to the request as it stands."""

    may: frozenset[str] = frozenset(("head", "deputy", "delegate", "finance", "second"))
    state: str = "submitted"
    budget: str = ""
    signed: str = ""  # who owned it when the budget was given
    owner: str = "requester"

    def without(self, *people: str) -> "Model":
        return replace(self, may=self.may - set(people))

    def able(self, who: str) -> bool:
        """The delegate decides by the head's right; nobody decides about what they own, nor does their delegate."""
        if who == "delegate" and not ("head" in self.may and self.owner != "head"):
            return False
        return who in self.may and self.owner != who

    def then(self, act: str) -> tuple["Model", bool]:
        """What follows, and whether the act is taken."""
        if act in GIVE_BUDGET:
            taken = self.state == "submitted" and not self.budget and self.able(act)
            return (replace(self, budget=act, signed=self.owner), True) if taken else (self, False)
        if act in GIVE_FINANCE:
            valid = bool(self.budget) and self.able(self.budget) and self.signed == self.owner
            taken = self.state == "submitted" and valid and act in self.may
            return (replace(self, state="allocated"), True) if taken else (self, False)
        if act in ("withdraw", "edit", "expire"):
            if self.state != "submitted":
                return self, act == "expire"  # which does nothing, without a word
            if act == "edit" and self.owner != "requester":
                return self, False  # who owns nothing there any more asks for nothing
            return replace(self, state="expired" if act == "expire" else "withdrawn"), True
        return self._lose(act), True

    def _lose(self, act: str) -> "Model":
        if act == "owner_changes":
            return replace(self, owner="head")
        losers = {
            "head_ends": ("head",),
            "deputy_ends": ("deputy",),
            "delegation_ends": ("delegate",),
            "delegate_leaves": ("delegate",),
            "finance_ends": ("finance",),
            "limit_falls": ("head",),
        }
        return self.without(*losers[act])


@dataclass
class World:
    """Requests that wait, and who acts."""

    cast: Cast
    people: dict[str, User]
    requests: list[int]
    begun: list[Model]  # what was given to them already

    def do(self, act: str, request: int) -> None:
        if act in self.people:
            now(request).approve(by=self.people[act])
        else:
            getattr(self, act)(request)

    def withdraw(self, request: int) -> None:
        now(request).withdraw(by=now(request).requester)

    @transaction.atomic
    def edit(self, request: int) -> None:
        """Nothing submitted can be edited: it is withdrawn and asked anew, for a cent more."""
        old = now(request)
        old.withdraw(by=old.requester)
        lines = [(line.pool, line.amount + Decimal("0.01")) for line in old.lines.select_related("pool")]
        FundingRequest.objects.draft(old.cost_object, lines=lines, purpose="Asked anew", by=old.requester).submit(
            by=old.requester
        )

    def expire(self, request: int) -> None:
        FundingRequest.objects.filter(pk=request).update(expires_on=clock.today() - timedelta(days=1))
        now(request).expire()

    def head_ends(self, request: int) -> None:
        Role.objects.filter(person=self.people["head"]).update(ends=today())

    def deputy_ends(self, request: int) -> None:
        Role.objects.filter(person=self.people["deputy"]).update(ends=today())

    def finance_ends(self, request: int) -> None:
        Role.objects.filter(person=self.people["finance"]).update(ends=today())

    def delegation_ends(self, request: int) -> None:
        Delegation.objects.update(ends=today())

    def delegate_leaves(self, request: int) -> None:
        User.objects.filter(pk=self.people["delegate"].pk).update(is_active=False)

    def owner_changes(self, request: int) -> None:
        CostObject.objects.filter(pk=now(request).cost_object_id).update(owner=self.people["head"])

    def limit_falls(self, request: int) -> None:
        limits = ApprovalLimit.objects
        made = limits.create(kind="head", amount=Decimal("0.50"), reason="Rule", by=self.cast.administrator)
        limits.filter(pk=made.pk).update(state="confirmed", decided_by=self.cast.cxo)

    @transaction.atomic
    def everybody_is_back(self) -> None:
        """Past the rules by which nobody gets back an ended role of before."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE organization_role SET ends = NULL WHERE ends IS NOT NULL")
            cursor.execute("UPDATE organization_user SET is_active = true WHERE NOT is_active")
            cursor.execute("UPDATE funding_delegation SET ends = %s", [today() + timedelta(days=7)])


def now(request: int) -> FundingRequest:
    return FundingRequest.objects.select_related("cost_object").get(pk=request)


@pytest.fixture
def world(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> World:
    monkeypatch.setattr(FundingRequest, "ask_deciders", lambda *_, **__: None)  # half of the time; who is asked, others test
    monkeypatch.setattr(post, "ring_the_bell", lambda: None)
    people = {
        "head": cast.head("OPS"), "deputy": cast.deputy("OPS"), "delegate": cast.person("dina_delegate", "contributor", "OPS"),
        "finance": cast.finance, "second": cast.second_finance,
    }  # fmt: skip
    times = pytestconfig.getoption("interleavings")
    _, pool, owner, day = cast.administrator, treasury.pool("OPS", "5000.00"), cast.contributor("OPS"), today()
    days = {"starts": day, "ends": day + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), people["delegate"], by=people["head"], reason="On leave", **days)
    things = CostObject.objects.bulk_create(CostObject(owner=owner, department=pool.department) for _ in range(times))
    found = FundingRequest.objects.bulk_create(
        FundingRequest(cost_object=thing, requester=owner, purpose="Kiosks", currency="EUR") for thing in things
    )
    RequestLine.objects.bulk_create(RequestLine(request=one, pool=pool, amount=Decimal(1)) for one in found)
    later = {"submitted_at": clock.now(), "submitted_on": clock.company_day(), "expires_on": day + timedelta(days=20)}
    FundingRequest.objects.update(state="submitted", **later)
    begun = [Model() if number % 4 == 1 else Model(budget=GIVE_BUDGET[number % 2], signed="requester") for number in range(times)]
    found = list(FundingRequest.objects.select_related("cost_object").order_by("pk"))
    lines = {line.request_id: line for line in RequestLine.objects.select_related("pool")}
    Approval.objects.bulk_create(
        Approval(request=one, step="budget", pool=pool, by=people[model.budget], shown=one.shown([lines[one.pk]]))
        for one, model in zip(found, begun, strict=True)
        if model.budget
    )
    return World(cast, people, [one.pk for one in found], begun)


# -- several at once -----------------------------------------------------------------------------------------------------------


class Turns:
    """Who may send statements to the database, and how many: one worker at a time, and which is chance's to say."""

    def __init__(self, seed: str, many: int) -> None:
        self.chance, self.moved, self.many = random.Random(seed), threading.Condition(), many
        self.running: dict[int, int] = {}  # worker → the process of its connection
        self.turn, self.left, self.steps, self.switched = -1, 0, 0, 0

    def begin(self, worker: int, backend: int) -> None:
        """Once all are here, chance says who is first."""
        with self.moved:
            self.running[worker] = backend
            if len(self.running) == self.many:
                self._another()
            self.moved.notify_all()

    def step(self, worker: int) -> None:
        """Wait for the turn. Who holds it goes on for some statements before it is another's."""
        with self.moved:
            self.steps += 1
            if self.turn == worker and self.left == 0:
                self._another()
            self.moved.wait_for(lambda: self.turn == worker)
            self.left = max(self.left - 1, 0)

    def end(self, worker: int) -> None:
        with self.moved:
            del self.running[worker]
            self.steps += 1
            if self.turn == worker:
                self._another()
            self.moved.notify_all()

    def _another(self, *, than: int = -1) -> None:
        others = [one for one in sorted(self.running) if one != than]
        if others:
            before, self.turn, self.left = self.turn, self.chance.choice(others), self.chance.choice((1, 1, 2, 4, 8, 16))
            self.switched += self.turn != before
            self.moved.notify_all()

    def watch(self) -> None:
        """Until all are through: where who has the turn waits for another's lock, another has it."""
        with self.moved:
            seen = -1
            while self.running or self.turn == -1:
                if not self.moved.wait_for(lambda before=seen: self.steps != before, LOOK) and self._waits():
                    self._another(than=self.turn)
                seen = self.steps

    def _waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.running.get(self.turn, 0)])
            return bool(cursor.fetchone()[0])


class Workers:
    """So many threads, each with its connection, whose statements and commits wait for their turn."""

    def __init__(self, many: int) -> None:
        self.jobs = [Queue[Callable[[Turns], None] | None]() for _ in range(many)]
        self.turns: Turns | None = None
        self.threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(many)]
        for thread in self.threads:
            thread.start()

    def _work(self, worker: int) -> None:
        def in_turn(do: Callable[..., Any], *args: Any) -> Any:
            if self.turns:
                self.turns.step(worker)
            return do(*args)

        connection.ensure_connection()
        backend, commit = connection.connection.info.backend_pid, connection._commit
        connection._commit = lambda: in_turn(commit)
        with connection.execute_wrapper(in_turn):
            while job := self.jobs[worker].get():
                turns = self.turns
                assert turns is not None
                turns.begin(worker, backend)
                job(turns)
                turns.end(worker)
        connection.close()

    def run(self, acts: list[Callable[[], None]], seed: str) -> tuple[list[BaseException | None], int]:
        """What each act was refused with, or None; and how often another had the turn."""
        refused: list[BaseException | None] = [None] * len(acts)

        def job(number: int) -> Callable[[Turns], None]:
            def do(turns: Turns) -> None:
                try:
                    acts[number]()
                except Exception as error:  # it is judged below, in the test's own thread
                    refused[number] = error

            return do

        self.turns = Turns(seed, len(acts))
        for number in range(len(acts)):
            self.jobs[number].put(job(number))
        self.turns.watch()
        return refused, self.turns.switched

    def stop(self) -> None:
        for number, thread in enumerate(self.threads):
            self.jobs[number].put(None)
            thread.join(60)


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(MOST)
    yield made
    made.stop()


def interleaved(world: World, workers: Workers, number: int) -> Counter[str]:
    """One of them: which acts, on how many connections, in which turns; all of it chance's, by its number."""
    chance, request, start = random.Random(f"{SEED} {number}"), world.requests[number], world.begun[number]
    more = chance.choices((DISTURB[:2], DISTURB[2:], GIVE_BUDGET), (2, 6, 1 if start.budget else 3), k=chance.choice((1, 1, 2)))
    acts = [chance.choice(GIVE_FINANCE), *dict.fromkeys(chance.choice(some) for some in more)]
    refused, switched = workers.run([lambda act=act: world.do(act, request) for act in acts], f"{SEED} {number}")
    unexpected = [repr(error) for error in refused if error and not (isinstance(error, RuleBroken) or lost(error))]
    assert not unexpected, f"{number}: {acts}: {unexpected}"
    came = [error is None for error in refused], FundingRequest.objects.values_list("state", flat=True).get(pk=request)
    assert came in [ended(start, acts, order) for order in permutations(range(len(acts)))], f"{number}: {acts}: {came}"
    if set(acts) & LOST:
        world.everybody_is_back()
    return Counter({"switched": switched, "refused": len(acts) - sum(came[0]), came[1]: 1, f"{len(acts)} at once": 1})


def lost(error: BaseException) -> bool:
    """Whether somebody's right ended between the product's look at it and the database's."""
    broken = broken_by(error) if isinstance(error, IntegrityError) else None
    return broken is not None and str(broken).startswith(
        ("Somebody who approved this may no longer", "Who approves holds a role")
    )


def ended(model: Model, acts: list[str], order: Sequence[int]) -> tuple[list[bool], str]:
    """Which acts are taken and what the request is then, when they come in this order, each after the other."""
    taken = [False] * len(acts)
    for number in order:
        model, taken[number] = model.then(acts[number])
    return taken, model.state


@pytest.mark.timeout(3600)
def test_only_what_may_be_is_carried_out_however_acts_interleave(world: World, workers: Workers) -> None:
    times = len(world.requests)
    counted = sum((interleaved(world, workers, number) for number in range(times)), Counter[str]())
    asked = FundingRequest.objects.filter(pk__in=world.requests)
    carried_out = set(asked.filter(state="allocated").values_list("pk", flat=True))
    assert set(Journal.objects.exclude(request=None).values_list("request", flat=True)) == carried_out
    anew = FundingRequest.objects.exclude(pk__in=world.requests)
    assert set(anew.values_list("state", "approvals")) == {("submitted", None)}, "what was edited is approved anew"
    assert counted["allocated"] > times / 10, "interleavings that move no money prove nothing"
    assert min(counted["refused"], counted["3 at once"]) > times / 5
    assert counted["switched"] > 2 * times, "who comes after the other is not interleaved"
    assert verify().faults == []


# -- the negative controls -----------------------------------------------------------------------------------------------------


def without_locks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Recorded, "lock", lambda row, **_: row.refresh_from_db())


def without_what_was_signed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Requested, "shown", lambda *_: "the same")


@pytest.mark.parametrize("lacks", [without_locks, without_what_was_signed])
def test_a_product_that_lacks_one_of_these_is_found_out(
    world: World, workers: Workers, monkeypatch: pytest.MonkeyPatch, lacks: Callable[[pytest.MonkeyPatch], None]
) -> None:
    lacks(monkeypatch)

    def all_of_them() -> None:
        for number in range(len(world.requests)):
            interleaved(world, workers, number)

    with pytest.raises(AssertionError):
        all_of_them()


@pytest.mark.parametrize("act", ["head_ends", "limit_falls"])
def test_the_database_is_the_second_wall(world: World, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    monkeypatch.setattr(deciding, "still_may", lambda *_: True)
    world.do("head", world.requests[1])
    world.do(act, world.requests[1])
    with pytest.raises(IntegrityError, match="may no longer"):
        world.do("finance", world.requests[1])
