"""Departments merge, split and close: what they owned is kept by an heir until somebody accepts, and no history is lost."""

import pytest
from django.test import Client

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.journey.models import Answer, OwnedObject, Ownership, Spell, State
from initiatives.journey.models.asking import ACCEPT, FIND
from initiatives.organization.models import Department, reorganizing
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_handshake import kept, open_asks


@pytest.fixture
def owned(journey_map: Map, cast: Cast) -> OwnedObject:
    """Owned by OPS, with its contributor."""
    owned = journey_map.touchpoint().owned
    owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    return owned


def history() -> set[tuple[int, int, object]]:
    """Every handshake and spell that there is: what is over stays as it was."""
    rows = Ownership.objects.values_list("pk", "department_id", "proposed_at")
    return {*rows, *Spell.objects.values_list("pk", "department_id", "began")}


def test_a_merger_keeps_all_history_and_the_successor_is_asked(cast: Cast, owned: OwnedObject, journey_map: Map) -> None:
    cast.head("MKT")
    asked = journey_map.touchpoint("Asked").owned
    asked.propose(cast.department("OPS"), by=cast.cxo, why="They know.")
    before, events = history(), Event.objects.count()
    reorganizing.merge(cast.department("OPS"), cast.department("MKT"), by=cast.administrator, reason="One service team.")
    assert before <= history()
    assert Event.objects.count() > events
    found = kept(owned)
    assert (found.state, found.department, found.steward) == (State.VACANT, cast.department("MKT"), cast.head("MKT"))
    old = Ownership.objects.get(owned=owned, department=cast.department("OPS"))
    assert (old.answer, old.ending, old.person) == (Answer.ENDED, "merged", cast.contributor("OPS"))
    heir = Ownership.objects.get(owned=owned, department=cast.department("MKT"))
    assert (heir.answer, heir.succession, heir.succeeds, heir.person) == (
        Answer.PROPOSED, True, old, cast.contributor("OPS"),
    )  # fmt: skip
    assert open_asks(ACCEPT) == [cast.head("MKT")] * 2
    assert (kept(asked).state, asked.ownerships.waiting().get().department) == (State.PROPOSED, cast.department("MKT"))
    assert asked.ownerships.waiting().get().why == "They know."
    heir.accept(by=cast.head("MKT"))
    assert (kept(owned).state, kept(owned).person) == (State.OWNED, cast.contributor("OPS"))


def test_in_a_merger_people_keep_a_role_and_parts_move_along(cast: Cast, owned: OwnedObject) -> None:
    ops, mkt = cast.department("OPS"), cast.department("MKT")
    part = Department.objects.establish(code="OPS-2", name="Night shift", parent=ops, by=None)
    reorganizing.merge(ops, mkt, by=cast.administrator, reason="One team.")
    ops.refresh_from_db()
    part.refresh_from_db()
    assert (ops.closed_on is not None, part.parent) == (True, mkt)
    for person in (cast.head("OPS"), cast.contributor("OPS")):
        assert [(role.kind, role.department) for role in person.roles.not_over()] == [("contributor", mkt)]
    assert Event.objects.about(ops).newest_first()[0].verb == "organization.department.merged"


def test_what_cannot_be_merged_is_said_and_nothing_changes(cast: Cast, owned: OwnedObject) -> None:
    ops = cast.department("OPS")
    part = Department.objects.establish(code="OPS-2", name="Night shift", parent=ops, by=None)
    closed = Department.objects.establish(code="OLD", name="Old", by=None)
    closed.close(by=None, reason="Over.")
    for into, words in ((ops, "into itself"), (part, "stands under"), (closed, "is closed")):
        with pytest.raises(RuleBroken, match=words):
            reorganizing.merge(ops, into, by=cast.administrator, reason="One team.")
    ops.refresh_from_db()
    assert (ops.closed_on, kept(owned).state) == (None, State.OWNED)


def test_a_split_takes_the_chosen_people_and_things(cast: Cast, owned: OwnedObject, journey_map: Map) -> None:
    stays = journey_map.touchpoint("Stays").owned
    stays.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    theirs = journey_map.touchpoint("Theirs").owned
    theirs.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.head("OPS"))
    new = reorganizing.split(
        cast.department("OPS"), code="OPS-N", name="Night", by=cast.administrator, reason="Too big.",
        head=cast.contributor("OPS"), holdings={"journey": [owned.pk]},
    )  # fmt: skip
    assert new.head() == cast.contributor("OPS")
    assert (kept(owned).state, kept(owned).department, kept(owned).steward) == (State.VACANT, new, cast.contributor("OPS"))
    assert (kept(stays).state, kept(stays).department, kept(stays).steward) == (
        State.VACANT, cast.department("OPS"), cast.head("OPS"),
    )  # fmt: skip
    assert (kept(theirs).state, kept(theirs).person) == (State.OWNED, cast.head("OPS"))


def test_what_a_closed_department_owned_is_kept_above_it(cast: Cast, owned: OwnedObject) -> None:
    ops, above = cast.department("OPS"), cast.department("COO")
    cast.head("COO")
    Department.objects.filter(pk=ops.pk).update(parent=above)
    ops.refresh_from_db()
    ops.close(by=cast.administrator, reason="Reorganised.")
    found = kept(owned)
    assert (found.state, found.department, found.steward) == (State.VACANT, above, cast.head("COO"))
    assert open_asks(ACCEPT) == [cast.head("COO")]


def test_where_nothing_stands_above_a_closed_department_an_owner_is_looked_for(cast: Cast, owned: OwnedObject) -> None:
    cxo = cast.cxo
    cast.department("OPS").close(by=cast.administrator, reason="Over.")
    assert kept(owned).state == State.UNOWNED
    assert (open_asks(ACCEPT), open_asks(FIND)) == ([], [cxo])


def test_the_pages_merge_and_split(cast: Cast, owned: OwnedObject, client: Client) -> None:
    ops, mkt = cast.department("OPS"), cast.department("MKT")
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    client.force_login(cast.administrator)
    page = client.get(f"/people/departments/{ops.pk}/split/").content.decode()
    assert owned.reference not in page
    typed = {"code": "OPS-N", "name": "Night", "people": [cast.contributor("OPS").pk], "reason": "Too big."}
    assert client.post(f"/people/departments/{ops.pk}/split/", {**typed, "reason": ""}).status_code == 422
    assert client.post(f"/people/departments/{ops.pk}/split/", typed).status_code == 302
    assert client.post(f"/people/departments/{ops.pk}/merge/", {"into": ops.pk, "reason": "x"}).status_code == 422
    assert client.post(f"/people/departments/{ops.pk}/merge/", {"into": mkt.pk, "reason": "One."}).status_code == 302
    assert Department.objects.get(pk=ops.pk).closed_on is not None
