"""What can be owned: references, weights, spells, and who may see what is restricted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from initiatives.core import clock
from initiatives.journey.models import OwnedObject, Spell, State, Touchpoint
from initiatives.journey.seams import rebuild_guests
from tests.cast import Cast
from tests.journey.conftest import Map


def test_a_touchpoint_gets_its_reference_and_its_owned_object(journey_map: Map) -> None:
    touchpoint = journey_map.touchpoint("Security queue")
    assert touchpoint.reference.startswith("TP-")
    assert (touchpoint.owned.reference, touchpoint.owned.name, touchpoint.owned.state) == (
        touchpoint.reference, "Security queue", State.UNOWNED,
    )  # fmt: skip


def test_a_moment_of_truth_weighs_three_times_its_reach(journey_map: Map) -> None:
    assert journey_map.touchpoint(reach=200).owned.weight == 200
    assert journey_map.touchpoint(reach=200, moment_of_truth=True).owned.weight == 600


def test_parts_share_the_weight_of_their_parent_to_the_cent(journey_map: Map) -> None:
    parent = journey_map.touchpoint(reach=100)
    parts = [journey_map.touchpoint(f"Part {number}", parent=parent, reach=1) for number in range(3)]
    weights = [OwnedObject.objects.get(touchpoint=part).weight for part in parts]
    assert weights == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert OwnedObject.objects.get(touchpoint=parent).weight == 0


def test_each_day_is_remembered(journey_map: Map, cast: Cast) -> None:
    owned = journey_map.touchpoint().owned
    before = clock.now()
    owned.become(State.OWNED, department=cast.department("OPS"), person=cast.head("OPS"))
    owned.become(State.VACANT, department=cast.department("OPS"), steward=cast.head("OPS"))
    assert [spell.state for spell in owned.spells.at(before)] == [State.UNOWNED]
    assert [spell.state for spell in owned.spells.at(clock.now() + timedelta(days=1))] == [State.VACANT]
    assert Spell.objects.filter(owned=owned, until=None).count() == 1


def test_the_database_knows_no_owner_without_a_name(journey_map: Map, cast: Cast) -> None:
    owned = journey_map.touchpoint().owned
    with pytest.raises(IntegrityError, match="owned_by_name"), transaction.atomic():
        OwnedObject.objects.filter(pk=owned.pk).update(state=State.OWNED, department=cast.department("OPS"))
    owned.refresh_from_db()
    assert owned.state == State.UNOWNED


def test_a_restricted_touchpoint_is_seen_by_insiders_only(journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    owned = touchpoint.owned
    owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    owned.departments.add(cast.department("HR"))
    owned.guests.add(cast.contributor("MKT"))
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    owned.project_grants()
    insiders = [cast.contributor("OPS"), cast.head("OPS"), cast.deputy("OPS"), cast.contributor("HR"), cast.contributor("MKT")]
    insiders += [cast.cxo, cast.ceo, cast.auditor]
    outsiders = [cast.nobody, cast.head("MKT"), cast.contributor("IT"), cast.finance, cast.administrator]
    for person in (*insiders, *outsiders):
        inside = person in insiders
        assert owned.seen_by(person) == inside, person
        assert Touchpoint.objects.visible_to(person).exists() == inside, person
        assert OwnedObject.objects.visible_to(person).filter(touchpoint=touchpoint).exists() == inside, person
    assert rebuild_guests(check=True) == []
