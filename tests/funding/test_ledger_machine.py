"""Any sequence of requests, approvals, postings, transfers, budgets, seeds and gates: each act is taken exactly when a small
model says so, and then every account holds what the model says. Twenty thousand acts by people who may and who may not.
"""

from collections import Counter
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError

from initiatives.core import clock
from initiatives.duties import post
from initiatives.funding import above
from initiatives.funding.above import Trial
from initiatives.funding.models import BudgetChange, CostObject, FundingRequest, Virement
from initiatives.funding.models.accounts import Move
from initiatives.funding.models.ledger import JournalQuerySet
from initiatives.portfolio.models import asking
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.ledger_machine import Ledger
from tests.machines import run

pytestmark = pytest.mark.django_db(transaction=True)

PARTS, CENT = 4, Decimal("0.01")
ALWAYS = {
    "ask", "seed", "approve", "withdraw", "commit", "decommit", "spend", "release", "propose a budget", "confirm a budget",
    "credit", "propose a transfer", "agree to a transfer", "reverse", "set a gate", "go", "kill",
}  # fmt: skip
RARE = ("kill", "go", "seed", "credit", "withdraw", "propose a budget", "confirm a budget")
SELDOM = {f"{act} {end}" for act in RARE for end in ("taken", "refused")}  # not in each part


@pytest.fixture(autouse=True)
def quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked and no mail leaves, which would be half of the time; others test who is asked. Experiments run."""
    monkeypatch.setattr(FundingRequest, "ask_deciders", lambda *_, **__: None)
    monkeypatch.setattr(BudgetChange, "ask", lambda *_, **__: None)
    monkeypatch.setattr(Virement, "ask_sides", lambda *_, **__: None)
    monkeypatch.setattr(asking, "ask_to_decide_gate", lambda *_, **__: None)
    monkeypatch.setattr(post, "ring_the_bell", lambda: None)
    trial = Trial("A host at the lane halves the wait.", "/initiatives/CX-001/experiments/", clock.company_day())
    monkeypatch.setattr(above, "_testing", [lambda thing: trial])


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(3600)
def test_every_sequence_of_acts_ends_where_the_model_says(
    cast: Cast, treasury: Treasury, part: int, pytestconfig: pytest.Config
) -> None:
    counted, seeds, acts = Counter[str](), count(part, PARTS), pytestconfig.getoption("acts") / PARTS
    while counted["acts"] < acts:
        run(Ledger, cast, examples=4, steps=56, part=next(seeds), treasury=treasury, counted=counted)
    never = {f"{act} {end}" for act in ALWAYS for end in ("taken", "refused")} - set(counted)
    assert never <= SELDOM, "chance must come by every act, and by its refusal"
    assert sum(times for name, times in counted.items() if name.endswith("taken")) > acts / 4


def everybody_may_post(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CostObject, "_obstacle_to", lambda *_: None)


def a_cent_too_much_is_posted(patch: pytest.MonkeyPatch) -> None:
    posted = JournalQuerySet.post

    def more(rows: Any, act: Any, moves: Any, **facts: Any) -> Any:
        return posted(rows, act, [Move(one.source, one.target, one.amount + CENT) for one in moves], **facts)

    patch.setattr(JournalQuerySet, "post", more)


@pytest.mark.parametrize("broken", [everybody_may_post, a_cent_too_much_is_posted])
def test_a_ledger_that_is_wrong_is_found_out(
    cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    """The negative control."""
    broken(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        run(Ledger, cast, examples=2, steps=10, treasury=treasury, counted=Counter())
