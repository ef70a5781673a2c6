"""A thousand orders in which approvals, withdrawals and lost rights may come: only what may be carried out is carried out.

Orders share their beginnings: they are walked as a tree with savepoints, so that each beginning is acted out once. Beside the
product walks a model that was written apart from it, and says of every single act whether it is taken.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.funding.books import verify
from initiatives.funding.models import ApprovalLimit, CostObject, Delegation, FundingRequest, Journal, deciding
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

ORDERS, SEED = 1_000, 20_261_122
GIVE_BUDGET, GIVE_FINANCE = ("head", "deputy", "delegate"), ("finance", "second")
DISTURB = (
    "withdraw", "edit", "expire", "head_ends", "deputy_ends", "delegation_ends", "delegate_leaves", "finance_ends",
    "owner_changes", "limit_falls",
)  # fmt: skip


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
            if act == "edit":
                return replace(self, budget="", signed=""), True
            return replace(self, state="withdrawn" if act == "withdraw" else "expired"), True
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
    cast: Cast
    request: int
    people: dict[str, User]
    counted: dict[str, int] = field(default_factory=lambda: {"orders": 0, "acts": 0, "allocated": 0, "refused": 0})

    @property
    def now(self) -> FundingRequest:
        return FundingRequest.objects.select_related("cost_object").get(pk=self.request)

    def do(self, act: str) -> None:
        if act in self.people:
            self.now.approve(by=self.people[act])
        else:
            getattr(self, act)()

    def withdraw(self) -> None:
        self.now.withdraw(by=self.now.requester)

    @transaction.atomic
    def edit(self) -> None:
        """Nothing submitted can be edited: it is withdrawn and asked anew, for a cent more."""
        old = self.now
        old.withdraw(by=old.requester)
        lines = [(line.pool, line.amount + Decimal("0.01")) for line in old.lines.select_related("pool")]
        new = FundingRequest.objects.draft(old.cost_object, lines=lines, purpose="Asked anew", by=old.requester)
        new.submit(by=old.requester)
        self.request = new.pk

    def head_ends(self) -> None:
        Role.objects.filter(person=self.people["head"]).update(ends=today())

    def deputy_ends(self) -> None:
        Role.objects.filter(person=self.people["deputy"]).update(ends=today())

    def finance_ends(self) -> None:
        Role.objects.filter(person=self.people["finance"]).update(ends=today())

    def delegation_ends(self) -> None:
        Delegation.objects.update(ends=today())

    def delegate_leaves(self) -> None:
        User.objects.filter(pk=self.people["delegate"].pk).update(is_active=False)

    def owner_changes(self) -> None:
        CostObject.objects.filter(pk=self.now.cost_object_id).update(owner=self.people["head"])

    def limit_falls(self) -> None:
        limits = ApprovalLimit.objects
        made = limits.create(kind="head", amount=Decimal("0.50"), reason="Rule", by=self.cast.administrator)
        limits.filter(pk=made.pk).update(state="confirmed", decided_by=self.cast.cxo)

    def expire(self) -> None:
        FundingRequest.objects.filter(pk=self.request).update(expires_on=clock.today() - timedelta(days=1))
        self.now.expire()


Tree = dict[str, Any]


def orders() -> Tree:
    """A thousand orders of an approval by a pool, one by finance and two disturbances, as a tree of their beginnings.

    Chance says with which two acts they begin; of those beginnings all orders are walked.
    """
    every: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for budget, finance, first, second in product(GIVE_BUDGET, GIVE_FINANCE, DISTURB, DISTURB):
        for places in combinations(range(4), 2):
            rest = iter((first, second))
            order = tuple((budget, finance)[places.index(n)] if n in places else next(rest) for n in range(4))
            every.setdefault(order[:2], []).append(order)
    beginnings = sorted(every)
    random.Random(SEED).shuffle(beginnings)
    chosen = [order for beginning in beginnings for order in sorted(set(every[beginning])) if len(set(order)) == 4]
    tree: Tree = {}
    for order in chosen[:ORDERS]:
        node = tree
        for act in order:
            node = node.setdefault(act, {})
    return tree


@pytest.fixture
def world(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(FundingRequest, "ask_deciders", lambda *_, **__: None)  # half of the time; who is asked, others test
    _ = cast.administrator
    people = {
        "head": cast.head("OPS"), "deputy": cast.deputy("OPS"), "delegate": cast.person("dina_delegate", "contributor", "OPS"),
        "finance": cast.finance, "second": cast.second_finance,
    }  # fmt: skip
    days = {"starts": today(), "ends": today() + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), people["delegate"], by=people["head"], reason="On leave", **days)
    return World(cast, treasury.submitted(treasury.cost_object(), OPS="1.00").pk, people)


def walk(world: World, tree: Tree, model: Model, so_far: tuple[str, ...] = ()) -> None:
    for act, rest in tree.items():
        request = world.request
        with transaction.atomic():
            expected, taken = model.then(act)
            world.counted["acts"] += 1
            assert _done(lambda act=act: world.do(act)) == taken, f"{act} after {so_far}"
            state = world.now.state
            assert state == expected.state, f"{act} after {so_far}"
            if act in GIVE_FINANCE:
                assert Journal.objects.filter(act="allocated").exists() == (state == "allocated")
            world.counted["refused"] += not taken
            world.counted["allocated"] += state == "allocated" and act in GIVE_FINANCE
            if rest:
                walk(world, rest, expected, (*so_far, act))
            else:
                world.counted["orders"] += 1
            transaction.set_rollback(True)
        world.request = request


def _done(act: Callable[[], None]) -> bool:
    try:
        act()  # undoes itself when it is refused
    except RuleBroken:
        return False
    return True


def test_only_what_may_be_is_carried_out_in_a_thousand_orders(world: World) -> None:
    walk(world, orders(), Model())
    assert world.counted["orders"] == ORDERS
    assert world.counted["allocated"] > 50, "orders that move no money prove nothing"
    assert world.counted["refused"] > 500
    assert verify().faults == []


def test_the_model_would_notice_an_approval_that_must_not_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a model for which lost rights do not matter disagrees with the product."""
    monkeypatch.setattr(Model, "able", lambda model, who: True)
    with pytest.raises(AssertionError, match="finance after"):
        walk(world, {"head": {"head_ends": {"finance": {}}}}, Model())


@pytest.mark.parametrize("act", ["head_ends", "limit_falls"])
def test_the_database_is_the_second_wall(world: World, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    monkeypatch.setattr(deciding, "still_may", lambda *_: True)
    with pytest.raises(IntegrityError, match="may no longer"):
        walk(world, {"head": {act: {"finance": {}}}}, Model())
