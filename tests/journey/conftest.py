"""A small map: three stages, two channels, and touchpoints made on demand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from initiatives.core import clock
from initiatives.journey.models import Channel, Problem, Signal, Stage, StageKind, State, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.systems import Landscape


@dataclass
class Map:
    """Stages by kind, channels by name. `touchpoint` makes one with its weight, unowned."""

    before: Stage
    after: Stage
    within: Stage
    web: Channel
    desk: Channel

    def touchpoint(self, title: str = "Finding a parking place", **more: Any) -> Touchpoint:
        values = {"stage": self.before, "channel": self.web, "reach": 100, **more}
        with transaction.atomic():
            touchpoint = Touchpoint.objects.create(title=title, **values)
            touchpoint.weigh()
        return touchpoint


@pytest.fixture
def noon() -> Iterator[None]:
    """Around noon, so that so many days from now are that day everywhere, also over a change of the clocks."""
    with clock.at(clock.now().replace(hour=11)):
        yield


@pytest.fixture
def journey_map(cast: Cast) -> Map:
    stages = [
        Stage.objects.create(title=title, kind=kind, position=position)
        for position, (title, kind) in enumerate(
            [("Plan", StageKind.PRE_SALE), ("Fly", StageKind.POST_SALE), ("Work here", StageKind.EMPLOYEE)], 1
        )
    ]
    web = Channel.objects.create(name="Web", position=1, online=True)
    return Map(*stages, web, Channel.objects.create(name="Desk", position=2))


@pytest.fixture
def landscape(cast: Cast) -> Landscape:
    return Landscape(cast)


Raise = Callable[..., Signal]


@pytest.fixture
def raised(journey_map: Map, cast: Cast) -> Raise:
    """A signal by the contributor of HR on a touchpoint that the contributor of OPS owns."""
    touchpoint = journey_map.touchpoint("Terminal signs")
    cast.head("OPS")
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))

    def make(title: str = "Signs point both ways", by: User | None = None, **more: Any) -> Signal:
        by = by or cast.contributor("HR")
        return Signal.objects.raise_signal(by=by, touchpoints=[touchpoint], title=title, **more)

    return make


Posed = Callable[..., Problem]


@pytest.fixture
def posed(raised: Raise, cast: Cast) -> Posed:
    """A problem at the touchpoint of `raised`, by the head of OPS, known from a survey."""

    def make(title: str = "Passengers cannot find their gate", by: User | None = None, **more: Any) -> Problem:
        evidence = {"source": "comment", "observed_on": more.pop("observed_on", clock.today()), "customers": 40}
        facts = {"statement": "They turn around twice.", "severity": 3, "frequency": Decimal("0.1"), "evidence": evidence}
        facts["touchpoints"] = list(Touchpoint.objects.filter(title="Terminal signs"))
        return Problem.objects.pose(by=by or cast.head("OPS"), title=title, **(facts | more))

    return make
