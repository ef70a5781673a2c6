"""Any sequence of requests, approvals and postings: each act is taken exactly when a small model says so, and then every account
holds what the model says. Acts by people who may and who may not; `make soak` has twenty thousand of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import invariant, precondition, rule

from initiatives.core.rules import RuleBroken
from initiatives.funding import books
from initiatives.funding.models import Account, BudgetChange, CostObject, FundingRequest, Journal, Kind, Pool, Virement, Way
from initiatives.funding.models.crediting import credit
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.machines import Machine, run
from tests.pools import kept

PARTS = 4
GRANTED, FIRST = Decimal(100), {"OPS": Decimal(60), "MKT": Decimal(20)}  # in each pool; given to the first thing at the start
PLACES, THINGS = ("OPS", "MKT"), (0, 1)
AGREED = ("appropriated", "cut", "allocated", "transferred", "release", "reversed")  # one person does not undo it alone
FINANCE, PEOPLE = ("finance", "second"), ("finance", "second", "owner", "other", "OPS", "MKT")

amounts = st.sampled_from([1, 1, 20, 999, 2_000, 3_333, 10_000]).map(lambda cents: Decimal(cents) / 100)
places, things, people = st.sampled_from(PLACES), st.sampled_from(THINGS), st.sampled_from(PEOPLE)
posted = st.tuples(st.sampled_from(["commit", "commit", "decommit", "spend", "release"]), places, things, amounts, people)
KINDS = {
    "commit": ("allocated", "committed"),
    "decommit": ("committed", "allocated"),
    "spend": ("committed", "spent"),
    "release": ("allocated", "available"),
}
Move = tuple[Any, Any, Decimal]  # from heap, to heap, amount


@dataclass
class Ask:
    """A request as the model knows it."""

    pk: int
    thing: int
    lines: dict[str, Decimal]
    given: dict[str, str] = field(default_factory=dict)  # a pool, or "" for finance → who
    state: str = "submitted"


@dataclass
class Entry:
    pk: int
    act: str
    by: str
    moves: list[Move]
    reversed: bool = False


def fresh(virement: Virement) -> Virement:
    return Virement.objects.with_pools().get(pk=virement.pk)


class Ledger(Machine):
    """Heaps of money by (pool, thing, kind), whose names are those of the product; thing None is the pool's own."""

    people: dict[str, User]
    pools: dict[str, Pool]
    things: list[CostObject]
    first: FundingRequest
    counted: Counter[str]

    def prepare(self) -> None:
        self.heaps: dict[Any, Decimal] = defaultdict(Decimal)
        self.open: set[tuple[str, int]] = set()  # which pool gave to which thing
        self.asks: list[Ask] = []
        self.entries: list[Entry] = []
        for place in PLACES:
            self.heaps[place, None, "available"] = GRANTED
        first = Ask(self.first.pk, 0, FIRST, {"OPS": "OPS", "MKT": "MKT", "": "second"})
        self.asks.append(first)
        self.allocate(first, "second")

    def person(self, part: str, thing: int) -> User:
        return self.people[f"owner{thing}" if part == "owner" else f"owner{1 - thing}" if part == "other" else part]

    def move(self, act: str, by: str, entry: Journal, moves: list[Move]) -> None:
        for source, target, amount in moves:
            self.heaps[source] -= amount
            self.heaps[target] += amount
        self.entries.append(Entry(entry.pk, act, by, moves))

    def take(self, legal: bool, act: Callable[[], Any]) -> bool:
        """Each act undoes itself when it is refused: this machine has no other day and needs no savepoint of its own."""
        self.counted["acts"] += 1
        self.counted["taken"] += legal
        try:
            act()
            taken, why = True, "taken"
        except RuleBroken as refused:
            taken, why = False, str(refused)
        assert taken == legal, why
        return taken

    # -- requests ----------------------------------------------------------------------------------------------------------

    @precondition(lambda machine: machine.ready and sum(one.state == "submitted" for one in machine.asks) < 2)  # dear to make
    @rule(thing=things, amount=amounts, more=st.sampled_from([None, Decimal("0.01"), Decimal("33.33")]), place=places)
    def ask(self, thing: int, place: str, amount: Decimal, more: Decimal | None) -> None:
        """The pool of MKT stops what asks for more than it has; that of OPS lets everybody ask."""
        lines = {place: amount} | ({PLACES[1 - PLACES.index(place)]: more} if more else {})
        by, asked = self.people[f"owner{thing}"], sum(one.lines.get("MKT", 0) for one in self.asks if one.state == "submitted")
        legal = "MKT" not in lines or asked + lines["MKT"] <= self.heaps["MKT", None, "available"]
        made: list[int] = []

        def act() -> None:
            rows = [(self.pools[code], part) for code, part in lines.items()]
            request = FundingRequest.objects.draft(self.things[thing], lines=rows, purpose="Kiosks", by=by)
            request.submit(by=by)
            made.append(request.pk)

        if self.take(legal, act):
            self.asks.append(Ask(made[0], thing, lines))

    @rule(who=st.sampled_from(["right", "right", "right", *PEOPLE]), which=st.integers(0, 3))
    def approve(self, who: str, which: int) -> None:
        for ask in self.asks[-1 - which : len(self.asks) - which]:
            missing = [code for code in ask.lines if code not in ask.given]
            part = (missing or FINANCE)[0] if who == "right" else who
            due = part if part in missing else "" if not missing and part in FINANCE else None
            legal = ask.state == "submitted" and due is not None and self.enough(ask, due)
            key = uuid4()
            if self.take(legal, lambda ask=ask, part=part, key=key: self.say_yes(ask, part, key)):
                ask.given[due or ""] = part
                if not due:
                    self.allocate(ask, part)

    def say_yes(self, ask: Ask, part: str, key: UUID) -> None:
        FundingRequest.objects.get(pk=ask.pk).approve(by=self.person(part, ask.thing), key=key)

    def enough(self, ask: Ask, due: str) -> bool:
        lines = {due: ask.lines[due]} if due else ask.lines
        return all(self.heaps[code, None, "available"] >= amount for code, amount in lines.items())

    def allocate(self, ask: Ask, by: str) -> None:
        ask.state = "allocated"
        moves = [((code, None, "available"), (code, ask.thing, "allocated"), amount) for code, amount in ask.lines.items()]
        self.move("allocated", by, Journal.objects.get(request=ask.pk), moves)
        self.open |= {(code, ask.thing) for code in ask.lines}

    @rule(which=st.integers(0, 3))
    def withdraw(self, which: int) -> None:
        for ask in self.asks[-1 - which : len(self.asks) - which]:
            requester = self.people[f"owner{ask.thing}"]
            act = lambda ask=ask, by=requester: FundingRequest.objects.get(pk=ask.pk).withdraw(by=by)  # noqa: E731 - one line
            if self.take(ask.state == "submitted", act):
                ask.state = "withdrawn"

    # -- postings ----------------------------------------------------------------------------------------------------------

    @rule(acts=st.lists(posted, min_size=35, max_size=40))
    def post(self, acts: list[tuple[str, str, int, Decimal, str]]) -> None:
        for act, place, thing, amount, who in acts:
            self.post_one(act, place, thing, amount, who)

    def post_one(self, act: str, place: str, thing: int, amount: Decimal, who: str) -> None:
        source, target = ((place, None if kind == "available" else thing, kind) for kind in KINDS[act])
        may = who in FINANCE if act == "spend" else who in (*FINANCE, "owner")
        given = [ask for ask in self.asks if ask.state == "allocated" and ask.thing == thing and place in ask.lines]
        approved = any(who in ask.given.values() for ask in given)
        legal = may and (place, thing) in self.open and self.heaps[source] >= amount and not (act == "spend" and approved)
        by, key, made = self.person(who, thing), uuid4(), list[Journal]()

        def take() -> None:
            for _ in range(2 if amount == 1 else 1):  # the second time is the same form, sent again
                made.append(getattr(self.things[thing], act)(self.pools[place], amount, by=by, key=key, memo="PO 17"))

        if self.take(legal, take):
            assert made[0].pk == made[-1].pk
            self.move(act, who, made[0], [(source, target, amount)])

    @rule(place=places, amount=amounts, way=st.sampled_from([Way.RAISE, Way.RAISE, Way.CUT]), who=people)
    def change_budget(self, place: str, amount: Decimal, way: Way, who: str) -> None:
        """The CXO proposes it, and `who` confirms; where that is nobody in finance, finance declines."""
        made: list[BudgetChange] = []
        cut, cxo, pool = way == Way.CUT, self.people["cxo"], self.pools[place]
        legal = not cut or self.heaps[place, None, "available"] >= amount
        if not self.take(legal, lambda: made.append(BudgetChange.objects.propose(pool, way, amount, by=cxo, reason="The board"))):
            return
        if not self.take(who in FINANCE, lambda: made[0].confirm(by=self.person(who, 0))):
            made[0].decline(by=self.people["finance"], reason="Not so")
            return
        ends = (place, None, "source"), (place, None, "available")
        source, target = reversed(ends) if cut else ends
        journal = Journal.objects.get(budget_change=made[0])
        self.move("cut" if cut else "appropriated", who, journal, [(source, target, amount)])

    @rule(thing=things, amount=amounts, who=st.sampled_from([*FINANCE, *FINANCE, "owner", "OPS"]))
    def credit(self, thing: int, amount: Decimal, who: str) -> None:
        """Spent money comes back into the pools that paid; how it is shared among them, others test."""
        paid = {place for place in PLACES if self.heaps[place, thing, "spent"]}
        given = [ask for ask in self.asks if ask.state == "allocated" and ask.thing == thing and paid & set(ask.lines)]
        approved = any(who in ask.given.values() for ask in given)
        enough = sum(self.heaps[place, thing, "spent"] for place in PLACES) >= amount
        made: list[Journal] = []
        by = self.person(who, thing)
        if self.take(
            who in FINANCE and enough and not approved,
            lambda: made.append(credit(self.things[thing], amount, by=by, key=uuid4())),
        ):
            pools = {pool.pk: code for code, pool in self.pools.items()}
            moved = [(pools[pool], part) for pool, part in made[0].transfers.values_list("source__pool", "amount")]
            assert sum(part for _, part in moved) == amount
            self.move(
                "credited", who, made[0], [((code, thing, "spent"), (code, thing, "committed"), part) for code, part in moved]
            )

    @rule(giver=places, amount=amounts, proposer=st.sampled_from(["OPS", "MKT", "finance", "owner"]), second=people)
    def transfer(self, giver: str, amount: Decimal, proposer: str, second: str) -> None:
        """From pool to pool: proposed by a side or by finance, and then by each side that has not agreed; else taken back."""
        taker = PLACES[1 - PLACES.index(giver)]
        enough = self.heaps[giver, None, "available"] >= amount
        knows = proposer in (giver, "finance")  # what the giver has
        made: list[Virement] = []
        by, pools = self.person(proposer, 0), (self.pools[giver], self.pools[taker])
        legal = proposer != "owner" and (enough or not knows)
        if not self.take(
            legal, lambda: made.append(Virement.objects.propose(*pools, amount, reason="A network", by=by, key=uuid4()))
        ):
            return
        missing = {giver, taker} - {proposer}
        for who in dict.fromkeys([second, giver, taker]):
            last = len(missing) == 1
            if self.take(who in missing and (enough or not last), lambda who=who: fresh(made[0]).agree(by=self.person(who, 0))):
                missing -= {who}
        if missing:
            fresh(made[0]).withdraw(by=by)
            return
        moves = [((giver, None, "available"), (giver, None, "source")), ((taker, None, "source"), (taker, None, "available"))]
        entry = Journal.objects.get(virement=made[0])
        self.move("transferred", proposer, entry, [(source, target, amount) for source, target in moves])

    @rule(which=st.integers(0, 12), who=st.sampled_from([*FINANCE, *FINANCE, "owner", "OPS"]))
    def reverse(self, which: int, who: str) -> None:
        for entry in self.entries[-1 - which : len(self.entries) - which]:
            still = all(target[2] == "source" or self.heaps[target] >= amount for _, target, amount in entry.moves)
            other = who in FINANCE and who != entry.by
            legal = other and entry.act not in AGREED and not entry.reversed and still
            made: list[Journal] = []
            by = self.person(who, 0)
            if self.take(
                legal, lambda e=entry, m=made, by=by: m.append(Journal.objects.get(pk=e.pk).reverse(by=by, reason="Wrong"))
            ):
                entry.reversed = True
                self.move("reversed", who, made[0], [(target, source, amount) for source, target, amount in entry.moves])

    # -- what must be ------------------------------------------------------------------------------------------------------

    @invariant()
    def the_accounts_hold_what_the_model_says(self) -> None:
        if not self.ready:
            return
        pools = {pool.pk: code for code, pool in self.pools.items()}
        named = {thing.pk: number for number, thing in enumerate(self.things)}
        held = {
            (pools[pool], named.get(thing), kind): balance
            for pool, thing, kind, balance in Account.objects.values_list("pool", "cost_object", "kind", "balance")
            if kind != Kind.SOURCE and balance
        }
        assert held == {heap: amount for heap, amount in self.heaps.items() if amount and heap[2] != "source"}

    def teardown(self) -> None:
        if self.ready:
            finding = books.verify()
            assert finding.right, finding.faults
        super().teardown()


@pytest.fixture
def world(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two pools, two things, each with its owner; heads and two people in finance."""
    monkeypatch.setattr(FundingRequest, "ask_deciders", lambda *_, **__: None)  # half of the time; who is asked, others test
    monkeypatch.setattr(BudgetChange, "ask", lambda *_, **__: None)
    people = {
        "cxo": cast.cxo,
        "finance": cast.finance,
        "second": cast.second_finance,
        "OPS": cast.head("OPS"),
        "MKT": cast.head("MKT"),
    }
    people |= {"owner0": cast.contributor("OPS"), "owner1": cast.contributor("MKT")}
    pools = {code: treasury.pool(code, str(GRANTED)) for code in PLACES}
    kept(cast, pools["OPS"], control="off")
    kept(cast, pools["MKT"], control="stop", tolerance=0)
    things = [treasury.cost_object(people["owner0"], "OPS"), treasury.cost_object(people["owner1"], "MKT")]
    first = treasury.funded(things[0], **{code: str(amount) for code, amount in FIRST.items()})
    pools = {code: treasury.pool(code) for code in PLACES}
    return {"people": people, "pools": pools, "things": things, "first": first, "counted": Counter()}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(3600)
def test_every_sequence_of_acts_ends_where_the_model_says(
    cast: Cast, world: dict[str, Any], part: int, pytestconfig: pytest.Config
) -> None:
    counted, seeds, acts = world["counted"], count(part, PARTS), pytestconfig.getoption("acts") / PARTS
    while counted["acts"] < acts:
        run(Ledger, cast, examples=5, steps=50, part=next(seeds), **world)
    assert counted["taken"] > acts / 10


def test_the_model_notices_who_posts_without_the_right(
    cast: Cast, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: where everybody may, the product and the model part ways."""
    monkeypatch.setattr(CostObject, "_obstacle_to", lambda *_: None)
    with pytest.raises(AssertionError):
        run(Ledger, cast, examples=5, steps=50, **world)
