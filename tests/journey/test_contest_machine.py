"""Any sequence of acts and days: the case is always where a small model says, and the object is what the case makes of it."""

from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey import beat
from initiatives.journey.models import Channel, Contest, OwnedObject, Stage, State, Touchpoint
from initiatives.journey.models.contest_words import OPEN, STEPS
from tests.cast import Cast

CODES = ("OPS", "MKT")


class Case(RuleBasedStateMachine):
    """OPS owns it, MKT contests it; the oracle below is written apart from the code."""

    cast: Cast

    @initialize()
    def begin(self) -> None:
        cast = self.cast
        _ = cast.cxo, cast.ceo
        stage = Stage.objects.create(title="Plan", kind="pre_sale", position=Stage.objects.count() + 1)
        channel = Channel.objects.get_or_create(name="Web", position=1)[0]
        self.owned = Touchpoint.objects.create(title="Case", stage=stage, channel=channel).owned
        self.owned.propose(cast.department("OPS"), by=cast.head("OPS"))
        self.owned.refresh_from_db()
        mkt = cast.department("MKT")
        self.contest = Contest.objects.contest(self.owned, mkt, names=mkt, words="Ours.", by=cast.head("MKT"))
        self.state, self.owner, self.says = "contested", "OPS", {"MKT": "MKT"}
        self.first, self.appealed, self.days = "", False, 0

    def act(self, legal: bool, act: Any) -> bool:
        """Take an act on the machine's day; it is taken exactly when the model says so."""
        with clock.at(clock.now() + timedelta(days=self.days)):
            self.contest = Contest.objects.with_sides().get(pk=self.contest.pk)
            try:
                act(self.contest)
            except RuleBroken:
                assert not legal, f"refused in {self.state}"
                return False
        assert legal, f"taken in {self.state}"
        return True

    def settled(self, code: str) -> None:
        self.state, self.owner = "settled", code

    @rule(code=st.sampled_from(CODES), names=st.sampled_from(CODES))
    def claim(self, code: str, names: str) -> None:
        departments = self.cast.department
        if self.act(
            self.state in ("contested", "mediation"),
            lambda case: case.claim(departments(code), names=departments(names), words="So.", by=self.cast.head(code)),
        ):
            self.says[code] = names
            if len(self.says) == 2 and len(set(self.says.values())) == 1:
                self.settled(names)

    @rule(code=st.sampled_from(CODES))
    def evidence(self, code: str) -> None:
        legal = self.state == "contested"
        self.act(legal, lambda case: case.give_evidence(self.cast.department(code), words="Look.", by=self.cast.head(code)))

    @rule()
    def withdraw(self) -> None:
        if self.act(self.state in ("contested", "mediation"), lambda case: case.withdraw(by=self.cast.head("MKT"))):
            self.state = "withdrawn"

    @rule(code=st.sampled_from(CODES), office=st.sampled_from(["cxo", "ceo"]))
    def decide(self, code: str, office: str) -> None:
        by = getattr(self.cast, office)
        turn = {"ruling": "cxo", "escalated": "ceo", "appealed": "ceo"}.get(self.state) == office
        department = self.cast.department(code)
        if self.act(turn, lambda case: case.rule(department, rationale="So.", cites=[1], by=by)):
            if self.state == "appealed":
                self.settled(code)
            else:
                self.state, self.first, self.decider = "ruled", code, office

    @rule(code=st.sampled_from(CODES))
    def appeal(self, code: str) -> None:
        legal = self.state == "ruled" and code != self.first and self.decider == "cxo"
        if self.act(legal, lambda case: case.appeal(self.cast.department(code), words="No.", by=self.cast.head(code))):
            self.state = "appealed"

    @rule()
    def a_clock_runs_out(self) -> None:
        self.days += 14
        with clock.at(clock.now() + timedelta(days=self.days)):
            beat.turn_contests()
            beat.turn_contests()
        onwards = {"contested": "mediation", "mediation": "ruling", "ruling": "escalated"}
        if self.state in ("ruled", "appealed"):
            self.settled(self.first)
        self.state = onwards.get(self.state, self.state)

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "contest"):
            return
        case, owned = (
            Contest.objects.get(pk=self.contest.pk),
            OwnedObject.objects.select_related("department").get(pk=self.owned.pk),
        )
        assert case.state == self.state.replace("escalated", "ruling")
        is_open = case.state in OPEN
        assert (owned.state == State.CONTESTED) == is_open
        assert owned.department
        assert owned.department.code == (self.owner if not is_open else "OPS")
        assert owned.ownerships.accepted().count() == 1
        assert (owned.locked_until is not None) == (self.state == "settled")
        assert Obligation.objects.open_now().about(case).exists() == is_open


def test_every_sequence_ends_where_the_model_says(cast: Cast) -> None:
    machine = type("CaseOfThisCast", (Case,), {"cast": cast})
    quick = settings(
        max_examples=15, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    run_state_machine_as_test(machine, settings=quick)


@given(st.sampled_from(sorted(OPEN)))
def test_every_open_state_can_be_left(state: str) -> None:
    assert any(source == state for source, _ in STEPS)
