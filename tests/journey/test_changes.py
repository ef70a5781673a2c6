"""Changes of the map that somebody proposes: who decides, what is refused, and that an accepted one is done as proposed."""

from datetime import timedelta

import pytest
from django.test import Client

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties import compose
from initiatives.duties.models import Letter, Obligation
from initiatives.journey import beat
from initiatives.journey.models import Act, ChangeState, Journey, MapChange, Noun, OwnedObject, Stage, Touchpoint
from initiatives.journey.models.changes import change
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map


def proposed(touchpoint: Touchpoint, by: User, **values: object) -> MapChange:
    found: MapChange = MapChange.objects.propose(
        Noun.TOUCHPOINT, Act.EDIT, touchpoint, values or {"reach": 300}, by=by, reason="The counter says so."
    )
    return found


def own_stage(stage: Stage, cast: Cast) -> Stage:
    stage.owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    return Stage.objects.get(pk=stage.pk)


@pytest.fixture
def touchpoint(journey_map: Map, cast: Cast) -> Touchpoint:
    """A touchpoint in a stage that OPS owns, of a map that has a CXO."""
    assert cast.cxo
    return journey_map.touchpoint(reach=100, stage=own_stage(journey_map.before, cast))


def test_the_owner_of_the_stage_is_asked_and_the_map_stays_as_it_is(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    assert (waiting.before, waiting.after, waiting.state) == ({"reach": 100}, {"reach": 300}, ChangeState.PROPOSED)
    assert Touchpoint.objects.get(pk=touchpoint.pk).reach == 100
    ask = Obligation.objects.open_now().get(kind="journey.decide_change")
    assert (ask.person, list(ask.stand_ins.all())) == (cast.contributor("OPS"), [cast.head("OPS")])
    assert touchpoint.title not in ask.words


def test_the_cxo_is_asked_where_nobody_owns_the_stage(journey_map: Map, cast: Cast) -> None:
    assert cast.cxo
    proposed(journey_map.touchpoint(), cast.contributor("HR"))
    assert Obligation.objects.open_now().get(kind="journey.decide_change").person == cast.cxo


def test_what_was_asked_about_a_stage_follows_its_owner(journey_map: Map, cast: Cast) -> None:
    assert cast.cxo
    proposed(journey_map.touchpoint(), cast.contributor("HR"))
    journey_map.before.ask_to_review(by=cast.cxo)
    stage = own_stage(journey_map.before, cast)
    asks = Obligation.objects.open_now().filter(kind__in=["journey.decide_change", "journey.review_stage"])
    assert {ask.person for ask in asks} == {cast.contributor("OPS")}
    stage.owned.ownerships.accepted().get().give_back(by=cast.head("OPS"), reason="No longer.")
    assert {ask.person for ask in asks.all()} == {cast.cxo}


def test_accepting_does_what_was_proposed_and_tells_who_proposed_it(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    waiting.accept(by=cast.head("OPS"))
    found = Touchpoint.objects.get(pk=touchpoint.pk)
    assert (found.reach, found.owned.weight, waiting.state) == (300, 300, ChangeState.ACCEPTED)
    assert not Obligation.objects.open_now().filter(kind="journey.decide_change").exists()
    letter = Letter.objects.get(template="map_change")
    assert letter.recipient == cast.contributor("HR")
    assert Event.objects.about(found).latest("id").actor == cast.head("OPS")


def test_only_who_owns_the_stage_and_the_cxo_decide(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    for person in (cast.contributor("HR"), cast.head("HR"), cast.ceo, cast.finance, cast.nobody):
        with pytest.raises(RuleBroken, match="Only the owner of the stage"):
            waiting.accept(by=person)
        with pytest.raises(RuleBroken):
            waiting.decline(by=person, reason="No.")
    waiting.refresh_from_db()
    assert (waiting.state, Touchpoint.objects.get(pk=touchpoint.pk).reach) == (ChangeState.PROPOSED, 100)


def test_declining_needs_a_reason(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    with pytest.raises(BadInput):
        waiting.decline(by=cast.cxo, reason=" ")
    waiting.decline(by=cast.cxo, reason="Counted twice.")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.answer, Touchpoint.objects.get(pk=touchpoint.pk).reach) == ("declined", "Counted twice.", 100)


def test_what_somebody_changed_since_is_a_conflict_by_name_and_other_fields_are_none(touchpoint: Touchpoint, cast: Cast) -> None:
    stale, fresh = proposed(touchpoint, cast.contributor("HR")), proposed(touchpoint, cast.head("HR"), description="A queue.")
    Touchpoint.objects.get(pk=touchpoint.pk).edit({"reach": 150}, by=cast.cxo)
    stale, fresh = MapChange.objects.get(pk=stale.pk), MapChange.objects.get(pk=fresh.pk)
    with pytest.raises(RuleBroken, match="was changed since this was proposed: reach"):
        stale.accept(by=cast.cxo)
    assert MapChange.objects.get(pk=stale.pk).state == ChangeState.PROPOSED
    fresh.accept(by=cast.cxo)
    found = Touchpoint.objects.get(pk=touchpoint.pk)
    assert (found.reach, found.description) == (150, "A queue.")


def test_nothing_is_proposed_without_a_reason_a_difference_or_a_role(touchpoint: Touchpoint, cast: Cast) -> None:
    for values, reason, by in (
        ({"reach": 300}, " ", cast.head("HR")),
        ({"reach": 100}, "The same.", cast.head("HR")),
        ({"reach": 300}, "No role.", cast.nobody),
    ):
        with pytest.raises(RuleBroken):
            MapChange.objects.propose(Noun.TOUCHPOINT, Act.EDIT, touchpoint, values, by=by, reason=reason)
    assert not MapChange.objects.exists()
    assert not Obligation.objects.filter(kind="journey.decide_change").exists()


def test_everything_on_the_map_can_be_proposed_and_is_done_by_accepting(
    journey_map: Map, touchpoint: Touchpoint, cast: Cast
) -> None:
    by, where = cast.contributor("HR"), {"stage": touchpoint.stage, "channel": journey_map.web}
    asked = [
        (Noun.TOUCHPOINT, Act.ADD, None, {"title": "New", "reach": 5, **where}),
        (Noun.TOUCHPOINT, Act.SPLIT, touchpoint, {"parts": [{"title": "A", "reach": 1}, {"title": "B", "reach": 1}]}),
        (Noun.STAGE, Act.ADD, None, {"title": "Come back", "kind": "post_sale", "review_on": clock.today()}),
        (Noun.STAGE, Act.EDIT, journey_map.after, {"title": "Flying"}),
        (Noun.CHANNEL, Act.ADD, None, {"name": "Phone", "online": False}),
        (Noun.CHANNEL, Act.ARCHIVE, journey_map.desk, {}),
        (Noun.JOURNEY, Act.ADD, None, {"title": "By car", "path": [touchpoint.pk, touchpoint.pk]}),
    ]
    for noun, act, subject, values in asked:
        found = change(noun, act, subject, values, by=by, reason="Because.")
        assert isinstance(found, MapChange)
        MapChange.objects.get(pk=found.pk).accept(by=cast.cxo)
    assert Touchpoint.objects.get(title="New").owned.weight == 5
    assert sorted(Touchpoint.objects.filter(parent=touchpoint).values_list("title", flat=True)) == ["A", "B"]
    assert Stage.objects.get(title="Come back").position == 4
    assert Stage.objects.filter(title="Flying").exists()
    journey_map.desk.refresh_from_db()
    assert journey_map.desk.is_archived
    assert Journey.objects.get().path == [touchpoint.pk, touchpoint.pk]


def test_an_unanswered_change_lapses_after_working_days_once(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    assert beat.lapse_changes() == 0
    with clock.at(clock.now() + timedelta(days=14)):
        assert (beat.lapse_changes(), beat.lapse_changes()) == (1, 0)
    waiting.refresh_from_db()
    assert waiting.state == ChangeState.LAPSED
    with pytest.raises(RuleBroken, match="lapsed already"):
        waiting.accept(by=cast.cxo)
    assert Touchpoint.objects.get(pk=touchpoint.pk).reach == 100


def test_only_who_proposed_it_withdraws_it(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    with pytest.raises(RuleBroken):
        waiting.withdraw(by=cast.cxo)
    waiting.withdraw(by=cast.contributor("HR"))
    assert not Obligation.objects.open_now().filter(kind="journey.decide_change").exists()
    assert not Letter.objects.exists()


def test_a_change_of_a_restricted_touchpoint_is_known_to_its_insiders_only(touchpoint: Touchpoint, cast: Cast) -> None:
    waiting = proposed(touchpoint, cast.contributor("HR"))
    OwnedObject.objects.filter(pk=touchpoint.owned_id).update(restricted=True)
    for person, sees in ((cast.cxo, True), (cast.ceo, True), (cast.contributor("HR"), False), (cast.head("IT"), False)):
        assert MapChange.objects.visible_to(person).filter(pk=waiting.pk).exists() == sees
        client = Client()
        client.force_login(person)
        assert client.get(waiting.get_absolute_url()).status_code == (200 if sees else 404)
        assert (touchpoint.title in client.get("/own/changes/").content.decode()) == sees


def test_a_restricted_step_is_a_restricted_item_and_survives_somebody_elses_proposal(
    journey_map: Map, touchpoint: Touchpoint, cast: Cast
) -> None:
    hidden, journey = journey_map.touchpoint("Secret lounge"), None
    OwnedObject.objects.filter(pk=hidden.owned_id).update(restricted=True)
    journey = Journey.objects.add(by=cast.cxo, title="By car", path=[touchpoint.pk, hidden.pk])
    client = Client()
    client.force_login(cast.contributor("HR"))
    for page in (journey.get_absolute_url(), f"{journey.get_absolute_url()}edit/", "/own/journeys/"):
        text = client.get(page).content.decode()
        assert "Secret" not in text
        assert hidden.reference not in text
    first, second = (f"s{step.pk}" for step in journey.steps.all())
    sent = {"title": "By car", "goal": "", "version": 1, "reason": "Turned around.", "order": [second, first]}
    moved = client.post(f"{journey.get_absolute_url()}edit/", {**sent, "order": [first, second], "move": f"{first}:down"})
    assert [place.token for place in moved.context["form"].places] == [second, first]
    assert client.post(f"{journey.get_absolute_url()}edit/", sent).status_code == 302
    waiting = MapChange.objects.get(noun=Noun.JOURNEY)
    assert "Secret" not in client.get(waiting.get_absolute_url()).content.decode()
    waiting.accept(by=cast.cxo)
    assert Journey.objects.get().path == [hidden.pk, touchpoint.pk]


def test_the_letter_names_the_outcome(touchpoint: Touchpoint, cast: Cast) -> None:
    proposed(touchpoint, cast.contributor("HR")).decline(by=cast.cxo, reason="Counted twice.")
    letter = Letter.objects.get(template="map_change")
    mail = compose.mail(letter, now=clock.now())
    assert "declined" in mail.subject
    assert "Counted twice." in mail.body
    OwnedObject.objects.filter(pk=touchpoint.owned_id).update(restricted=True)
    with pytest.raises(compose.Needless):
        compose.mail(letter, now=clock.now())


def test_a_form_does_it_for_the_owner_and_proposes_it_for_others(touchpoint: Touchpoint, cast: Cast) -> None:
    sent = {"title": "Parking", "stage": touchpoint.stage_id, "channel": touchpoint.channel_id, "reach": 400, "version": 1}
    page, client = f"{touchpoint.get_absolute_url()}edit/", Client()
    client.force_login(cast.head("HR"))
    assert client.post(page, sent).status_code == 422  # without saying why
    assert client.post(page, {**sent, "reason": "Counted."}).status_code == 302
    assert Touchpoint.objects.get(pk=touchpoint.pk).title != "Parking"
    client.force_login(cast.head("OPS"))
    assert client.post(page, sent).status_code == 302
    assert Touchpoint.objects.get(pk=touchpoint.pk).title == "Parking"
    assert client.post(page, {**sent, "reach": -1}).status_code == 422
    assert client.post(page, {**sent, "reach": 500}).status_code == 409  # an old version
    assert Touchpoint.objects.get(pk=touchpoint.pk).reach == 400
