"""Drawing the map: who edits what, what is refused, what follows for weights, paths and who sees it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.journey import beat
from initiatives.journey.models import (
    Call,
    Channel,
    Facet,
    Handoff,
    HandoffState,
    Journey,
    MapPolicy,
    OwnedObject,
    Part,
    Spell,
    Stage,
    State,
    Touchpoint,
)
from initiatives.journey.models.asking import FIND
from initiatives.journey.seams import rebuild_guests
from tests.cast import Cast
from tests.journey.conftest import Map


@pytest.fixture
def owned_stage(journey_map: Map, cast: Cast) -> Stage:
    """The stage "Plan", owned by OPS with its contributor."""
    owned = journey_map.before.owned
    owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    return Stage.objects.get(pk=journey_map.before.pk)


def test_the_cxo_and_who_owns_the_stage_add_a_touchpoint_and_nobody_else(
    journey_map: Map, owned_stage: Stage, cast: Cast
) -> None:
    where = {"stage": owned_stage, "channel": journey_map.web, "reach": 50}
    for person in (cast.cxo, cast.head("OPS"), cast.deputy("OPS"), cast.contributor("OPS")):
        made = Touchpoint.objects.add(by=person, title=f"Of {person}", **where)
        assert made.owned.weight == 50
        assert Event.objects.about(made).get().act == "added"
    for person in (cast.head("HR"), cast.ceo, cast.finance, cast.administrator, cast.nobody):
        with pytest.raises(RuleBroken, match="Only the CXO or the owner of the stage"):
            Touchpoint.objects.add(by=person, title="Not theirs", **where)
    assert not Touchpoint.objects.filter(title="Not theirs").exists()


def test_an_edit_weighs_anew_and_is_remembered(journey_map: Map, cast: Cast) -> None:
    found = journey_map.touchpoint(reach=100)
    found.edit({"reach": 300, "moment_of_truth": True}, by=cast.cxo, version=1)
    assert (found.owned.weight, found.version) == (900, 2)
    assert [spell.weight for spell in found.owned.spells.order_by("began")] == [0, 100, 900]
    assert Event.objects.about(found).latest("id").changes["reach"] == [100, 300]


def test_an_edit_over_somebodys_newer_edit_is_stale(journey_map: Map, cast: Cast) -> None:
    found = journey_map.touchpoint(reach=100)
    Touchpoint.objects.get(pk=found.pk).edit({"reach": 200}, by=cast.cxo, version=1)
    with pytest.raises(Stale):
        found.edit({"reach": 300}, by=cast.cxo, version=1)
    assert Touchpoint.objects.get(pk=found.pk).reach == 200


def test_a_touchpoint_moves_to_another_stage_only_with_its_owner(journey_map: Map, owned_stage: Stage, cast: Cast) -> None:
    found = journey_map.touchpoint(stage=owned_stage)
    with pytest.raises(RuleBroken, match="can move it there"):
        found.edit({"stage": journey_map.after}, by=cast.head("OPS"))
    assert Touchpoint.objects.get(pk=found.pk).stage == owned_stage
    found.edit({"stage": journey_map.after}, by=cast.cxo)
    assert Touchpoint.objects.get(pk=found.pk).stage == journey_map.after


def test_what_is_not_editable_is_refused(journey_map: Map, cast: Cast) -> None:
    found = journey_map.touchpoint()
    with pytest.raises(BadInput):
        found.edit({"reference": "TP-1"}, by=cast.cxo)
    assert Touchpoint.objects.get(pk=found.pk).reference == found.reference


def test_split_divides_the_weight_exactly_and_only_once(journey_map: Map, cast: Cast) -> None:
    whole = journey_map.touchpoint(reach=100, moment_of_truth=True)
    first, second, third = whole.split([Part("A", 1), Part("B", 1), Part("C", 1)], by=cast.cxo)
    weights = [OwnedObject.objects.get(touchpoint=part).weight for part in (first, second, third)]
    assert weights == [Decimal("100.00"), Decimal("100.00"), Decimal("100.00")]
    assert OwnedObject.objects.get(touchpoint=whole).weight == 0
    with pytest.raises(RuleBroken, match="is itself a part"):
        first.split([Part("D", 1), Part("E", 1)], by=cast.cxo)
    with pytest.raises(RuleBroken, match="has parts"):
        whole.archive(by=cast.cxo, reason="Gone.")
    third.archive(by=cast.cxo, reason="Never was.")
    assert OwnedObject.objects.get(touchpoint=first).weight == 150
    with pytest.raises(BadInput, match="at least two"):
        journey_map.touchpoint("Other").split([Part("A", 1)], by=cast.cxo)
    assert not Touchpoint.objects.filter(parent__title="Other").exists()


def test_what_is_archived_is_asked_of_nobody_and_off_the_lists(journey_map: Map, cast: Cast) -> None:
    found = journey_map.touchpoint()
    cast.head("OPS")
    found.owned.propose(cast.department("OPS"), by=cast.cxo)
    with pytest.raises(BadInput, match="reason"):
        found.archive(by=cast.cxo, reason=" ")
    found.archive(by=cast.cxo, reason="The kiosk is gone.")
    assert not Touchpoint.objects.in_use().filter(pk=found.pk).exists()
    assert not Obligation.objects.open_now().exists()
    assert found.owned.spells.get(until=None).archived_on == found.owned.archived_on
    for act in (lambda: found.edit({"reach": 5}, by=cast.cxo), lambda: found.split([Part("A", 1), Part("B", 1)], by=cast.cxo)):
        with pytest.raises(RuleBroken, match="archived"):
            act()


def test_what_is_archived_is_called_for_by_nobody_and_passes_nothing_on(journey_map: Map, cast: Cast) -> None:
    giver, taker = journey_map.touchpoint("Kiosk"), journey_map.touchpoint("Bag drop", stage=journey_map.after)
    handoff = Handoff.objects.propose(giver, taker, by=cast.cxo, passes="The booking", hours=0)
    call = Call.objects.call(giver.owned, why="Nobody answers.", by=cast.cxo)
    cast.head("OPS")
    giver.owned.propose(cast.department("OPS"), by=cast.cxo).decline(by=cast.head("OPS"), code="not_ours", reason="Of IT.")
    assert Obligation.objects.open_now().get().kind == FIND
    giver.archive(by=cast.cxo, reason="The kiosk is gone.")
    handoff.refresh_from_db()
    call.refresh_from_db()
    assert (handoff.state, call.closed_at is None) == (HandoffState.ENDED, False)
    assert not Obligation.objects.open_now().exists()


def test_a_touchpoint_on_a_path_is_not_archived(journey_map: Map, cast: Cast) -> None:
    found = journey_map.touchpoint()
    journey = Journey.objects.add(by=cast.cxo, title="By car", path=[found.pk])
    with pytest.raises(RuleBroken, match="By car"):
        found.archive(by=cast.cxo, reason="Gone.")
    journey.edit({"path": []}, by=cast.cxo)
    found.archive(by=cast.cxo, reason="Gone.")
    assert found.is_archived


def test_a_stage_or_channel_with_touchpoints_is_not_archived(journey_map: Map, cast: Cast) -> None:
    journey_map.touchpoint()
    for thing in (journey_map.before, journey_map.web):
        with pytest.raises(RuleBroken, match=r"^Touchpoints stand in"):
            thing.archive(by=cast.cxo, reason="Gone.")
    journey_map.desk.archive(by=cast.cxo, reason="Closed.")
    with pytest.raises(RuleBroken, match="archived"):
        Touchpoint.objects.add(by=cast.cxo, title="At the desk", stage=journey_map.before, channel=journey_map.desk)


def test_stages_are_reordered_by_the_cxo_and_only_all_of_them(journey_map: Map, cast: Cast) -> None:
    before, after, within = journey_map.before.pk, journey_map.after.pk, journey_map.within.pk
    Stage.objects.reorder([within, before, after], by=cast.cxo)
    assert list(Stage.objects.values_list("pk", flat=True)) == [within, before, after]
    for order, by in (
        ([before, after], cast.cxo),
        ([before, before, after], cast.cxo),
        ([before, after, within], cast.head("OPS")),
    ):
        with pytest.raises(RuleBroken):
            Stage.objects.reorder(order, by=by)
    assert list(Stage.objects.values_list("pk", flat=True)) == [within, before, after]
    assert Stage.objects.add(by=cast.cxo, title="Come back", kind="post_sale").position == 4


def test_two_channels_of_one_name_are_refused(journey_map: Map, cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="one_channel_per_name"), transaction.atomic():
        Channel.objects.add(by=cast.cxo, name="WEB")
    assert Channel.objects.count() == 2


def test_a_path_is_replaced_as_a_whole_and_the_event_keeps_the_one_before(journey_map: Map, cast: Cast) -> None:
    one, two = journey_map.touchpoint("One"), journey_map.touchpoint("Two")
    journey = Journey.objects.add(by=cast.cxo, title="By car", path=[one.pk, two.pk, one.pk])
    journey.edit({"path": [two.pk, one.pk]}, by=cast.cxo, version=1)
    assert [step.touchpoint for step in journey.steps.all()] == [two, one]
    assert Event.objects.about(journey).latest("id").changes["path"] == [[one.pk, two.pk, one.pk], [two.pk, one.pk]]
    with pytest.raises(RuleBroken, match="archived, or never was"):
        journey.edit({"path": [two.pk, 10**9]}, by=cast.cxo)
    assert journey.steps.count() == 2


def test_a_new_journey_leads_through_what_is_in_use(journey_map: Map, cast: Cast) -> None:
    gone = journey_map.touchpoint()
    gone.archive(by=cast.cxo, reason="Closed.")
    with pytest.raises(RuleBroken, match="is archived"):
        Journey.objects.add(by=cast.cxo, title="Arriving", path=[gone.pk])
    assert not Journey.objects.exists()


def test_another_moment_factor_weighs_the_map_anew_and_leaves_the_past(journey_map: Map, cast: Cast) -> None:
    moment, plain = journey_map.touchpoint("A", reach=10, moment_of_truth=True), journey_map.touchpoint("B", reach=10)
    before = clock.now()
    with pytest.raises(RuleBroken):
        MapPolicy.objects.set({"moment_factor": 5}, by=cast.ceo, reason="More.")
    policy = MapPolicy.objects.set({"moment_factor": 5}, by=cast.cxo, reason="Surveys say so.")
    weights = {owned.touchpoint.title: owned.weight for owned in OwnedObject.objects.filter(kind="touchpoint")}
    assert weights == {"A": 50, "B": 10}
    assert Spell.objects.at(before).get(owned=moment.owned).weight == 30
    assert plain.owned.spells.count() == 2  # when it was made, and when it was weighed
    assert (policy.days_to_answer, MapPolicy.objects.current()) == (5, policy)
    assert Event.objects.get(verb="journey.mappolicy.set").changes["moment_factor"] == [3, 5]


def test_a_stage_past_its_review_is_stale_and_asked_for_once(journey_map: Map, owned_stage: Stage, cast: Cast) -> None:
    cast.head("OPS")
    owned_stage.edit({"review_on": clock.today() - timedelta(days=1)}, by=cast.cxo)
    assert owned_stage.is_stale(clock.today())
    assert (beat.ask_for_reviews(), beat.ask_for_reviews()) == (1, 0)
    ask = Obligation.objects.open_now().get(kind="journey.review_stage")
    assert (ask.person, ask.words) == (cast.contributor("OPS"), f"Review {owned_stage.reference}")
    with pytest.raises(RuleBroken, match="asked for already"):
        owned_stage.ask_to_review(by=cast.ceo)
    with pytest.raises(RuleBroken, match="Only the CXO or the owner"):
        owned_stage.review(by=cast.head("HR"), next_on=clock.today() + timedelta(days=90))
    owned_stage.review(by=cast.head("OPS"), next_on=clock.today() + timedelta(days=90))
    assert not owned_stage.is_stale(clock.today())
    assert not Obligation.objects.open_now().filter(kind="journey.review_stage").exists()


def test_a_restricted_touchpoint_its_parts_and_facets_are_hidden_together(journey_map: Map, cast: Cast) -> None:
    whole = journey_map.touchpoint()
    part, _ = whole.split([Part("A", 1), Part("B", 1)], by=cast.cxo)
    facet = Facet.objects.create(touchpoint=part, kind="data", title="Data").owned
    whole.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    whole = Touchpoint.objects.get(pk=whole.pk)
    with pytest.raises(RuleBroken):
        whole.restrict(by=cast.head("HR"))
    whole.restrict(by=cast.head("OPS"), departments=[cast.department("MKT")], guests=[cast.head("IT")])
    for one in (whole.owned, OwnedObject.objects.get(touchpoint=part), OwnedObject.objects.get(pk=facet.pk)):
        for person, sees in ((cast.contributor("MKT"), True), (cast.head("IT"), True), (cast.head("HR"), False)):
            assert one.seen_by(person) == sees
            assert OwnedObject.objects.visible_to(person).filter(pk=one.pk).exists() == sees
    assert rebuild_guests(check=True) == []
    with pytest.raises(RuleBroken, match="as restricted as"):
        Touchpoint.objects.get(pk=part.pk).restrict(by=cast.cxo)
    later = Touchpoint.objects.get(pk=whole.pk).split([Part("C", 1)], by=cast.cxo)[0]
    assert not later.owned.seen_by(cast.head("HR"))
    whole.open_up(by=cast.cxo)
    assert Touchpoint.objects.visible_to(cast.head("HR")).count() == 4
    assert rebuild_guests(check=True) == []


def test_the_state_of_a_part_is_not_touched_by_weighing_the_whole(journey_map: Map, cast: Cast) -> None:
    """A touchpoint is weighed while somebody else accepts it: the spell keeps who owns it."""
    found = journey_map.touchpoint(reach=10)
    stale = Touchpoint.objects.select_related("owned").get(pk=found.pk)
    found.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    stale.edit({"reach": 20}, by=cast.cxo)
    assert Spell.objects.get(owned=found.owned, until=None).state == State.OWNED


def test_parts_move_with_their_whole_from_the_stage_that_they_shared(journey_map: Map, cast: Cast) -> None:
    whole = journey_map.touchpoint(reach=10)
    near, apart = whole.split([Part("A", 1), Part("B", 1)], by=cast.cxo)
    apart.edit({"stage": journey_map.within}, by=cast.cxo)
    Touchpoint.objects.get(pk=whole.pk).edit({"stage": journey_map.after}, by=cast.cxo)
    assert [Touchpoint.objects.get(pk=one.pk).stage for one in (near, apart)] == [journey_map.after, journey_map.within]


def test_what_changed_is_named_in_words(journey_map: Map, cast: Cast, client: Client) -> None:
    touchpoint = journey_map.touchpoint(reach=10)
    touchpoint.edit({"reach": 20, "moment_of_truth": True}, by=cast.cxo)
    client.force_login(cast.cxo)
    page = client.get(touchpoint.get_absolute_url()).content.decode()
    assert "<strong>Clara Cxo</strong> changed the reach, the moment of truth" in page


def test_the_form_of_what_is_archived_says_why_it_cannot_be_saved(journey_map: Map, cast: Cast, client: Client) -> None:
    touchpoint = journey_map.touchpoint()
    touchpoint.archive(by=cast.cxo, reason="Closed.")
    client.force_login(cast.cxo)
    for act in ("edit", "split"):
        page = client.get(f"{touchpoint.get_absolute_url()}{act}/").content.decode()
        assert f"{touchpoint.reference} is archived." in page
        assert "<textarea" not in page
