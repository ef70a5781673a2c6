"""Any sequence of acts: the initiative is always where a small model says, in Python and in the database alike."""

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.portfolio.models import STEPS, Initiative, Status
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable, status_of

# act: (statuses from which it is taken, where it leads; None stays). The oracle, written apart from the code.
ACTS: dict[str, tuple[set[str], str | None]] = {
    "propose": ({"draft"}, "proposed"),
    "assess": ({"proposed", "assessed", "prioritised"}, None),
    "prioritise": ({"assessed", "prioritised"}, "prioritised"),
    "fund": ({"prioritised"}, "funded"),
    "launch": ({"funded"}, "active"),
    "pause": ({"active"}, "paused"),
    "resume": ({"paused"}, "active"),
    "complete": ({"active"}, "completed"),
    "realise": (set(), None),
    "decline": ({"proposed", "assessed", "prioritised"}, "declined"),
    "cancel": ({"draft", "proposed", "assessed", "prioritised", "funded", "active", "paused"}, "cancelled"),
    "check_in": ({"active"}, None),
}
WITH_REASON = {"pause", "decline", "cancel"}


def call(cast: Cast, initiative: Initiative, act: str) -> None:
    more: dict[str, Any] = {"reason": "Because."} if act in WITH_REASON else {}
    method: Callable[..., Any] = getattr(initiative, act)
    if act == "prioritise":
        method(1, by=cast.cxo)
    elif act == "check_in":
        method(by=cast.head("SEC"), health="green")
    else:
        method(by=cast.cxo, **more)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_every_sequence_of_acts_ends_where_the_model_says(cast: Cast, draft: Make, acts: list[str]) -> None:
    initiative = draft()
    initiative.propose_involvement(cast.department("SEC"), "A", by=cast.cxo)
    accountable(initiative).accept(by=cast.head("SEC"))
    initiative.refresh_from_db()
    expected = "draft"
    for act in acts:
        sources, target = ACTS[act]
        events = Event.objects.about(initiative).count()
        try:
            call(cast, initiative, act)
            taken = True
        except RuleBroken:
            taken = False
        assert taken == (expected in sources), f"{act} from {expected}"
        before = expected
        if taken:
            expected = "assessed" if act == "assess" and before == "proposed" else target or before
        assert status_of(initiative) == initiative.status == expected
        assert (before, expected) in STEPS or before == expected
        assert Event.objects.about(initiative).count() == events + taken


def test_every_status_can_be_reached_and_left_but_the_last_ones() -> None:
    assert {target for _, target in STEPS} == set(Status.values) - {Status.DRAFT}
    assert {source for source, _ in STEPS} == set(Status.values) - {Status.REALISED, Status.DECLINED, Status.CANCELLED}
