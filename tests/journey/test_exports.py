"""What leaves the building in the files of the journey: the same for all of them."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.journey.conftest import Posed, Raise
from tests.journey.systems import Landscape


@pytest.mark.parametrize("name", ["touchpoints", "systems", "register", "signals", "problems"])
def test_what_is_restricted_leaves_with_its_heads_and_who_sees_everything_only(
    cast: Cast, posed: Posed, raised: Raise, landscape: Landscape, client: Client, name: str
) -> None:
    """A guest of a touchpoint and of a system reads both, and carries neither away."""
    signal, problem, guest = raised(), posed(), cast.contributor("MKT")
    touchpoint, system = problem.touchpoint, landscape.system("Kestrel", "OPS")
    for thing in (touchpoint, system):
        thing.owned.guests.add(guest)
        landscape.hide(thing)
    told = {
        "touchpoints": {touchpoint.reference},
        "systems": {system.reference},
        "register": {touchpoint.reference, system.reference},
        "signals": {signal.reference},
        "problems": {problem.reference},
    }[name]

    def carried() -> set[str]:
        file = client.get(reverse(f"journey:export_{name}")).content.decode("utf-8-sig")
        return {reference for reference in told if reference in file}

    client.force_login(guest)
    assert all(client.get(thing.get_absolute_url()).status_code == 200 for thing in (touchpoint, system, signal, problem))
    assert carried() == set()
    for reader in (cast.head("OPS"), cast.ceo):
        client.force_login(reader)
        assert carried() == told
