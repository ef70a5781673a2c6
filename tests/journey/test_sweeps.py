"""A sweep asks every stage what fails there; it is complete when each has an entry or a signed "nothing known"."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import Signal, State, Sweep, SweepStage
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture
def sweep(journey_map: Map, cast: Cast) -> Sweep:
    """Of three stages: OPS answers for the first, HR for the second, nobody for the third."""
    cast.deputy("OPS")
    for stage, code in ((journey_map.before, "OPS"), (journey_map.after, "HR")):
        stage.owned.become(State.OWNED, department=cast.department(code), person=cast.head(code))
    return opened(journey_map, cast)


def opened(journey_map: Map, cast: Cast) -> Sweep:
    stages = [journey_map.before, journey_map.after, journey_map.within]
    return Sweep.objects.open_sweep(by=cast.cxo, due_on=clock.today() + timedelta(days=14), stages=stages)


def asked(sweep: Sweep, title: str) -> SweepStage:
    return SweepStage.objects.get(sweep=sweep, stage__title=title)


def waiting_for(user: User) -> list[str]:
    return [ask.words for ask in Obligation.objects.waiting_for(user) if ask.kind == "journey.sweep"]


def test_each_stage_is_asked_of_who_answers_for_it(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    assert waiting_for(cast.head("OPS")) == [f"Sweep 1: say what fails in {journey_map.before.reference}"]
    assert len(waiting_for(cast.deputy("OPS"))) == 1
    assert waiting_for(cast.cxo) == [f"Sweep 1: say what fails in {journey_map.within.reference}"]


def test_it_is_complete_only_when_each_stage_has_an_entry_or_a_signature(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    Signal.objects.raise_signal(by=cast.contributor("IT"), touchpoints=[journey_map.touchpoint()], title="Too few spaces")
    assert waiting_for(cast.head("OPS")) == []
    asked(sweep, "Fly").sign(by=cast.head("HR"))
    with pytest.raises(RuleBroken, match="nothing known”: Work here"):
        sweep.complete(by=cast.cxo)
    assert Sweep.objects.get().is_open
    asked(sweep, "Work here").sign(by=cast.cxo)
    sweep.complete(by=cast.cxo)
    assert Sweep.objects.get().state == "completed"
    assert not Obligation.objects.open_now().filter(kind="journey.sweep").exists()


def test_what_was_raised_before_does_not_count(journey_map: Map, cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(days=1)):
        Signal.objects.raise_signal(by=cast.contributor("IT"), touchpoints=[journey_map.touchpoint()], title="Too few spaces")
    assert len(opened(journey_map, cast).missing()) == 3


def test_what_is_restricted_does_not_count(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    touchpoint = journey_map.touchpoint()
    touchpoint.owned.restricted = True
    touchpoint.owned.save(update_fields=["restricted"])
    Signal.objects.raise_signal(by=cast.cxo, touchpoints=[touchpoint], title="Too few spaces")
    assert len(sweep.missing()) == 3
    assert len(waiting_for(cast.head("OPS"))) == 1


def test_nobody_signs_for_another_department_nor_against_an_entry(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    for person in (cast.head("HR"), cast.contributor("OPS"), cast.cxo):
        with pytest.raises(RuleBroken, match="Only the head"):
            asked(sweep, "Plan").sign(by=person)
    Signal.objects.raise_signal(by=cast.contributor("IT"), touchpoints=[journey_map.touchpoint()], title="Too few spaces")
    with pytest.raises(RuleBroken, match="Something is known"):
        asked(sweep, "Plan").sign(by=cast.head("OPS"))
    assert asked(sweep, "Plan").signed_by is None


def test_one_sweep_is_open_at_a_time(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="complete it first"):
        opened(journey_map, cast)
    with pytest.raises(IntegrityError, match="one_open_sweep"), transaction.atomic():
        Sweep.objects.create(number=2, due_on=clock.today(), opened_by=cast.cxo)
    sweep.cancel(by=cast.cxo, reason="The stages are being redrawn.")
    assert opened(journey_map, cast).number == 2


def test_only_the_cxo_leads_a_sweep(sweep: Sweep, journey_map: Map, cast: Cast) -> None:
    for act in (sweep.complete, sweep.cancel):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            act(by=cast.ceo, **({"reason": "No."} if act == sweep.cancel else {}))
    with pytest.raises(RuleBroken, match="Only the CXO"):
        Sweep.objects.open_sweep(by=cast.ceo, due_on=clock.today() + timedelta(days=1), stages=[journey_map.before])
    assert Sweep.objects.get().is_open
