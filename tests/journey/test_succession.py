"""Who owned something leaves or moves: in the same act it falls vacant, the head keeps it, and one ask waits for a name."""

from datetime import timedelta
from typing import Any

import pytest

from initiatives.core import clock
from initiatives.duties.models import Letter, Obligation
from initiatives.journey.beat import ring
from initiatives.journey.models import Answer, OwnedObject, Ownership, Refusal, State
from initiatives.journey.models.asking import ACCEPT, FIND
from initiatives.organization import departures
from initiatives.organization.models import Role, User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.test_handshake import kept, open_asks


@pytest.fixture
def owned(journey_map: Map, cast: Cast) -> OwnedObject:
    """Owned by OPS, with its contributor."""
    owned = journey_map.touchpoint().owned
    owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    return owned


def test_when_the_owner_leaves_the_head_keeps_it_and_is_asked_for_a_name(cast: Cast, owned: OwnedObject) -> None:
    leaver = cast.contributor("OPS")
    assert [words for words, _ in departures.accountable_for(leaver, by=cast.cxo)] == [f"Owns {owned.reference}"]
    leaver.deactivate(by=cast.administrator, reason="New job.")
    found = kept(owned)
    assert (found.state, found.department, found.steward) == (State.VACANT, cast.department("OPS"), cast.head("OPS"))
    assert open_asks(ACCEPT) == [cast.head("OPS")]
    assert [row.answer for row in Ownership.objects.order_by("pk")] == [Answer.ENDED, Answer.PROPOSED]
    Ownership.objects.waiting().get().accept(by=cast.head("OPS"), person=cast.deputy("OPS"))
    assert (kept(owned).state, kept(owned).person, kept(owned).steward) == (State.OWNED, cast.deputy("OPS"), None)
    assert open_asks(ACCEPT) == []


def test_one_ask_for_each_thing_that_a_leaver_owned(cast: Cast, journey_map: Map, owned: OwnedObject) -> None:
    more = journey_map.touchpoint("Another").owned
    more.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    words = Obligation.objects.open_now().filter(kind=ACCEPT).values_list("words", flat=True)
    assert sorted(words) == sorted(f"Name who owns {one.reference} now" for one in (owned, more))


def test_when_the_act_is_undone_nothing_fell_vacant(cast: Cast, owned: OwnedObject, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: Any, **more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(User, "record", refused)
    with pytest.raises(RuntimeError):
        cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    assert kept(owned).state == State.OWNED
    assert open_asks(ACCEPT) == []


def test_a_leaver_gets_no_more_mail(cast: Cast, owned: OwnedObject) -> None:
    owned.ownerships.get().give_back(by=cast.head("OPS"), reason="Not ours.")
    owned.propose(cast.department("OPS"), by=cast.cxo)
    head = cast.head("OPS")
    cast.deputy("OPS")
    head.deactivate(by=cast.administrator, reason="New job.")
    assert open_asks(ACCEPT) == [cast.deputy("OPS")]
    with clock.at(clock.now() + timedelta(days=30)):
        ring()
    assert not Letter.objects.filter(recipient=head).exists()


def test_a_proposal_that_named_the_leaver_keeps_its_department(cast: Cast, owned: OwnedObject) -> None:
    mine = owned.ownerships.get()
    cast.head("IT")
    offered = owned.propose(cast.department("IT"), by=cast.head("OPS"), person=cast.contributor("IT"))
    cast.contributor("IT").deactivate(by=cast.administrator, reason="New job.")
    offered.refresh_from_db()
    assert (offered.answer, offered.person, offered.department) == (Answer.PROPOSED, None, cast.department("IT"))
    mine.refresh_from_db()
    assert mine.answer == Answer.ACCEPTED


def test_who_moves_to_another_department_owns_nothing_for_the_old_one(cast: Cast, owned: OwnedObject) -> None:
    person = cast.contributor("OPS")
    Role.objects.grant(person=person, kind="contributor", department=cast.department("IT"), by=cast.administrator)
    assert kept(owned).state == State.OWNED
    person.roles.get(department=cast.department("OPS")).end(by=cast.administrator, reason="Moves to IT.")
    found = kept(owned)
    assert (found.state, found.department, found.steward) == (State.VACANT, cast.department("OPS"), cast.head("OPS"))
    assert Ownership.objects.get(answer=Answer.ENDED).ending == "moved"
    assert open_asks(ACCEPT) == [cast.head("OPS")]


def test_who_still_holds_a_role_there_goes_on_owning(cast: Cast, owned: OwnedObject) -> None:
    Role.objects.grant(person=cast.contributor("OPS"), kind="deputy", department=cast.department("OPS"), by=cast.administrator)
    cast.contributor("OPS").roles.get(kind="contributor").end(by=cast.administrator)
    assert kept(owned).person == cast.contributor("OPS")


def test_a_role_that_ends_by_date_is_followed_on_that_day(cast: Cast, owned: OwnedObject) -> None:
    tomorrow = clock.company_day() + timedelta(days=1)
    cast.contributor("OPS").roles.get().end(by=cast.administrator, on=tomorrow)
    assert ring()["fallen_vacant"] == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert ring()["fallen_vacant"] == 1
        assert ring()["fallen_vacant"] == 0
    assert kept(owned).state == State.VACANT


def test_a_new_head_keeps_what_the_old_one_kept(cast: Cast, owned: OwnedObject) -> None:
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    cast.deputy("OPS")
    cast.head("OPS").roles.get().end(by=cast.administrator)
    assert kept(owned).steward == cast.deputy("OPS")
    assert open_asks(ACCEPT) == [cast.deputy("OPS")]


def test_where_nobody_decides_any_more_an_owner_is_looked_for(cast: Cast, owned: OwnedObject) -> None:
    cxo = cast.cxo
    owned.ownerships.get().name_person(cast.head("OPS"), by=cast.head("OPS"))
    cast.head("OPS").deactivate(by=cast.administrator, reason="New job.")
    assert kept(owned).state == State.UNOWNED
    assert (open_asks(ACCEPT), open_asks(FIND)) == ([], [cxo])


def test_a_department_gives_back_what_is_vacant_by_declining(cast: Cast, owned: OwnedObject) -> None:
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    vacant = Ownership.objects.waiting().get()
    with clock.at(clock.now() + timedelta(days=60)):
        assert ring()["offers_lapsed"] == 0
    vacant.decline(by=cast.head("OPS"), code=Refusal.NO_CAPACITY, reason="Nobody is left.")
    assert kept(owned).state == State.UNOWNED


def test_a_leaver_s_restricted_object_is_named_to_insiders_only(cast: Cast, owned: OwnedObject) -> None:
    OwnedObject.objects.filter(pk=owned.pk).update(restricted=True)
    OwnedObject.objects.get(pk=owned.pk).project_grants()
    assert departures.accountable_for(cast.contributor("OPS"), by=cast.administrator) == []
    cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    ask = Obligation.objects.get(kind=ACCEPT)
    assert owned.name not in ask.words
    assert list(Obligation.objects.visible_to(cast.head("OPS"))) == [ask]
    for person in (cast.head("IT"), cast.contributor("IT"), cast.finance, cast.administrator):
        assert not Obligation.objects.visible_to(person).exists()


def test_nobody_is_asked_about_what_is_no_longer_in_use(cast: Cast, owned: OwnedObject) -> None:
    OwnedObject.objects.filter(pk=owned.pk).update(archived_on=clock.company_day())
    with clock.at(clock.now() + timedelta(days=200)):
        assert (ring()["attestations_lapsed"], ring()["asked_to_attest"]) == (0, 0)
        cast.contributor("OPS").deactivate(by=cast.administrator, reason="New job.")
    assert (open_asks(ACCEPT), open_asks(FIND), Ownership.objects.get().answer) == ([], [], Answer.ENDED)
