"""Any sequence of acts on a proposed change: its state and the map are always where a small model says."""

from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import MapChange, Touchpoint
from tests.cast import Cast
from tests.journey.conftest import Map


def machine(cast: Cast, journey_map: Map) -> type[RuleBasedStateMachine]:  # noqa: C901 - one class with its rules
    """The machine over one database; each run begins with a touchpoint of its own."""

    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.touchpoint = journey_map.touchpoint(reach=1)
            self.reach, self.state, self.changed, self.wanted = 1, "none", False, 0

        def take(self, act: Any, *, may: bool) -> bool:
            try:
                act()
                taken = True
            except RuleBroken:
                taken = False
            assert taken == may
            return taken

        @property
        def change(self) -> MapChange:
            return MapChange.objects.filter(touchpoint=self.touchpoint).latest("pk")

        @rule(reach=st.integers(0, 5))
        def propose(self, reach: int) -> None:
            if self.state == "proposed":
                return
            found = Touchpoint.objects.get(pk=self.touchpoint.pk)
            by, values = cast.contributor("HR"), {"reach": reach}
            asked = lambda: MapChange.objects.propose("touchpoint", "edit", found, values, by=by, reason="So.")  # noqa: E731
            if self.take(asked, may=reach != self.reach):
                self.state, self.changed, self.wanted = "proposed", False, reach

        @rule(reach=st.integers(0, 5))
        def edit(self, reach: int) -> None:
            Touchpoint.objects.get(pk=self.touchpoint.pk).edit({"reach": reach}, by=cast.cxo)
            if self.state == "proposed":
                self.changed = reach != self.change.before["reach"]
            self.reach = reach

        @rule(owner=st.booleans())
        def accept(self, owner: bool) -> None:
            by = cast.cxo if owner else cast.head("HR")
            if self.state != "none" and self.take(
                lambda: self.change.accept(by=by), may=owner and self.state == "proposed" and not self.changed
            ):
                self.state, self.reach = "accepted", self.wanted

        @rule(owner=st.booleans())
        def decline(self, owner: bool) -> None:
            by = cast.cxo if owner else cast.head("HR")
            if self.state != "none" and self.take(
                lambda: self.change.decline(by=by, reason="No."), may=owner and self.state == "proposed"
            ):
                self.state = "declined"

        @rule(mine=st.booleans())
        def withdraw(self, mine: bool) -> None:
            by = cast.contributor("HR") if mine else cast.cxo
            if self.state != "none" and self.take(lambda: self.change.withdraw(by=by), may=mine and self.state == "proposed"):
                self.state = "withdrawn"

        @rule(days=st.sampled_from([0, 30]))
        def lapse(self, days: int) -> None:
            if self.state == "none":
                return
            lapsed = self.change.lapse(today=clock.today() + timedelta(days=days))
            assert lapsed == (self.state == "proposed" and days > 0)
            self.state = "lapsed" if lapsed else self.state

        @invariant()
        def the_database_agrees(self) -> None:
            assert Touchpoint.objects.get(pk=self.touchpoint.pk).reach == self.reach
            if self.state != "none":
                change = self.change
                assert change.state == self.state
                asks = Obligation.objects.open_now().about(change)
                assert asks.exists() == (self.state == "proposed")

    return Machine


def test_every_sequence_of_acts_ends_where_the_model_says(cast: Cast, journey_map: Map) -> None:
    for person in (cast.cxo, cast.head("HR"), cast.contributor("HR")):
        assert person.is_active
    few = settings(
        max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    run_state_machine_as_test(machine(cast, journey_map), settings=few)
