"""What state machines of tests share: each run begins with the same rows, and each act is taken when the model says so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, run_state_machine_as_test

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from tests.cast import Cast

MOSTLY = st.sampled_from([True, True, True, False])


class Machine(RuleBasedStateMachine):
    """One run. What it wrote is undone at its end; `prepare` says with what it begins."""

    cast: Cast
    ready = False

    @initialize()
    def begin(self) -> None:
        self.day, self.ready = 0, True
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.prepare()

    def prepare(self) -> None:
        raise NotImplementedError

    def teardown(self) -> None:
        if self.ready:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return clock.now() + timedelta(days=self.day)

    def act(self, legal: bool, act: Callable[[], Any]) -> bool:
        """Take an act on the machine's day: it is taken exactly when the model says so, and changes nothing when it is not."""
        try:
            with clock.at(self.now), transaction.atomic():
                act()
            taken, why = True, "taken"
        except (RuleBroken, BadInput) as refused:
            taken, why = False, f"refused: {refused}"
        assert taken == legal, why
        return taken


def run(machine: type[Machine], cast: Cast, *, examples: int = 12, steps: int = 10, part: int = 0, **more: Any) -> None:
    """Run it with this cast; the same sequences each time, others for each part."""
    few = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # a run is short: making it shorter still would cost minutes,
    )
    run_state_machine_as_test(seed(part)(type(machine.__name__, (machine,), {"cast": cast, **more})), settings=few)
