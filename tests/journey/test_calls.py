"""Open calls: anybody raises a hand, CXO or CEO choose, the department's head accepts or has accepted already."""

import pytest

from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey import beat
from initiatives.journey.models import Call, Hand, OwnedObject, State
from initiatives.journey.models.asking import ACCEPT
from initiatives.organization.models import Department, User
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture
def owned(journey_map: Map) -> OwnedObject:
    return journey_map.touchpoint().owned


@pytest.fixture
def call(owned: OwnedObject, cast: Cast) -> Call:
    return Call.objects.call(owned, why="Nobody answers.", offer="One person for a year.", by=cast.cxo)


def stands(owned: OwnedObject) -> tuple[str, User | None, User | None]:
    owned = OwnedObject.objects.select_related("person", "steward").get(pk=owned.pk)
    return owned.state, owned.person, owned.steward


def test_cxo_ceo_and_who_keeps_it_open_a_call_and_nobody_else(owned: OwnedObject, cast: Cast) -> None:
    for stranger in (cast.head("OPS"), cast.contributor("OPS"), cast.finance):
        with pytest.raises(RuleBroken, match="opens a call"):
            Call.objects.call(owned, why="Please.", by=stranger)
    with pytest.raises(BadInput, match="what is to be taken on"):
        Call.objects.call(owned, why=" ", by=cast.ceo)
    assert not Call.objects.exists()
    OwnedObject.objects.filter(pk=owned.pk).update(steward=cast.contributor("OPS"))
    owned.refresh_from_db()
    Call.objects.call(owned, why="I cannot keep it for ever.", by=cast.contributor("OPS"))
    with pytest.raises(RuleBroken, match="open already"):
        Call.objects.call(owned, why="Again.", by=cast.ceo)
    assert Call.objects.count() == 1


def test_what_is_owned_needs_no_call(owned: OwnedObject, cast: Cast) -> None:
    owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="Ops department owns"):
        Call.objects.call(OwnedObject.objects.get(pk=owned.pk), why="Please.", by=cast.cxo)
    assert not Call.objects.exists()


def test_a_contributor_who_is_chosen_is_named_and_the_head_is_asked(call: Call, owned: OwnedObject, cast: Cast) -> None:
    head, ops = cast.head("OPS"), cast.department("OPS")
    hand = call.raise_hand(department=ops, words="I do it already.", by=cast.contributor("OPS"))
    asked = call.choose(hand, by=cast.ceo)
    assert asked is not None
    assert (asked.answer, asked.person) == ("proposed", cast.contributor("OPS"))
    assert [ask.person for ask in Obligation.objects.open_now().filter(kind=ACCEPT)] == [head]
    asked.accept(by=head)
    assert stands(owned) == (State.OWNED, cast.contributor("OPS"), None)
    assert Call.objects.get().closed_at


def test_a_head_who_is_chosen_has_accepted(call: Call, owned: OwnedObject, cast: Cast) -> None:
    hand = call.raise_hand(department=cast.department("OPS"), words="Ours.", by=cast.head("OPS"))
    call.choose(hand, by=cast.cxo)
    assert stands(owned) == (State.OWNED, cast.head("OPS"), None)


def test_somebody_keeps_it_for_the_time_being_and_the_call_goes_on(call: Call, owned: OwnedObject, cast: Cast) -> None:
    hand = call.raise_hand(department=None, words="Until somebody does.", by=cast.contributor("HR"))
    assert call.choose(hand, by=cast.ceo) is None
    assert stands(owned) == (State.UNOWNED, None, cast.contributor("HR"))
    assert Call.objects.get().closed_at is None


def test_who_was_chosen_keeps_it_until_a_department_accepts(call: Call, owned: OwnedObject, cast: Cast) -> None:
    keeper, head = cast.contributor("HR"), cast.head("OPS")
    call.choose(call.raise_hand(department=None, words="Until somebody does.", by=keeper), by=cast.ceo)
    asked = OwnedObject.objects.get(pk=owned.pk).propose(cast.department("OPS"), by=cast.cxo)
    assert stands(owned) == (State.PROPOSED, None, keeper)
    asked.decline(by=head, code="not_ours", reason="Of HR.")
    assert stands(owned) == (State.UNOWNED, None, keeper)
    OwnedObject.objects.get(pk=owned.pk).propose(cast.department("OPS"), by=head)
    assert stands(owned) == (State.OWNED, head, None)


def test_who_was_chosen_and_leaves_keeps_nothing(call: Call, owned: OwnedObject, cast: Cast) -> None:
    keeper = cast.contributor("HR")
    call.choose(call.raise_hand(department=None, words="Until somebody does.", by=keeper), by=cast.ceo)
    keeper.deactivate(by=cast.administrator, reason="Left.")
    assert stands(owned) == (State.UNOWNED, None, None)


def test_nobody_offers_another_department_or_twice(call: Call, cast: Cast) -> None:
    contributor = cast.contributor("OPS")
    with pytest.raises(RuleBroken, match="You hold no role"):
        call.raise_hand(department=cast.department("MKT"), words="Theirs.", by=contributor)
    with pytest.raises(BadInput, match="why you"):
        call.raise_hand(department=None, words="", by=contributor)
    assert not Hand.objects.exists()
    call.raise_hand(department=None, words="Me.", by=contributor)
    with pytest.raises(RuleBroken, match="up already"):
        call.raise_hand(department=None, words="Me!", by=contributor)
    call.lower_hand(by=contributor)
    with pytest.raises(RuleBroken, match="not up"):
        call.lower_hand(by=contributor)
    assert Hand.objects.up().count() == 0


def test_nobody_chooses_themselves_and_only_cxo_or_ceo_choose(call: Call, owned: OwnedObject, cast: Cast) -> None:
    mine = call.raise_hand(department=None, words="I can.", by=cast.cxo)
    with pytest.raises(RuleBroken, match="Nobody chooses themselves"):
        call.choose(mine, by=cast.cxo)
    with pytest.raises(RuleBroken, match="Only the CXO or the CEO"):
        call.choose(mine, by=cast.head("OPS"))
    call.lower_hand(by=cast.cxo)
    with pytest.raises(RuleBroken, match="took the offer back"):
        call.choose(mine, by=cast.ceo)
    assert stands(owned) == (State.UNOWNED, None, None)


def test_a_call_for_what_somebody_owns_meanwhile_closes_by_itself(call: Call, owned: OwnedObject, cast: Cast) -> None:
    owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    assert beat.close_answered_calls() == 1
    assert beat.close_answered_calls() == 0
    call.refresh_from_db()
    with pytest.raises(RuleBroken, match="closed"):
        call.raise_hand(department=None, words="Late.", by=cast.contributor("HR"))


def test_a_call_for_what_is_restricted_is_seen_by_insiders_only(call: Call, owned: OwnedObject, cast: Cast) -> None:
    OwnedObject.objects.filter(pk=owned.pk).update(restricted=True)
    for person in (cast.head("OPS"), cast.contributor("HR"), cast.nobody):
        assert not Call.objects.visible_to(person).exists()
        assert not person.has_perm("journey.view_call", Call.objects.get())
    assert Call.objects.visible_to(cast.auditor).exists()
    assert Department.objects.count() == 2


def test_two_workers_close_the_same_call_once(call: Call, owned: OwnedObject, cast: Cast) -> None:
    owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    one, other = Call.objects.get(), Call.objects.get()
    assert (one.turn(), other.turn(), beat.close_answered_calls()) == (True, False, 0)
