"""A machine of requests, approvals, postings, transfers, budgets, seeds and gates, beside which walks a small model of them.

Each act is really committed, as in the product: what the database checks at the end it checks, and no row grows a tail of
versions that one long transaction would have to look through at each step. Each run has departments, pools and things of its own.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import wraps
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import hypothesis.strategies as st
from hypothesis import assume
from hypothesis.stateful import initialize, invariant, precondition, rule

from initiatives.core.rules import RuleBroken
from initiatives.funding import books
from initiatives.funding.models import Account, BudgetChange, CostObject, FundingRequest, Journal, Kind, Pool, Virement, Way
from initiatives.funding.models.crediting import credit
from initiatives.organization.models import Department, Role, User
from initiatives.portfolio.models import Gate, Initiative
from tests.boards.conftest import bring_to
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.machines import Machine
from tests.pools import kept, opened

CURRENCIES = {"OPS": "EUR", "MKT": "EUR", "USA": "USD"}  # of the pools
PLACES, THINGS = tuple(CURRENCIES), (0, 1)  # thing 0 is an initiative, at whose gates money may wait
GRANTED = Decimal(1_000)  # in each pool
FIRST = {"OPS": Decimal(400), "MKT": Decimal(150)}, {"USA": Decimal(200)}  # given to the first thing at the start
SEEDS = Decimal(50)  # that the pool of OPS gives each thing
AGREED = ("appropriated", "cut", "allocated", "transferred", "release", "reversed")  # one person does not undo it alone
FINANCE = ("finance", "second")
PEOPLE = (*FINANCE, "owner", "other", *PLACES)

BETWEEN = 24  # postings before each other act
POSTED = ("commit", "commit", "decommit", "spend", "release")
CENTS = (1, 1, 20, 999, 2_000, 3_333, 10_000)
amounts = st.sampled_from(CENTS).map(lambda cents: Decimal(cents) / 100)
places, things, people = st.sampled_from(PLACES), st.sampled_from(THINGS), st.sampled_from(PEOPLE)
KINDS = {
    "commit": ("allocated", "committed"),
    "decommit": ("committed", "allocated"),
    "spend": ("committed", "spent"),
    "release": ("allocated", "available"),
}
Move = tuple[Any, Any, Decimal]  # from heap, to heap, amount
numbers = count(1)  # of the runs


@dataclass
class Ask:
    """A request as the model knows it."""

    pk: int
    thing: int
    lines: dict[str, Decimal]
    seed: bool = False
    given: dict[str, str] = field(default_factory=dict)  # a pool, or "" for finance → who
    state: str = "submitted"


@dataclass
class Entry:
    pk: int
    act: str
    by: str
    moves: list[Move]
    reversed: bool = False


@dataclass
class World:
    """The rows of one run."""

    people: dict[str, User]
    pools: dict[str, Pool]
    things: list[CostObject]
    initiative: Initiative
    first: list[FundingRequest]


def a_world(cast: Cast, treasury: Treasury) -> World:
    """Three pools and two things of new departments; their people lead and own here as well."""
    number, people = next(numbers), {"finance": cast.finance, "second": cast.second_finance, "cxo": cast.cxo}
    departments = {code: Department.objects.create(code=f"{code}{number}", name=f"{code} {number}") for code in (*PLACES, "SEC")}
    for code, department in departments.items():
        head = cast.head(code)
        Role.objects.create(person=head, kind="head", department=department, starts=treasury.year.starts)
        people[code] = User.objects.get(pk=head.pk)  # who knows of the new role
    people |= {"owner0": cast.contributor("OPS"), "owner1": cast.contributor("MKT")}
    pools = {
        code: opened(cast, treasury.year, departments[code], GRANTED, by=cast.second_finance, currency=currency)
        for code, currency in CURRENCIES.items()
    }
    kept(cast, pools["OPS"], control="off", seed_limit=SEEDS)
    kept(cast, pools["MKT"], control="stop", tolerance=0)
    kept(cast, pools["USA"], control="off")
    initiative = an_initiative(cast, departments, people, number)
    thing = CostObject.objects.get(pk=initiative.cost_object_id)
    thing.owner = people["owner0"]
    thing.save()
    other, first = CostObject.objects.create(owner=people["owner1"], department=departments["MKT"]), list[FundingRequest]()
    for lines in FIRST:
        request = FundingRequest.objects.draft(
            thing, lines=[(pools[code], part) for code, part in lines.items()], purpose="Kiosks", by=people["owner0"]
        )
        request.submit(by=people["owner0"])
        for who in (*lines, "second"):
            request.approve(by=people[who])
        first.append(request)
    return World(people, pools, [thing, other], initiative, first)


def an_initiative(cast: Cast, departments: dict[str, Department], people: dict[str, User], number: int) -> Initiative:
    """Active; SEC is accountable."""
    initiative = Initiative.objects.draft(
        by=cast.cxo, title=f"Lanes {number}", lead_department=departments["OPS"], problem="Queues"
    )
    initiative.propose_involvement(departments["SEC"], "A", by=cast.cxo).accept(by=people["SEC"])
    bring_to(initiative, "active")
    return initiative


def acting(**drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule of the machine, before which money is posted many times: an act that people seldom take is dear to try."""

    def of(act: Callable[..., None]) -> Callable[..., None]:
        @wraps(act)
        def whole(machine: "Ledger", **given: Any) -> None:
            for _ in range(BETWEEN):
                machine.post()
            act(machine, **given)

        return precondition(lambda machine: machine.ready)(rule(**drawn)(whole))  # type: ignore[no-any-return]  # Hypothesis does not say

    return of


class Ledger(Machine):
    """Heaps of money by (pool, thing, kind), whose names are those of the product; thing None is the pool's own."""

    treasury: Treasury
    counted: Counter[str]

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        assume(seed)  # 0 begins the dullest run of all, which always comes first
        self.chance, self.world, self.ready = random.Random(seed), a_world(self.cast, self.treasury), True
        self.people, self.pools, self.things = self.world.people, self.world.pools, self.world.things
        self.heaps: dict[Any, Decimal] = defaultdict(Decimal)
        self.open: set[tuple[str, int]] = set()  # which pool gave to which thing
        self.asks: list[Ask] = []
        self.entries: list[Entry] = []
        self.gates: list[tuple[int, Decimal]] = []  # those that wait, and what each holds
        self.killed = False
        for place in PLACES:
            self.heaps[place, None, "available"] = GRANTED
        for request, lines in zip(self.world.first, FIRST, strict=True):
            ask = Ask(request.pk, 0, lines, given={place: place for place in lines} | {"": "second"})
            self.asks.append(ask)
            self.allocate(ask, "second")

    def person(self, part: str, thing: int) -> User:
        return self.people[f"owner{thing}" if part == "owner" else f"owner{1 - thing}" if part == "other" else part]

    def thing(self, number: int) -> int:
        """What work still goes on for: where the first was ended at a gate, the other."""
        return 1 if self.killed else number

    def move(self, act: str, by: str, entry: Journal, moves: list[Move]) -> None:
        for source, target, amount in moves:
            self.heaps[source] -= amount
            self.heaps[target] += amount
        self.entries.append(Entry(entry.pk, act, by, moves))

    def take(self, name: str, legal: bool, act: Callable[[], Any]) -> bool:
        """An act is taken exactly when the model says so; one that is refused undoes itself."""
        self.counted["acts"] += 1
        self.counted[f"{name} {'taken' if legal else 'refused'}"] += 1
        try:
            act()
            taken, why = True, "taken"
        except RuleBroken as refused:
            taken, why = False, str(refused)
        assert taken == legal, f"{name}: {why}"
        return taken

    # -- requests ----------------------------------------------------------------------------------------------------------

    @precondition(lambda machine: sum(one.state == "submitted" for one in machine.asks) < 2)  # dear to make
    @acting(
        thing=things, amount=amounts, more=st.sampled_from([None, None, Decimal("0.01"), Decimal("33.33")]),
        place=places, seed=st.booleans(),
    )  # fmt: skip
    def ask(self, thing: int, place: str, amount: Decimal, more: Decimal | None, seed: bool) -> None:
        """The pool of MKT stops what asks for more than it has; the others let everybody ask. Only OPS gives seeds."""
        thing = self.thing(thing)
        lines = {place: amount} | ({PLACES[PLACES.index(place) - 1]: more} if more else {})
        by, made = self.people[f"owner{thing}"], list[int]()

        def act() -> None:
            rows = [(self.pools[code], part) for code, part in lines.items()]
            request = FundingRequest.objects.draft(self.things[thing], lines=rows, purpose="Kiosks", by=by, seed=seed)
            request.submit(by=by)
            made.append(request.pk)

        if self.take("seed" if seed else "ask", self.may_be_asked(lines, thing, seed), act):
            self.asks.append(Ask(made[0], thing, lines, seed))

    def may_be_asked(self, lines: dict[str, Decimal], thing: int, seed: bool) -> bool:
        if len({CURRENCIES[place] for place in lines}) > 1:
            return False
        if seed:
            others = (one for one in self.asks if one.seed and one.thing == thing and one.state != "withdrawn")
            sown = sum((part for one in others for part in one.lines.values()), sum(lines.values()))
            return set(lines) == {"OPS"} and sown <= SEEDS
        asked = sum(one.lines.get("MKT", 0) for one in self.asks if one.state == "submitted")
        return "MKT" not in lines or asked + lines["MKT"] <= self.heaps["MKT", None, "available"]

    @acting(who=st.sampled_from(["right"] * 12 + [*PEOPLE]), which=st.integers(0, 2))
    def approve(self, who: str, which: int) -> None:
        for ask in self.asks[-1 - which : len(self.asks) - which]:
            missing = [code for code in ask.lines if code not in ask.given]
            part = (missing or FINANCE)[0] if who == "right" else who
            due = part if part in missing else "" if not missing and part in FINANCE else None
            legal = ask.state == "submitted" and due is not None and self.enough(ask, due)
            key = uuid4()
            if self.take("approve", legal, lambda ask=ask, part=part, key=key: self.say_yes(ask, part, key)):
                ask.given[due or ""] = part
                if not due or (ask.seed and missing == [due]):  # a seed needs no word of finance's
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

    @acting(which=st.integers(0, 3))
    def withdraw(self, which: int) -> None:
        for ask in self.asks[-1 - which : len(self.asks) - which]:
            requester = self.people[f"owner{ask.thing}"]
            act = lambda ask=ask, by=requester: FundingRequest.objects.get(pk=ask.pk).withdraw(by=by)  # noqa: E731 - one line
            if self.take("withdraw", ask.state == "submitted", act):
                ask.state = "withdrawn"

    # -- postings ----------------------------------------------------------------------------------------------------------

    def post(self) -> None:
        choose, usual = self.chance.choice, self.chance.random() < 0.6
        place, thing = choose(sorted(self.open)) if usual else (choose(PLACES), choose(THINGS))
        act, thing, who = choose(POSTED), self.thing(thing), choose(("finance", "second", "owner") if usual else PEOPLE)
        amount = Decimal(choose(CENTS)) / 100
        source, target = ((place, None if kind == "available" else thing, kind) for kind in KINDS[act])
        may = who in FINANCE if act == "spend" else who in (*FINANCE, "owner")
        settled = act == "spend" and self.approved(who, thing, {place})
        legal = may and (place, thing) in self.open and self.heaps[source] >= amount and not settled
        legal = legal and not self.held_back(act, place, thing, amount)
        by, key, made = self.person(who, thing), uuid4(), list[Journal]()

        def take() -> None:
            for _ in range(2 if amount == 20 else 1):  # the second time is the same form, sent again
                made.append(getattr(self.things[thing], act)(self.pools[place], amount, by=by, key=key, memo="PO 17"))

        if self.take(act, legal, take):
            assert made[0].pk == made[-1].pk
            self.move(act, who, made[0], [(source, target, amount)])

    def approved(self, who: str, thing: int, among: set[str]) -> bool:
        """Whether this person approved some of what these pools gave."""
        return any(
            who in ask.given.values()
            for ask in self.asks
            if ask.state == "allocated" and ask.thing == thing and among & set(ask.lines)
        )

    def held_back(self, act: str, place: str, thing: int, amount: Decimal) -> bool:
        """Whether gates keep this money: their tranches in the own currency, until the last of them all in others."""
        held = sum(tranche for _, tranche in self.gates)
        if thing or not held or act not in ("commit", "release"):
            return False
        if CURRENCIES[place] != "EUR":
            return act == "commit"
        return amount > sum(self.heaps[code, 0, "allocated"] for code in ("OPS", "MKT")) - held

    @acting(
        place=places, amount=st.sampled_from([Decimal("0.01"), Decimal(100), 2 * GRANTED]), way=st.sampled_from(Way), who=people
    )
    def change_budget(self, place: str, amount: Decimal, way: Way, who: str) -> None:
        """The CXO proposes it, and `who` confirms; where that is nobody in finance, finance declines."""
        made: list[BudgetChange] = []
        cut, cxo, pool = way == Way.CUT, self.people["cxo"], self.pools[place]
        legal = not cut or self.heaps[place, None, "available"] >= amount
        propose = lambda: made.append(BudgetChange.objects.propose(pool, way, amount, by=cxo, reason="The board"))  # noqa: E731 - one line
        if not self.take("propose a budget", legal, propose):
            return
        if not self.take("confirm a budget", who in FINANCE, lambda: made[0].confirm(by=self.person(who, 0))):
            made[0].decline(by=self.people["finance"], reason="Not so")
            return
        ends = (place, None, "source"), (place, None, "available")
        source, target = reversed(ends) if cut else ends
        journal = Journal.objects.get(budget_change=made[0])
        self.move("cut" if cut else "appropriated", who, journal, [(source, target, amount)])

    @acting(
        thing=things, amount=amounts, who=st.sampled_from([*FINANCE, *FINANCE, "owner", "OPS"]),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
    )  # fmt: skip
    def credit(self, thing: int, amount: Decimal, who: str, currency: str) -> None:
        """Spent money comes back into the pools that paid; how it is shared among them, others test."""
        paid = {place for place in PLACES if CURRENCIES[place] == currency and self.heaps[place, thing, "spent"]}
        enough = sum(self.heaps[place, thing, "spent"] for place in paid) >= amount
        legal = who in FINANCE and enough and not self.approved(who, thing, paid)
        made, by = list[Journal](), self.person(who, thing)
        act = lambda: made.append(credit(self.things[thing], amount, by=by, key=uuid4(), currency=currency))  # noqa: E731 - one line
        if self.take("credit", legal, act):
            pools = {pool.pk: code for code, pool in self.pools.items()}
            moved = [(pools[pool], part) for pool, part in made[0].transfers.values_list("source__pool", "amount")]
            assert sum(part for _, part in moved) == amount
            moves = [((code, thing, "spent"), (code, thing, "committed"), part) for code, part in moved]
            self.move("credited", who, made[0], moves)

    @acting(
        ends=st.sampled_from([("OPS", "MKT"), ("MKT", "OPS"), ("OPS", "USA")]), amount=amounts,
        proposer=st.sampled_from(["OPS", "MKT", "finance", "owner"]), second=people,
    )  # fmt: skip
    def transfer(self, ends: tuple[str, str], amount: Decimal, proposer: str, second: str) -> None:
        """From pool to pool: proposed by a side or by finance, and then by each side that has not agreed; else taken back."""
        giver, taker = ends
        enough = self.heaps[giver, None, "available"] >= amount
        knows = proposer in (giver, "finance")  # what the giver has
        by, made, pools = self.person(proposer, 0), list[Virement](), [self.pools[code] for code in ends]
        legal = proposer in (*ends, "finance") and (enough or not knows) and CURRENCIES[giver] == CURRENCIES[taker]
        propose = lambda: made.append(Virement.objects.propose(*pools, amount, reason="A network", by=by, key=uuid4()))  # noqa: E731 - one line
        if not self.take("propose a transfer", legal, propose):
            return
        missing = {giver, taker} - {proposer}
        for who in dict.fromkeys([second, giver, taker]):
            agree = lambda who=who: fresh(made[0]).agree(by=self.person(who, 0))  # noqa: E731 - one line
            if self.take("agree to a transfer", who in missing and (enough or len(missing) > 1), agree):
                missing -= {who}
        if missing:
            fresh(made[0]).withdraw(by=by)
            return
        moves = [((giver, None, "available"), (giver, None, "source")), ((taker, None, "source"), (taker, None, "available"))]
        entry = Journal.objects.get(virement=made[0])
        self.move("transferred", proposer, entry, [(source, target, amount) for source, target in moves])

    @acting(which=st.integers(0, 12), who=st.sampled_from([*FINANCE, *FINANCE, "owner", "OPS"]))
    def reverse(self, which: int, who: str) -> None:
        for entry in self.entries[-1 - which : len(self.entries) - which]:
            still = all(target[2] == "source" or self.heaps[target] >= amount for _, target, amount in entry.moves)
            legal = who in FINANCE and who != entry.by and entry.act not in AGREED and not entry.reversed and still
            if entry.act == "decommit":
                (((place, thing, _), _, amount),) = entry.moves
                legal = legal and not self.held_back("commit", place, thing, amount)
            made, by, key = list[Journal](), self.person(who, 0), entry.pk
            back = lambda: made.append(Journal.objects.get(pk=key).reverse(by=by, reason="Wrong"))  # noqa: B023, E731 - at once
            if self.take("reverse", legal, back):
                entry.reversed = True
                self.move("reversed", who, made[0], [(target, source, amount) for source, target, amount in entry.moves])

    # -- gates -------------------------------------------------------------------------------------------------------------

    @precondition(lambda machine: not machine.killed)
    @acting(tranche=amounts, who=st.sampled_from(["cxo", "cxo", "SEC", "finance"]))
    def set_a_gate(self, tranche: Decimal, who: str) -> None:
        """What is committed or spent already is not held any more."""
        sums = {kind: sum(self.heaps[code, 0, kind] for code in ("OPS", "MKT")) for kind in ("allocated", "committed", "spent")}
        used = sums["committed"] + sums["spent"]
        fits = not used or sum(held for _, held in self.gates) + tranche <= sums["allocated"]
        cxo, by = self.people["cxo"], self.people[who]
        milestone = Initiative.objects.get(pk=self.world.initiative.pk).add_milestone("Pilot", cxo.today(), by=cxo)
        made: list[Gate] = []
        act = lambda: made.append(Gate.objects.set_gate(milestone, tranche, must=["Shorter"], should=[], by=by))  # noqa: E731 - one line
        if self.take("set a gate", who == "cxo" and fits, act):
            self.gates.append((made[0].pk, tranche))

    def gate(self) -> Gate:
        """The one that waits for longest."""
        return Gate.objects.select_related("milestone__initiative").get(pk=self.gates[0][0])

    @precondition(lambda machine: machine.gates)
    @acting(met=st.booleans(), who=st.sampled_from(["cxo", "cxo", "SEC", "finance"]))
    def go(self, met: bool, who: str) -> None:
        """The tranche is let go by the CXO, when the milestone is met and what must be is."""
        if met and self.gate().missing():
            self.gate().milestone.meet(by=self.people["SEC"])
            self.gate().answer({one.pk: (True, "Measured.") for one in self.gate().criteria.all()}, by=self.people["SEC"])
        legal = who == "cxo" and not self.gate().missing()
        if self.take("go", legal, lambda: self.gate().go(by=self.people[who], reason="It worked")):
            del self.gates[0]

    @precondition(lambda machine: machine.gates and not any(one.state == "submitted" for one in machine.asks))
    @acting()
    def kill(self) -> None:
        """What nobody committed goes back to its pools with the decision, which is the CXO's alone."""
        for who in ("SEC", "cxo"):
            act = lambda who=who: self.gate().kill(by=self.people[who], reason="It did not work")  # noqa: E731 - one line
            self.take("kill", who == "cxo", act)
        self.killed, self.gates = True, []
        for place in PLACES:
            self.heaps[place, None, "available"] += self.heaps.pop((place, 0, "allocated"), Decimal(0))

    # -- what must be ------------------------------------------------------------------------------------------------------

    @invariant()
    def the_accounts_hold_what_the_model_says(self) -> None:
        if not self.ready:
            return
        pools = {pool.pk: code for code, pool in self.pools.items()}
        named = {thing.pk: number for number, thing in enumerate(self.things)}
        rows = Account.objects.filter(pool__in=pools).values_list("pool", "cost_object", "kind", "balance")
        held = {
            (pools[pool], named.get(thing), kind): balance
            for pool, thing, kind, balance in rows
            if kind != Kind.SOURCE and balance
        }
        assert held == {heap: amount for heap, amount in self.heaps.items() if amount and heap[2] != "source"}

    def teardown(self) -> None:
        if self.ready:
            finding = books.verify()
            assert finding.right, finding.faults


def fresh(virement: Virement) -> Virement:
    return Virement.objects.with_pools().get(pk=virement.pk)
