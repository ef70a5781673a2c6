"""The handshake: a department is asked, and answers with a name, with a reason, or not at all."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.beat import ring
from initiatives.journey.models import Answer, OwnedObject, Ownership, Refusal, State, refusing
from initiatives.journey.models.asking import ACCEPT, FIND
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture
def owned(journey_map: Map) -> OwnedObject:
    return journey_map.touchpoint().owned


def open_asks(kind: str) -> list[User]:
    return [ask.person for ask in Obligation.objects.open_now().filter(kind=kind).order_by("pk")]


def kept(owned: OwnedObject) -> OwnedObject:
    """What the database says; its running spell says the same."""
    found = OwnedObject.objects.get(pk=owned.pk)
    spell = found.spells.get(until=None)
    assert (spell.state, spell.department_id, spell.person_id) == (found.state, found.department_id, found.person_id)
    return found


def test_the_head_is_asked_and_the_deputy_stands_in(cast: Cast, owned: OwnedObject) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo, why="They run the lanes.")
    ask = Obligation.objects.get(kind=ACCEPT)
    assert (ask.person, list(ask.stand_ins.all()), ask.words) == (head, [deputy], f"Own {owned.reference}")
    assert (ask.due_on, ask.url) == (asked.answer_by, asked.get_absolute_url())
    assert (kept(owned).state, kept(owned).department) == (State.PROPOSED, None)
    assert list(Obligation.objects.waiting_for(deputy)) == [ask]


def test_who_accepts_names_a_member_and_then_it_is_owned(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    asked.accept(by=cast.head("OPS"), person=cast.contributor("OPS"))
    found = kept(owned)
    assert (found.state, found.department, found.person) == (State.OWNED, cast.department("OPS"), cast.contributor("OPS"))
    assert found.attest_by == Calendar.of().working_day_from(clock.company_day() + timedelta(days=182))
    assert open_asks(ACCEPT) == []
    assert [event.act for event in Event.objects.about(found).newest_first()] == ["ownership_accepted", "ownership_proposed"]


def test_only_a_member_of_the_department_is_named(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    gone = cast.contributor("OPS")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for person, words in ((cast.head("IT"), "holds no role in Ops department"), (gone, "no longer active")):
        with pytest.raises(RuleBroken, match=words):
            asked.accept(by=cast.head("OPS"), person=person)
    assert (kept(owned).state, Ownership.objects.get().answer) == (State.PROPOSED, Answer.PROPOSED)


def test_nobody_answers_for_another_department(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    for person in (cast.head("IT"), cast.contributor("OPS"), cast.cxo, cast.administrator):
        with pytest.raises(RuleBroken, match="Only the head of Ops department"):
            asked.accept(by=person)
        with pytest.raises(RuleBroken, match="Only the head of Ops department"):
            asked.decline(by=person, code=Refusal.NOT_OURS, reason="No.")
    assert kept(owned).state == State.PROPOSED


def test_declining_needs_a_code_and_a_reason_and_somebody_looks_for_another(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    for code, reason in (("", "Why not."), ("nonsense", "Why not."), (Refusal.NO_BUDGET, "  ")):
        with pytest.raises(RuleBroken, match="Choose why"):
            asked.decline(by=cast.head("OPS"), code=code, reason=reason)
    assert kept(owned).state == State.PROPOSED
    asked.decline(by=cast.head("OPS"), code=Refusal.NO_BUDGET, reason="No money this year.")
    found = kept(owned)
    assert (found.state, found.refusals) == (State.UNOWNED, 1)
    assert open_asks(ACCEPT) == []
    assert open_asks(FIND) == [cast.cxo]
    cast.head("IT")
    owned.propose(cast.department("IT"), by=cast.cxo)
    assert open_asks(FIND) == []


def test_a_head_raises_a_hand_and_owns_it_at_once(cast: Cast, owned: OwnedObject) -> None:
    cast.head("IT")
    owned.propose(cast.department("IT"), by=cast.cxo)
    owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    assert (kept(owned).department, kept(owned).person) == (cast.department("OPS"), cast.head("OPS"))
    assert open_asks(ACCEPT) == []
    assert Ownership.objects.get(department=cast.department("IT")).answer == Answer.WITHDRAWN


def test_who_may_not_ask_is_told_who_may(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    for person in (cast.head("IT"), cast.contributor("OPS"), cast.finance, cast.nobody):
        with pytest.raises(RuleBroken, match="Only the CXO or the owner of its stage can ask a department"):
            owned.propose(cast.department("OPS"), by=person)
    assert not Ownership.objects.exists()


def test_the_owner_of_the_stage_may_ask_for_its_touchpoints(cast: Cast, journey_map: Map) -> None:
    owned = journey_map.touchpoint().owned
    cast.head("OPS")
    journey_map.before.owned.propose(cast.department("MKT"), by=cast.head("MKT"), person=cast.contributor("MKT"))
    for person in (cast.head("MKT"), cast.contributor("MKT")):
        owned = OwnedObject.objects.get(pk=owned.pk)
        owned.propose(cast.department("OPS"), by=person).withdraw(by=person)
    assert kept(owned).state == State.UNOWNED
    with pytest.raises(RuleBroken, match="Only the CXO"):
        OwnedObject.objects.get(pk=journey_map.after.owned.pk).propose(cast.department("OPS"), by=cast.head("MKT"))


def test_an_offer_that_nobody_answers_lapses_after_its_last_day(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    noon = clock.now() + timedelta(days=(asked.answer_by - clock.company_day()).days)
    with clock.at(noon):
        assert ring()["offers_lapsed"] == 0
    with clock.at(noon + timedelta(days=1)):
        assert ring()["offers_lapsed"] == 1
        assert ring()["offers_lapsed"] == 0
    found = kept(owned)
    assert (found.state, found.refusals) == (State.UNOWNED, 1)
    assert (open_asks(ACCEPT), open_asks(FIND)) == ([], [cast.cxo])


def test_who_plays_the_days_to_come_sees_offers_lapse(cast: Cast, owned: OwnedObject, capsys: pytest.CaptureFixture[str]) -> None:
    cast.head("OPS")
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    call_command("run_due", until=f"{asked.answer_by + timedelta(days=1)}")
    assert "1 offers lapsed" in capsys.readouterr().out
    assert kept(owned).state == State.UNOWNED


def test_each_refusal_is_told_until_somebody_owns_it(cast: Cast, owned: OwnedObject, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, User | None]] = []
    monkeypatch.setattr(refusing, "_refused", [lambda owned, by: told.append((owned.refusals, by))])
    for code in ("OPS", "IT"):
        cast.head(code)
        asked = owned.propose(cast.department(code), by=cast.cxo)
        asked.decline(by=cast.head(code), code=Refusal.NOT_OURS, reason="Not ours.")
    assert told == [(1, cast.head("OPS")), (2, cast.head("IT"))]
    owned.propose(cast.department("MKT"), by=cast.head("MKT"))
    assert kept(owned).refusals == 0


def test_a_hand_over_needs_both_sides(cast: Cast, owned: OwnedObject) -> None:
    cast.head("IT")
    mine = owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    offered = mine.hand_over(cast.department("IT"), by=cast.deputy("OPS"), reason="They run the machines.")
    assert (kept(owned).state, kept(owned).department) == (State.OWNED, cast.department("OPS"))
    offered.accept(by=cast.head("IT"))
    mine.refresh_from_db()
    assert (mine.answer, mine.ending, mine.ended_at is not None) == (Answer.ENDED, "handed_over", True)
    assert (kept(owned).department, kept(owned).person) == (cast.department("IT"), cast.head("IT"))


def test_a_declined_hand_over_leaves_the_owner_and_is_no_refusal(cast: Cast, owned: OwnedObject) -> None:
    cast.head("IT")
    mine = owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    offered = mine.hand_over(cast.department("IT"), by=cast.head("OPS"))
    offered.decline(by=cast.head("IT"), code=Refusal.NO_CAPACITY, reason="Full.")
    found = kept(owned)
    assert (found.state, found.department, found.refusals) == (State.OWNED, cast.department("OPS"), 0)
    assert open_asks(FIND) == []


def test_what_is_owned_is_offered_by_its_owner_only(cast: Cast, owned: OwnedObject) -> None:
    cast.head("MKT")
    mine = owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    for person, code in ((cast.cxo, "MKT"), (cast.head("IT"), "IT")):
        with pytest.raises(RuleBroken, match="They hand it over, or another department contests it"):
            owned.propose(cast.department(code), by=person)
    with pytest.raises(RuleBroken, match="Only the head of Ops department"):
        mine.hand_over(cast.department("MKT"), by=cast.cxo)
    assert Ownership.objects.count() == 1


def test_the_head_names_another_person(cast: Cast, owned: OwnedObject) -> None:
    mine = owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="holds no role"):
        mine.name_person(cast.head("IT"), by=cast.head("OPS"))
    mine.name_person(cast.contributor("OPS"), by=cast.head("OPS"))
    assert kept(owned).person == cast.contributor("OPS")


def test_what_is_given_back_is_unowned_and_sought_for(cast: Cast, owned: OwnedObject) -> None:
    cast.cxo  # noqa: B018 - somebody has to look for an owner
    mine = owned.propose(cast.department("OPS"), by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="Give the reason"):
        mine.give_back(by=cast.head("OPS"), reason=" ")
    mine.give_back(by=cast.head("OPS"), reason="No longer ours.")
    assert kept(owned).state == State.UNOWNED
    assert len(open_asks(FIND)) == 1


def test_a_department_without_anybody_who_answers_is_not_asked(cast: Cast, owned: OwnedObject) -> None:
    with pytest.raises(RuleBroken, match="has nobody who could answer"):
        owned.propose(cast.department("OPS"), by=cast.cxo)
    assert not Ownership.objects.exists()


def test_a_department_is_asked_once(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    owned.propose(cast.department("OPS"), by=cast.cxo)
    with pytest.raises(RuleBroken, match="already asked"):
        owned.propose(cast.department("OPS"), by=cast.cxo)
    assert Ownership.objects.count() == 1


def test_who_is_asked_for_something_restricted_sees_it_until_they_decline(cast: Cast, owned: OwnedObject) -> None:
    cast.head("OPS")
    owned.restricted = True
    owned.save(update_fields=["restricted"])
    owned.project_grants()
    asked = owned.propose(cast.department("OPS"), by=cast.cxo)
    assert Ownership.objects.visible_to(cast.head("OPS")).count() == 1
    assert not Ownership.objects.visible_to(cast.head("IT")).exists()
    assert owned.name not in Obligation.objects.get(kind=ACCEPT).words
    asked.decline(by=cast.head("OPS"), code=Refusal.NOT_OURS, reason="Not ours.")
    assert not Ownership.objects.visible_to(cast.head("OPS")).exists()
