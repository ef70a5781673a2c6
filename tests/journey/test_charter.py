"""The charter: written by the CXO, voted by departments, counted when its day is over, waived by the CEO."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey import charter_clock
from initiatives.journey.charter import obstacle_to_fund
from initiatives.journey.models import Ballot, CharterItem, CharterVersion, CharterWaiver, MapPolicy, Vote
from initiatives.journey.models.charter_votes import VOTE
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.journey.charter import CODES, Charters, days_after


@pytest.fixture
def charters(cast: Cast) -> Charters:
    return Charters(cast)


def votes_of(ballot: Ballot) -> list[str]:
    return list(ballot.votes.order_by("item__position").values_list("choice", flat=True))


def test_opening_the_vote_asks_each_departments_head_by_the_last_day(charters: Charters, cast: Cast) -> None:
    deputy = cast.deputy("OPS")
    charter = charters.opened()
    asks = Obligation.objects.open_now().filter(kind=VOTE)
    assert {ask.person for ask in asks} == {cast.head(code) for code in CODES}
    assert {ask.due_on for ask in asks} == {charter.closes_on}
    assert asks.waiting_for(deputy).count() == 1
    assert asks.waiting_for(cast.contributor("OPS")).count() == 0


def test_only_the_cxo_writes_and_opens(charters: Charters, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Only the CXO prepares"):
        CharterVersion.objects.draft().prepare([("stage", "Plan")], by=cast.ceo)
    assert not CharterVersion.objects.filter(items__isnull=False).exists()
    draft = charters.draft()
    with pytest.raises(RuleBroken, match="Only the CXO"):
        draft.open(closes_on=today() + timedelta(days=3), by=cast.head("OPS"))
    assert CharterVersion.objects.get().state == "draft"


def test_a_draft_is_written_anew_and_an_empty_one_is_not_opened(charters: Charters, cast: Cast) -> None:
    draft = charters.draft()
    draft.prepare([("stage", "Fly"), ("stage", "Fly")], by=cast.cxo)
    assert [item.text for item in CharterVersion.objects.draft().items.all()] == ["Fly"]
    with pytest.raises(BadInput):
        draft.prepare([], by=cast.cxo)
    assert draft.items.count() == 1
    assert CharterVersion(number=9).obstacle_to_open(cast.cxo) == "Write down what is voted on first."


def test_a_vote_needs_a_day_in_the_future(charters: Charters, cast: Cast) -> None:
    draft = charters.draft()
    with pytest.raises(BadInput, match="until tomorrow"):
        draft.open(closes_on=today(), by=cast.cxo)
    assert not Ballot.objects.exists()


def test_a_head_votes_and_may_change_it_and_both_are_remembered(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    charters.vote(charter, "OPS", "ioa")
    charters.vote(charter, "OPS", "iia")
    ballot = charters.ballot(charter, "OPS")
    assert votes_of(ballot) == ["in", "in", "abstain"]
    assert Event.objects.about(ballot).filter(verb="journey.ballot.voted").count() == 2
    assert not Obligation.objects.open_now().about(ballot).exists()


def test_nobody_votes_for_another_department_or_on_half_the_items(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    ballot = charters.ballot(charter, "OPS")
    choices = dict.fromkeys(charter.items.values_list("pk", flat=True), "in")
    for stranger in (cast.head("MKT"), cast.contributor("OPS"), cast.cxo, cast.ceo):
        with pytest.raises(RuleBroken, match="Only the head"):
            ballot.vote(choices, by=stranger)
    with pytest.raises(BadInput, match="each item"):
        ballot.vote(dict(list(choices.items())[:2]), by=cast.head("OPS"))
    with pytest.raises(BadInput, match="each item"):
        ballot.vote({**choices, next(iter(choices)): "perhaps"}, by=cast.head("OPS"))
    assert not Vote.objects.exists()


def test_the_database_holds_one_vote_for_each_department_and_item(charters: Charters) -> None:
    charter = charters.opened()
    charters.vote(charter, "OPS", "iii")
    again = Vote.objects.first()
    assert again
    with pytest.raises(IntegrityError, match="one_vote_each_item"), transaction.atomic():
        Vote.objects.create(ballot=again.ballot, item=again.item, choice="out")
    assert Vote.objects.count() == 3


def test_quorum_and_majority_ratify(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    for code, choices in {"OPS": "iio", "MKT": "iio", "HR": "ioi"}.items():
        charters.vote(charter, code, choices)
    assert charter.closes_on
    with clock.at(days_after(charter.closes_on, 1)):
        charter_clock.turn()
    charter.refresh_from_db()
    assert charter.state == "ratified"
    assert not Obligation.objects.open_now().filter(kind=VOTE).exists()


@pytest.mark.parametrize(
    ("why", "ballots"),
    [("no quorum", {"OPS": "iii", "MKT": "iii"}), ("no majority of items", {"OPS": "ioo", "MKT": "ioo", "HR": "iii"})],
)
def test_without_quorum_or_majority_it_is_not_ratified(charters: Charters, why: str, ballots: dict[str, str]) -> None:
    charter = charters.opened()
    for code, choices in ballots.items():
        charters.vote(charter, code, choices)
    assert charter.closes_on
    with clock.at(days_after(charter.closes_on, 1)):
        charter_clock.turn()
        charter_clock.turn()
    charter.refresh_from_db()
    assert charter.state == "not_ratified", why
    assert Event.objects.about(charter).filter(verb="journey.charterversion.not_ratified").count() == 1


def test_two_workers_count_the_same_vote_once(charters: Charters) -> None:
    charter = charters.opened()
    other = CharterVersion.objects.get()
    assert charter.closes_on
    with clock.at(days_after(charter.closes_on, 1)):
        assert (charter.turn(), other.turn(), charter_clock.turn()) == (True, False, 0)
    assert Event.objects.about(charter).filter(verb="journey.charterversion.not_ratified").count() == 1


def test_the_vote_runs_until_its_last_day_unless_all_have_voted(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    charters.vote(charter, "OPS", "iii")
    charter_clock.turn()
    with pytest.raises(RuleBroken, match="may still vote"):
        charter.close(by=cast.cxo)
    with pytest.raises(RuleBroken, match="Only the CXO"):
        charter.close(by=cast.ceo)
    assert CharterVersion.objects.get().state == "voting"
    for code in CODES:
        charters.vote(charter, code, "iii")
    charter.close(by=cast.cxo)
    assert CharterVersion.objects.get().state == "ratified"


def test_a_new_version_takes_the_place_of_the_old_one(charters: Charters) -> None:
    first, second = charters.ratified(), charters.ratified()
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("superseded", "ratified", 2)
    assert CharterVersion.objects.ratified() == second


def change_an_item(charter: CharterVersion) -> object:
    return charter.items.update(text="Something else")


def drop_an_item(charter: CharterVersion) -> object:
    return CharterItem.objects.filter(version=charter)._raw_delete("default")


def change_a_vote(charter: CharterVersion) -> object:
    return Vote.objects.filter(ballot__version=charter).update(choice="out")


def change_a_ballot(charter: CharterVersion) -> object:
    return charter.ballots.update(voted_at=None, voted_by=None)


def change_the_result(charter: CharterVersion) -> object:
    return CharterVersion.objects.filter(pk=charter.pk).update(state="voting")


@pytest.mark.parametrize("change", [change_an_item, drop_an_item, change_a_vote, change_a_ballot, change_the_result])
def test_the_database_keeps_what_was_voted(charters: Charters, change: Callable[[CharterVersion], object]) -> None:
    charter = charters.ratified()
    with pytest.raises(Exception, match=r"no longer voted on|Invalid transition|violates foreign key"), transaction.atomic():
        change(charter)
    charter.refresh_from_db()
    assert charter.state == "ratified"
    assert set(Vote.objects.values_list("choice", flat=True)) == {"in"}


def test_after_the_count_nobody_votes(charters: Charters, cast: Cast) -> None:
    charter = charters.ratified()
    with pytest.raises(RuleBroken, match="not being voted on"):
        charters.vote(charter, "OPS", "ooo")
    assert votes_of(charters.ballot(charter, "OPS")) == ["in"] * 3


def test_who_leads_a_department_now_is_asked_instead_of_who_left(charters: Charters, cast: Cast) -> None:
    deputy, charter = cast.deputy("OPS"), charters.opened()
    cast.head("OPS").deactivate(by=cast.administrator, reason="Left.")
    asked = Obligation.objects.open_now().about(charters.ballot(charter, "OPS"))
    assert [ask.person for ask in asked] == [deputy]


def needs_a_charter(cast: Cast) -> None:
    MapPolicy.objects.create(funding_needs_charter=True, by=cast.cxo, reason="We agreed to.")


def test_money_waits_for_a_ratified_charter_only_where_the_policy_says_so(charters: Charters, cast: Cast) -> None:
    assert obstacle_to_fund() is None
    needs_a_charter(cast)
    assert obstacle_to_fund() == "The CX charter is not ratified yet; the CEO may waive this."
    charters.opened()
    assert obstacle_to_fund()
    for code in CODES:
        charters.vote(CharterVersion.objects.under_vote(), code, "iii")
    CharterVersion.objects.under_vote().close(by=cast.cxo)
    assert obstacle_to_fund() is None


def test_the_ceo_waives_with_a_reason_and_ends_it(cast: Cast) -> None:
    needs_a_charter(cast)
    for stranger in (cast.cxo, cast.finance, cast.head("OPS")):
        with pytest.raises(RuleBroken, match="Only the CEO"):
            CharterWaiver.objects.waive(reason="I say so.", by=stranger)
    with pytest.raises(BadInput, match="Say why"):
        CharterWaiver.objects.waive(reason=" ", by=cast.ceo)
    assert not CharterWaiver.objects.exists()
    waiver = CharterWaiver.objects.waive(reason="The season does not wait.", by=cast.ceo)
    assert obstacle_to_fund() is None
    with pytest.raises(RuleBroken, match="waived already"):
        CharterWaiver.objects.waive(reason="Again.", by=cast.ceo)
    with pytest.raises(RuleBroken, match="Only the CEO"):
        waiver.end(by=cast.cxo)
    waiver.end(by=cast.ceo)
    assert obstacle_to_fund()
    assert [event.act for event in Event.objects.about(waiver).order_by("id")] == ["waived", "ended"]


def test_there_is_nothing_to_waive_while_a_charter_is_in_force(charters: Charters, cast: Cast) -> None:
    charters.ratified()
    with pytest.raises(RuleBroken, match="nothing to waive"):
        CharterWaiver.objects.waive(reason="In case.", by=cast.ceo)
    assert not CharterWaiver.objects.exists()


def test_who_loses_the_role_is_asked_no_more_and_a_new_head_is(charters: Charters, cast: Cast) -> None:
    charter = charters.opened()
    charters.vote(charter, "MKT", "iii")
    deputy = cast.deputy("OPS")
    cast.head("OPS").roles.get().end(by=cast.administrator, reason="Moves on.")
    asks = Obligation.objects.open_now().filter(kind=VOTE, department=cast.department("OPS"))
    assert [ask.person for ask in asks] == [deputy]
    assert not Obligation.objects.open_now().filter(kind=VOTE, department=cast.department("MKT")).exists()
