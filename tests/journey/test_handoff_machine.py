"""Any sequence of answers, changes and owners: a handoff counts exactly when a small model says that both sides accept it."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import Handoff, State, Touchpoint
from initiatives.journey.models.handoff_sides import ACCEPT
from tests.cast import Cast
from tests.journey.conftest import Map

CODES = ("OPS", "SEC")
acts = st.one_of(
    st.tuples(st.sampled_from(["accept", "decline"]), st.sampled_from(CODES)),
    st.tuples(st.just("change"), st.just("CXO")),
    st.tuples(st.just("end"), st.just("CXO")),
    st.tuples(st.sampled_from(["giver", "taker"]), st.sampled_from([*CODES, ""])),  # another owner of that end
)


class Model:
    """The oracle, written apart from the code: who holds each end, and what each side has answered."""

    def __init__(self) -> None:
        self.held = {"giver": "OPS", "taker": "SEC"}
        self.said = {"giver": "", "taker": ""}
        self.over = False

    def allows(self, act: str, who: str) -> bool:
        if act in ("giver", "taker"):
            return True
        if self.over:
            return False
        return act in ("change", "end") or bool(self.open_to(who))

    def open_to(self, who: str) -> list[str]:
        return [side for side in self.said if self.held[side] == who and not self.said[side]]

    def take(self, act: str, who: str) -> None:
        if act in ("giver", "taker"):
            if self.held[act] != who and not self.over:
                self.said[act] = ""
            self.held[act] = who
        elif act == "change":
            self.said = dict.fromkeys(self.said, "")
        elif act == "end":
            self.over = True
        else:
            for side in self.open_to(who):
                self.said[side] = act

    @property
    def state(self) -> str:
        said = set(self.said.values())
        return "ended" if self.over else "declined" if "decline" in said else "agreed" if said == {"accept"} else "proposed"

    @property
    def waits(self) -> int:
        """How many sides are asked of somebody."""
        return 0 if self.over else sum(bool(self.held[side]) and not self.said[side] for side in self.said)


def call(cast: Cast, handoff: Handoff, act: str, who: str, turn: int) -> None:
    if act in ("giver", "taker"):
        owned = Touchpoint.objects.get(pk=getattr(handoff, f"{act}_id")).owned
        more: dict[str, Any] = {"department": cast.department(who), "person": cast.contributor(who)} if who else {}
        owned.become(State.OWNED if who else State.UNOWNED, **more)
        return
    by = cast.cxo if who == "CXO" else cast.head(who)
    fresh = Handoff.objects.get(pk=handoff.pk)
    if act == "accept":
        fresh.accept(by=by)
    elif act == "change":
        fresh.change(by=by, passes=f"Turn {turn}", hours=turn)
    else:
        getattr(fresh, act)(by=by, reason="Because.")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(acts, max_size=12))
def test_every_sequence_ends_where_the_model_says(journey_map: Map, cast: Cast, sequence: list[tuple[str, str]]) -> None:
    ends = []
    for code in CODES:
        cast.head(code)
        touchpoint = journey_map.touchpoint(code)
        touchpoint.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
        ends.append(touchpoint)
    handoff, model = Handoff.objects.propose(*ends, by=cast.cxo, passes="A bag", hours=1), Model()
    for turn, (act, who) in enumerate(sequence, 2):
        events = Event.objects.about(handoff).count()
        try:
            call(cast, handoff, act, who, turn)
            taken = True
        except RuleBroken:
            taken = False
        assert taken == model.allows(act, who), f"{act} by {who}"
        if taken:
            model.take(act, who)
        elif act not in ("giver", "taker"):
            assert Event.objects.about(handoff).count() == events
        fresh = Handoff.objects.get(pk=handoff.pk)
        assert fresh.state == model.state
        sides = handoff.sides.values_list("pk", flat=True)
        assert Obligation.objects.open_now().filter(kind=ACCEPT, subject_id__in=sides).count() == model.waits
