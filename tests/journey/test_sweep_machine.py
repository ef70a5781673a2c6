"""Any sequence of signals and signatures: the sweep is complete exactly when a small model says that each stage answered."""

from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
from hypothesis.stateful import invariant, precondition, rule

from initiatives.core import clock
from initiatives.duties.models import Obligation
from initiatives.journey.models import Signal, Stage, State, Sweep, SweepStage
from initiatives.journey.models.sweeping import SWEEP
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.machines import MOSTLY, Machine, run

STAGES = st.sampled_from(["before", "after", "within"])
SIGNS = {"before": "OPS", "after": "HR", "within": ""}  # nobody owns the third: the CXO


class Sweeps(Machine):
    """Three stages; OPS answers for the first, HR for the second, nobody for the third."""

    journey_map: Map

    def prepare(self) -> None:
        self.ended: list[str] = []
        self.stages: set[str] = set()  # of the open sweep
        self.known: set[str] = set()  # with an entry in its time
        self.signed: set[str] = set()
        self.open({"before", "after"}, True)
        self.sign("after", True)
        self.signal("before", False)

    def stage(self, name: str) -> Stage:
        found: Stage = getattr(self.journey_map, name)
        return found

    @property
    def newest(self) -> Sweep | None:
        return Sweep.objects.order_by("-number").first()

    @rule(names=st.sets(STAGES), cxo=MOSTLY)
    def open(self, names: set[str], cxo: bool) -> None:
        stages, due = [self.stage(name) for name in sorted(names)], clock.today() + timedelta(days=14)
        by = self.cast.cxo if cxo else self.cast.ceo
        legal = cxo and bool(names) and not self.stages
        if self.act(legal, lambda: Sweep.objects.open_sweep(by=by, due_on=due, stages=stages)):
            self.stages, self.known, self.signed = names, set(), set()

    @rule(name=STAGES, restricted=st.booleans())
    def signal(self, name: str, restricted: bool) -> None:
        touchpoint = self.journey_map.touchpoint(f"At {name}", stage=self.stage(name))
        touchpoint.owned.restricted = restricted
        touchpoint.owned.save(update_fields=["restricted"])
        self.act(True, lambda: Signal.objects.raise_signal(by=self.cast.cxo, touchpoints=[touchpoint], title="It fails."))
        if not restricted:
            self.known |= {name} & self.stages

    @precondition(lambda self: self.ready and self.stages)
    @rule(name=STAGES, own=MOSTLY)
    def sign(self, name: str, own: bool) -> None:
        asked = SweepStage.objects.filter(sweep=self.newest, stage=self.stage(name)).select_related("sweep").first()
        if asked is None:
            return
        code = SIGNS[name]
        signer = self.cast.head(code) if code else self.cast.cxo
        legal = own and name in self.stages - self.known - self.signed
        if self.act(legal, lambda: asked.sign(by=signer if own else self.cast.ceo)):
            self.signed.add(name)

    @rule(cxo=MOSTLY)
    def complete(self, cxo: bool) -> None:
        self.end(cxo, self.stages <= self.known | self.signed, "completed")

    @rule(cxo=MOSTLY)
    def cancel(self, cxo: bool) -> None:
        self.end(cxo, True, "cancelled")

    def end(self, cxo: bool, legal: bool, state: str) -> None:
        if (sweep := self.newest) is None:
            return
        by = self.cast.cxo if cxo else self.cast.ceo
        act = partial(sweep.complete, by=by) if state == "completed" else partial(sweep.cancel, by=by, reason="Later.")
        if self.act(cxo and bool(self.stages) and legal, act):
            self.ended.append(state)
            self.stages = set()

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not self.ready:
            return
        states = list(Sweep.objects.order_by("number").values_list("state", flat=True))
        assert states == self.ended + (["open"] if self.stages else [])
        missing = self.stages - self.known - self.signed
        asks = set(Obligation.objects.open_now().filter(kind=SWEEP).values_list("subject_id", flat=True))
        waiting = SweepStage.objects.filter(sweep__state="open", stage__in=[self.stage(name).pk for name in missing])
        assert asks == set(waiting.values_list("pk", flat=True))
        assert len(asks) == len(missing)


def test_every_sequence_ends_when_the_model_says(cast: Cast, journey_map: Map) -> None:
    assert {cast.cxo.is_active, cast.ceo.is_active} == {True}
    for name, code in SIGNS.items():
        if code:
            getattr(journey_map, name).owned.become(State.OWNED, department=cast.department(code), person=cast.head(code))
    run(Sweeps, cast, journey_map=journey_map, examples=25, steps=6)
