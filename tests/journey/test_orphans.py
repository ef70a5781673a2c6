"""The hot potato (measure N8): who might adopt it, when the CXO is asked, and what goes to the CEO."""

from datetime import timedelta
from decimal import Decimal

import pytest

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.adopters import adopters
from initiatives.journey.models import OwnedObject, Ownership, State, System
from initiatives.journey.models.asking import FIND
from initiatives.journey.models.orphans import DECIDE, ask_for_neglected, assign, excuse_decided, orphans
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.journey.conftest import Map


def asked(kind: str) -> list[tuple[str, str]]:
    found = Obligation.objects.open_now().filter(kind=kind).select_related("person").order_by("pk")
    return [(ask.person.name, ask.words) for ask in found]


def refuse(owned: OwnedObject, code: str, cast: Cast) -> None:
    head = cast.head(code)
    OwnedObject.objects.get(pk=owned.pk).propose(cast.department(code), by=cast.cxo)
    asked = Ownership.objects.waiting().select_related("owned", "department").get(owned=owned)
    asked.decline(by=head, code="not_ours", reason="We never did this.")


def owned_by(code: str, owned: OwnedObject, cast: Cast) -> None:
    owned.propose(cast.department(code), by=cast.head(code))


def test_the_suggested_adopter_to_the_digit(cast: Cast, journey_map: Map) -> None:
    """OPS: 0.4·300/400 + 0.3·1/2 + 0.2·300/500 + 0.1·(1 − 1) = 0.57; MKT: 0.4·100/400 + 0.2·100/500 + 0.1·(1 − 1/2) = 0.19."""
    orphan = journey_map.touchpoint("Orphan", reach=100)
    owned_by("OPS", journey_map.touchpoint("Near", reach=300, stage=journey_map.after).owned, cast)
    owned_by("MKT", journey_map.touchpoint("Beside", reach=100).owned, cast)
    systems = [System.objects.register(by=cast.cxo, title=title, touchpoints=[orphan]) for title in ("Barrier", "Payment")]
    owned_by("OPS", systems[0].owned, cast)
    first, second = adopters(orphan.owned, cast.cxo)
    assert (first.department.code, first.score) == ("OPS", Decimal("0.57"))
    assert (second.department.code, second.score) == ("MKT", Decimal("0.19"))
    assert [reason.share for reason in first.reasons] == [Decimal("0.75"), Decimal("0.5"), Decimal("0.6"), Decimal(0)]
    assert not first.refused


def test_a_stage_further_away_does_not_count(cast: Cast, journey_map: Map) -> None:
    orphan = journey_map.touchpoint("Orphan", reach=0, stage=journey_map.before)
    owned_by("OPS", journey_map.touchpoint("Far", reach=300, stage=journey_map.within).owned, cast)
    assert adopters(orphan.owned, cast.cxo)[0].reasons[0].share == 0


def test_a_system_without_a_stage_serves_nothing_that_has_none(cast: Cast, journey_map: Map) -> None:
    barrier, payment = (System.objects.register(by=cast.cxo, title=title) for title in ("Barrier", "Payment"))
    owned_by("OPS", barrier.owned, cast)
    assert adopters(payment.owned, cast.cxo)[0].reasons[1].share == 0


def test_what_a_reader_may_not_see_makes_nobody_likelier(cast: Cast, journey_map: Map) -> None:
    orphan = journey_map.touchpoint("Orphan", reach=0)
    secret = journey_map.touchpoint("Secret", reach=300).owned
    owned_by("HR", secret, cast)
    OwnedObject.objects.filter(pk=secret.pk).update(restricted=True)
    before = [(one.department.code, one.score) for one in adopters(orphan.owned, cast.contributor("OPS"))]
    assert before == [("HR", Decimal("0.1"))]
    assert adopters(orphan.owned, cast.cxo)[0].score == Decimal("0.6")


def test_two_refusals_or_twenty_working_days_make_an_orphan(cast: Cast, journey_map: Map) -> None:
    refused, old, fresh = (journey_map.touchpoint(title).owned for title in ("Refused", "Old", "Fresh"))
    owned_by("OPS", fresh, cast)
    for code in ("OPS", "MKT"):
        refuse(refused, code, cast)
    everything = OwnedObject.objects.filter(kind="touchpoint")
    assert list(orphans(everything, today())) == [refused]
    assert set(orphans(everything, working_days_after(today(), 20))) == {refused, old}


def test_the_cxo_is_asked_once_after_twenty_working_days(cast: Cast, journey_map: Map) -> None:
    _ = cast.cxo
    owned = journey_map.touchpoint().owned
    assert ask_for_neglected(today=working_days_after(today(), 19)) == 0
    assert ask_for_neglected(today=working_days_after(today(), 20)) == 1
    assert ask_for_neglected(today=working_days_after(today(), 21)) == 0
    assert asked(FIND) == [("Clara Cxo", f"Find who owns {owned.reference}")]
    owned_by("OPS", owned, cast)
    assert asked(FIND) == []


def test_being_asked_and_refusing_meanwhile_does_not_start_the_days_anew(cast: Cast, journey_map: Map) -> None:
    owned = journey_map.touchpoint().owned
    later = clock.now() + timedelta(days=25)
    with clock.at(later):
        refuse(owned, "OPS", cast)
        Obligation.objects.excuse(FIND, owned, by=None, reason="A test.")
        assert ask_for_neglected(today=working_days_after(today(), 3)) == 1


def test_the_third_refusal_goes_to_the_ceo_who_decides(cast: Cast, journey_map: Map) -> None:
    owned, _ = journey_map.touchpoint().owned, cast.ceo
    for code in ("OPS", "MKT"):
        refuse(owned, code, cast)
    assert asked(DECIDE) == []
    with pytest.raises(RuleBroken, match="after the third"):
        assign(OwnedObject.objects.get(pk=owned.pk), cast.department("OPS"), rationale="Now.", by=cast.ceo)
    refuse(owned, "IT", cast)
    assert asked(DECIDE) == [("Ernst Ceo", f"Decide who owns {owned.reference}")]
    owned.refresh_from_db()
    with pytest.raises(RuleBroken, match="Only the CEO"):
        assign(owned, cast.department("OPS"), rationale="Now.", by=cast.cxo)
    with pytest.raises(BadInput, match="Say why"):
        assign(owned, cast.department("OPS"), rationale=" ", by=cast.ceo)
    assert OwnedObject.objects.get(pk=owned.pk).state == State.UNOWNED
    assign(owned, cast.department("OPS"), rationale="It is your hall.", by=cast.ceo)
    owned = OwnedObject.objects.select_related("person").get(pk=owned.pk)
    assert (owned.state, owned.person) == (State.OWNED, cast.head("OPS"))
    assert asked(DECIDE) == []
    assert Event.objects.about(owned).filter(verb="journey.ownedobject.assigned").get().reason == "It is your hall."


def test_nobody_decides_about_what_is_owned_meanwhile(cast: Cast, journey_map: Map) -> None:
    owned, _ = journey_map.touchpoint().owned, cast.ceo
    for code in ("OPS", "MKT", "IT"):
        refuse(owned, code, cast)
    owned_by("HR", OwnedObject.objects.get(pk=owned.pk), cast)
    assert Obligation.objects.open_now().filter(kind=DECIDE).waiting_for(cast.ceo).count() == 0
    assert excuse_decided() == 1
    assert excuse_decided() == 0
