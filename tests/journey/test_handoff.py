"""Handoffs: asked of both sides, agreed, declined, changed, ended; reopened when an end gets another owner."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.duties.reports import asks_for
from initiatives.journey.models import Answer, Handoff, HandoffState, Journey, State, Step, Touchpoint
from initiatives.journey.reports.handoffs import Agreement, agreed_pairs, paths
from initiatives.journey.reports.holdings import holdings
from initiatives.organization.models import Role, User
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.conftest import Map

TERMS = {"passes": "The booking, with the bag's number", "hours": 2, "customer_data": "Name, flight"}


def own(touchpoint: Touchpoint, cast: Cast, code: str) -> Touchpoint:
    cast.head(code)
    touchpoint.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
    return touchpoint


@pytest.fixture
def ends(journey_map: Map, cast: Cast) -> tuple[Touchpoint, Touchpoint]:
    """A touchpoint of OPS before the sale, and one of SEC after it."""
    giver = own(journey_map.touchpoint("Booking"), cast, "OPS")
    return giver, own(journey_map.touchpoint("Bag drop", stage=journey_map.after), cast, "SEC")


@pytest.fixture
def asked(ends: tuple[Touchpoint, Touchpoint], cast: Cast) -> Handoff:
    return Handoff.objects.propose(*ends, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types


def state(handoff: Handoff) -> str:
    return Handoff.objects.values_list("state", flat=True).get(pk=handoff.pk)


def answers(handoff: Handoff) -> list[tuple[str, str]]:
    sides = handoff.sides.select_related("department").order_by("taking")
    return [(side.department.code if side.department else "", side.answer) for side in sides]


def waiting_for(*people: User) -> list[int]:
    return [len(asks_for(person)) for person in people]


# -- Agreeing ------------------------------------------------------------------------------------------------------------


def test_both_departments_are_asked(asked: Handoff, cast: Cast) -> None:
    assert asked.reference.startswith("HOF-")
    assert answers(asked) == [("OPS", "proposed"), ("SEC", "proposed")]
    assert waiting_for(cast.head("OPS"), cast.head("SEC"), cast.cxo) == [1, 1, 0]
    assert [ask.words for ask in asks_for(cast.head("SEC"))] == [f"Agree to {asked.reference}: what is taken over"]


def test_it_counts_only_when_both_have_agreed(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    assert (state(asked), agreed_pairs(cast.ceo)) == (HandoffState.PROPOSED, {})
    asked.accept(by=cast.deputy("SEC"))
    assert state(asked) == HandoffState.AGREED
    assert agreed_pairs(cast.ceo) == {(asked.giver.reference, asked.taker.reference): asked.reference}
    assert not Obligation.objects.open_now().exists()


def test_who_asks_and_may_answer_for_a_side_has_agreed_by_asking(ends: tuple[Touchpoint, Touchpoint], cast: Cast) -> None:
    handoff = Handoff.objects.propose(*ends, by=cast.head("OPS"), **TERMS)  # type: ignore[arg-type]  # the terms' own types
    assert answers(handoff) == [("OPS", "accepted"), ("SEC", "proposed")]


def test_a_department_that_holds_both_ends_answers_once(journey_map: Map, cast: Cast) -> None:
    giver, taker = (own(journey_map.touchpoint(title), cast, "OPS") for title in ("Booking", "Change of booking"))
    handoff = Handoff.objects.propose(giver, taker, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    handoff.accept(by=cast.head("OPS"))
    assert state(handoff) == HandoffState.AGREED
    assert Event.objects.about(handoff).filter(verb__endswith=".accepted").count() == 1


def test_who_heads_both_departments_answers_for_both_at_once(journey_map: Map, cast: Cast) -> None:
    both = cast.people["head_sec"] = cast.head("OPS")
    Role.objects.create(person=both, kind="head", department=cast.department("SEC"), starts=date(2026, 1, 1))
    giver, taker = own(journey_map.touchpoint("Booking"), cast, "OPS"), own(journey_map.touchpoint("Gate"), cast, "SEC")
    handoff = Handoff.objects.propose(giver, taker, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    handoff.accept(by=both)
    assert answers(handoff) == [("OPS", "accepted"), ("SEC", "accepted")]
    assert not Obligation.objects.open_now().exists()


def test_one_refusal_declines_it_and_keeps_the_reason(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    asked.decline(by=cast.head("SEC"), reason="Two hours are too many.")
    assert state(asked) == HandoffState.DECLINED
    assert asked.sides.get(taking=True).reason == "Two hours are too many."


def test_changed_terms_are_accepted_again(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    asked.decline(by=cast.head("SEC"), reason="Too slow.")
    asked.change(by=cast.cxo, **{**TERMS, "hours": 0})  # type: ignore[arg-type]  # the terms' own types
    assert (state(asked), asked.version) == (HandoffState.PROPOSED, 2)
    assert answers(asked) == [("OPS", "proposed"), ("SEC", "proposed")]
    assert waiting_for(cast.head("OPS"), cast.head("SEC")) == [1, 1]


def test_nobody_agrees_to_terms_that_they_have_not_read(asked: Handoff, cast: Cast) -> None:
    asked.change(by=cast.cxo, **{**TERMS, "hours": 9})  # type: ignore[arg-type]  # the terms' own types
    with pytest.raises(Stale):
        asked.accept(by=cast.head("OPS"), version=1)
    assert answers(asked) == [("OPS", "proposed"), ("SEC", "proposed")]


def test_an_ended_one_waits_for_nobody_and_leaves_room_for_another(asked: Handoff, cast: Cast) -> None:
    asked.end(by=cast.head("SEC"), reason="Bags are dropped at home now.")
    assert waiting_for(cast.head("OPS"), cast.head("SEC")) == [0, 0]
    again = Handoff.objects.propose(asked.giver, asked.taker, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    assert again.reference != asked.reference


# -- Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["accept", "decline", "change", "end", "propose"])
def test_others_are_refused_and_nothing_changes(asked: Handoff, cast: Cast, act: str) -> None:
    before, events = answers(asked), Event.objects.count()
    by = cast.head("IT")
    calls: dict[str, Any] = {
        "accept": lambda: asked.accept(by=by),
        "decline": lambda: asked.decline(by=by, reason="No."),
        "change": lambda: asked.change(by=by, **{**TERMS, "hours": 1}),
        "end": lambda: asked.end(by=by, reason="No."),
        "propose": lambda: Handoff.objects.propose(asked.taker, asked.giver, by=by, **TERMS),
    }
    with pytest.raises(RuleBroken):
        calls[act]()
    assert (answers(asked), Event.objects.count(), Handoff.objects.count()) == (before, events, 1)


def test_two_of_the_same_are_refused_by_the_rule_and_by_the_database(asked: Handoff, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="stands between these two already"):
        Handoff.objects.propose(asked.giver, asked.taker, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    with pytest.raises(IntegrityError, match="one_handoff_each_way"), transaction.atomic():
        Handoff.objects.create(reference="HOF-X", giver=asked.giver, taker=asked.taker, passes="x")


def test_a_side_answers_once(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="answered already"):
        asked.decline(by=cast.deputy("OPS"), reason="No.")
    assert answers(asked)[0] == ("OPS", Answer.ACCEPTED)


# -- Owners change -------------------------------------------------------------------------------------------------------


def test_a_new_owner_of_one_end_is_asked_and_the_other_side_stays(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    asked.accept(by=cast.head("SEC"))
    own(asked.taker, cast, "IT")
    assert (state(asked), answers(asked)) == (HandoffState.PROPOSED, [("OPS", "accepted"), ("IT", "proposed")])
    assert waiting_for(cast.head("IT"), cast.head("SEC"), cast.head("OPS")) == [1, 0, 0]
    assert agreed_pairs(cast.ceo) == {}


def test_an_end_that_loses_its_owner_asks_nobody_until_somebody_owns_it(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    asked.taker.owned.become(State.UNOWNED)
    assert answers(asked) == [("OPS", "accepted"), ("", "proposed")]
    assert waiting_for(cast.head("SEC")) == [0]
    own(asked.taker, cast, "SEC")
    assert waiting_for(cast.head("SEC")) == [1]


def test_a_person_who_leaves_changes_nothing_while_the_department_stays(asked: Handoff, cast: Cast) -> None:
    asked.accept(by=cast.head("OPS"))
    asked.accept(by=cast.head("SEC"))
    asked.taker.owned.become(State.VACANT, department=cast.department("SEC"), steward=cast.head("SEC"))
    assert state(asked) == HandoffState.AGREED


# -- Along the journeys --------------------------------------------------------------------------------------------------


@pytest.fixture
def family(asked: Handoff, journey_map: Map, cast: Cast) -> Journey:
    """Booking (OPS) → bag drop (SEC) → lounge (nobody) → gate (SEC)."""
    stops = [asked.giver, asked.taker, journey_map.touchpoint("Lounge"), own(journey_map.touchpoint("Gate"), cast, "SEC")]
    journey = Journey.objects.create(title="Family by AirTrain")
    for position, stop in enumerate(stops, 1):
        Step.objects.create(journey=journey, touchpoint=stop, position=position)
    return journey


def test_missing_handoffs_are_found_along_the_path_and_the_first_break_is_named(
    family: Journey, asked: Handoff, cast: Cast
) -> None:
    (path,) = paths(cast.ceo, holdings(cast.ceo))
    assert [(one.state, one.why) for one in path.passages] == [
        ("proposed", f"{asked.reference} waits for Ops department and Sec department"),
        ("missing", "nobody owns Lounge"), ("missing", "nobody owns Lounge"),
    ]  # fmt: skip
    asked.accept(by=cast.head("OPS"))
    asked.accept(by=cast.head("SEC"))
    (path,) = paths(cast.ceo, holdings(cast.ceo))
    assert path.first_break is not None
    assert (path.first_break.before.title, path.first_break.after.title) == ("Bag drop", "Lounge")  # type: ignore[union-attr]  # it has one
    assert Agreement.of([path]) == Agreement(1, 3)
    html = sign_in(cast.contributor("IT")).get("/own/handoffs/").content.decode()
    assert "Family by AirTrain breaks between Bag drop and Lounge" in html
    assert "<strong>1 of 3 passages</strong> (33\u00a0%)" in html


def test_a_passage_that_two_journeys_take_counts_once(family: Journey, cast: Cast) -> None:
    twin = Journey.objects.create(title="The same again")
    for step in family.steps.all():
        Step.objects.create(journey=twin, touchpoint=step.touchpoint, position=step.position)
    assert Agreement.of(paths(cast.ceo, holdings(cast.ceo))).passages == 3


def test_a_restricted_stop_is_shown_as_such_and_counts_for_insiders_only(family: Journey, cast: Cast, asked: Handoff) -> None:
    hide(asked.taker)
    outsider = sign_in(cast.contributor("IT"))
    html = outsider.get("/own/handoffs/").content.decode()
    assert "Restricted item" in html
    assert asked.reference not in html
    assert "Bag drop" not in html
    assert Agreement.of(paths(cast.contributor("IT"), holdings(cast.contributor("IT")))).passages == 1
    assert Agreement.of(paths(cast.ceo, holdings(cast.ceo))).passages == 3
    assert outsider.get(asked.get_absolute_url()).status_code == 404
    assert asked.reference not in outsider.get(asked.giver.get_absolute_url()).content.decode()


def test_a_side_that_may_not_see_the_other_is_not_asked(ends: tuple[Touchpoint, Touchpoint], cast: Cast) -> None:
    hide(ends[1])
    with pytest.raises(RuleBroken, match="may not see both ends"):
        Handoff.objects.propose(*ends, by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    assert not Handoff.objects.exists()


# -- Pages ---------------------------------------------------------------------------------------------------------------


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hide(touchpoint: Touchpoint) -> None:
    touchpoint.owned.restricted = True
    touchpoint.owned.save(update_fields=["restricted"])
    touchpoint.owned.project_grants()


def test_a_handoff_is_asked_for_and_answered_from_pages(ends: tuple[Touchpoint, Touchpoint], cast: Cast) -> None:
    asker = sign_in(cast.cxo)
    form = {"giver": ends[0].reference, "taker": ends[1].reference, **TERMS}
    page = asker.get(f"/own/handoffs/propose/?giver={ends[0].reference}&taker={ends[1].reference}").content.decode()
    assert page.count(" selected") == 2
    assert asker.post("/own/handoffs/propose/", {**form, "hours": "-1"}).status_code == 422
    assert asker.post("/own/handoffs/propose/", {**form, "taker": ends[0].reference}).status_code == 422
    assert not Handoff.objects.exists()
    assert asker.post("/own/handoffs/propose/", form).status_code == 302
    handoff = Handoff.objects.get()
    for code in ("OPS", "SEC"):
        home = sign_in(cast.head(code)).get("/").content.decode()
        assert handoff.reference in home
        act = f"{handoff.get_absolute_url()}accept/"
        assert sign_in(cast.head(code)).post(act, {"version": 1, "next": "/"}).headers["Location"] == "/"
    assert state(handoff) == HandoffState.AGREED


def test_the_terms_are_changed_and_it_is_ended_from_its_page(asked: Handoff, cast: Cast) -> None:
    head = sign_in(cast.head("OPS"))
    change = f"{asked.get_absolute_url()}change/"
    assert head.post(change, {**TERMS, "hours": 5, "version": 7}).status_code == 409
    assert head.post(change, {**TERMS, "hours": 5, "version": 1}).status_code == 302
    assert head.post(f"{asked.get_absolute_url()}end/", {"reason": ""}).status_code == 422
    assert head.post(f"{asked.get_absolute_url()}end/", {"reason": "Over."}).status_code == 302
    assert state(asked) == HandoffState.ENDED
    assert re.search("has ended", head.get(asked.get_absolute_url()).content.decode())


def test_the_page_of_handoffs_costs_the_same_for_any_number(
    family: Journey, journey_map: Map, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(cast.contributor("OPS"))
    with django_assert_num_queries(11) as few:
        client.get("/own/handoffs/")
    for number in range(3):
        journey = Journey.objects.create(title=f"Journey {number}")
        stops = [own(journey_map.touchpoint(f"Stop {number}.{place}"), cast, "OPS") for place in range(4)]
        for position, stop in enumerate(stops, 1):
            Step.objects.create(journey=journey, touchpoint=stop, position=position)
        Handoff.objects.propose(stops[0], stops[1], by=cast.cxo, **TERMS)  # type: ignore[arg-type]  # the terms' own types
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/own/handoffs/")


def test_the_pages_have_no_fault_at_any_width(
    transactional_db: None, browse: Browse, faults: Callable[..., list[str]], family: Journey, asked: Handoff, cast: Cast
) -> None:
    asked.decline(by=cast.head("SEC"), reason="Too slow.")
    assert faults(browse("/own/handoffs/", by=cast.cxo)) == []
    assert faults(browse(asked.get_absolute_url(), by=cast.head("OPS")), [(360, "light"), (1440, "dark")]) == []
    assert faults(browse("/own/handoffs/propose/", by=cast.cxo), [(360, "dark")]) == []
