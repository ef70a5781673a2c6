"""The journey's pages in a real browser: readable by everybody, at every width, in light and dark."""

from collections.abc import Callable

from initiatives.journey.models import State
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map

Faults = Callable[..., list[str]]


def test_the_touchpoints_list_has_no_fault(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    for number, state in enumerate((State.UNOWNED, State.PROPOSED, State.VACANT)):
        journey_map.touchpoint(f"Touchpoint {number}", moment_of_truth=True).owned.become(state)
    assert faults(browse("/own/touchpoints/?moment=1&state=unowned&state=vacant", by=cast.cxo)) == []


def test_a_touchpoints_page_has_no_fault(journey_map: Map, cast: Cast, browse: Browse, faults: Faults) -> None:
    whole = journey_map.touchpoint(description="Drivers look for a free space.", moment_of_truth=True)
    whole.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    part = journey_map.touchpoint("A part of it", parent=whole)
    for touchpoint in (whole, part):
        assert faults(browse(touchpoint.get_absolute_url(), by=cast.cxo)) == []
