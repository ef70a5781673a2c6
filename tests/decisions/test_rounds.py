"""Heads divide an amount over candidates until a day; what they would give is kept, and allocates nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions import beat
from initiatives.decisions.models import Portion, Round, RoundBallot, RoundCandidate
from initiatives.decisions.reports.rounds import wishes
from initiatives.duties.models import Obligation
from initiatives.funding.models import FundingRequest, Transfer
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.decisions.conftest import Candidate
from tests.decisions.rounds import ballot_of, divide, given, opened


@pytest.fixture
def lanes(candidate: Candidate) -> Initiative:
    return candidate("Lanes")


@pytest.fixture
def lounge(candidate: Candidate) -> Initiative:
    return candidate("Lounge", code="RET")


@pytest.fixture
def round_(cast: Cast, lanes: Initiative, lounge: Initiative) -> Round:
    for code in ("OPS", "RET"):
        cast.head(code), cast.deputy(code)
    return opened(cast, lanes, lounge)


def test_each_head_is_asked_and_the_deputies_stand_in(cast: Cast, round_: Round) -> None:
    asks = Obligation.objects.filter(kind="decisions.divide").order_by("department__code")
    assert [(ask.person, *ask.stand_ins.all()) for ask in asks] == [
        (cast.head(code), cast.deputy(code)) for code in ("OPS", "RET")
    ]
    assert {ask.due_on for ask in asks} == {round_.closes_on}
    for person in (cast.head("OPS"), cast.deputy("OPS")):
        assert Obligation.objects.waiting_for(person).get().words == f"Divide an amount in round {round_.pk}"
    assert [event.act for event in Event.objects.about(round_)] == ["opened"]


def test_a_head_divides_and_changes_it_and_each_change_is_kept(
    cast: Cast, round_: Round, lanes: Initiative, lounge: Initiative
) -> None:
    divide("OPS", round_, {lanes: "60.00", lounge: "39.99"}, by=cast.head("OPS"))
    ballot = divide("OPS", round_, {lounge: "100"}, by=cast.deputy("OPS"))
    assert given(ballot) == {"Lounge": Decimal(100)}
    assert (ballot.cast_by, ballot.version) == (cast.deputy("OPS"), 2)
    first, second = (round_.candidates.get(initiative=one).pk for one in (lanes, lounge))
    last, before = Event.objects.about(ballot).newest_first()
    assert last.changes["portions"] == {str(first): ["60.00", None], str(second): ["39.99", "100.00"]}
    assert before.changes["portions"] == {str(first): [None, "60.00"], str(second): [None, "39.99"]}
    assert not Obligation.objects.waiting_for(cast.head("OPS")).exists()


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        ({"Lanes": "60", "Lounge": "40.01"}, "100.01"),
        ({"Lanes": "0.001"}, "two decimals"),
        ({"Lanes": "-1"}, "greater than zero"),
        ({"Lanes": "0"}, "greater than zero"),
        ({"Lanes": "NaN"}, "decimal number"),
        ({"Lanes": "9.99"}, "at least 10.00"),
        ({}, "at least 10.00"),
        ({"Elsewhere": "50"}, "not in the round"),
    ],
)
def test_what_cannot_be_divided_so_is_refused_and_nothing_is_stored(
    cast: Cast, lanes: Initiative, lounge: Initiative, amounts: dict[str, str], says: str
) -> None:
    cast.head("OPS")
    held = opened(cast, lanes, lounge, minimum="10.00")
    keys = dict(held.candidates.values_list("initiative__title", "pk"))
    with pytest.raises(BadInput, match=says):
        ballot_of("OPS", held).divide(
            {keys.get(title, 0): Decimal(text) for title, text in amounts.items()}, version=0, by=cast.head("OPS")
        )
    assert not Portion.objects.exists()
    assert ballot_of("OPS", held).cast_at is None


def test_only_head_and_deputies_divide_for_their_department(cast: Cast, round_: Round, lanes: Initiative) -> None:
    for person in (cast.cxo, cast.ceo, cast.finance, cast.administrator, cast.head("RET"), cast.contributor("OPS"), cast.nobody):
        with pytest.raises(RuleBroken, match="Only the head"):
            divide("OPS", round_, {lanes: "1"}, by=person)
    assert not Portion.objects.exists()


def test_who_opened_the_ballot_before_another_saved_it_is_told(cast: Cast, round_: Round, lanes: Initiative) -> None:
    old = ballot_of("OPS", round_)
    divide("OPS", round_, {lanes: "60"}, by=cast.head("OPS"))
    with pytest.raises(Stale):
        old.divide({}, version=0, by=cast.deputy("OPS"))
    assert given(old) == {"Lanes": Decimal(60)}


def test_only_the_cxo_opens_a_round_and_one_at_a_time(cast: Cast, round_: Round, lanes: Initiative, lounge: Initiative) -> None:
    assert Round.objects.all().obstacle_to_open(cast.ceo) == "Only the CXO opens a round."
    with pytest.raises(RuleBroken, match="is open until"):
        opened(cast, lanes, lounge)
    assert Round.objects.count() == 1


def test_a_round_that_makes_no_sense_is_not_opened(
    cast: Cast, candidate: Candidate, lanes: Initiative, lounge: Initiative
) -> None:
    secret, over = candidate("Secret", confidential=True), candidate("Over")
    over.decline(by=cast.cxo, reason="Too early.")
    for candidates, more, says in (
        ((lanes,), {}, "at least 2"),
        ((lanes, secret), {}, "at least 2"),
        ((lanes, lounge, over), {}, "no candidate"),
        ((lanes, lounge), {"minimum": "100.01"}, "not above"),
        ((lanes, lounge), {"cap": "0"}, "greater than zero"),
        ((lanes, lounge), {"days": 0}, "until tomorrow"),
    ):
        with pytest.raises(BadInput, match=says):
            opened(cast, *candidates, **more)  # type: ignore[arg-type]  # wrong on purpose
    assert not Round.objects.exists()
    assert not Obligation.objects.filter(kind="decisions.divide").exists()


def test_the_cxo_closes_with_all_votes_in_and_not_before(cast: Cast, round_: Round, lanes: Initiative) -> None:
    divide("OPS", round_, {lanes: "1"}, by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="may still divide"):
        round_.close(by=cast.cxo)
    divide("RET", round_, {}, by=cast.head("RET"))  # gives nothing, which is an answer
    with pytest.raises(RuleBroken, match="Only the CXO"):
        round_.close(by=cast.ceo)
    round_.close(by=cast.cxo)
    assert Round.objects.get().closed_by == cast.cxo
    with pytest.raises(RuleBroken, match="closed"):
        divide("OPS", round_, {lanes: "2"}, by=cast.head("OPS"))
    assert given(ballot_of("OPS", round_)) == {"Lanes": Decimal(1)}


def test_after_the_last_day_the_act_refuses_by_itself_and_the_beat_closes(cast: Cast, round_: Round, lanes: Initiative) -> None:
    divide("OPS", round_, {lanes: "1"}, by=cast.head("OPS"))
    with clock.at(clock.now() + timedelta(days=9)):
        assert today() == round_.closes_on
        assert beat.ring()["rounds_closed"] == 0
        divide("OPS", round_, {lanes: "2"}, by=cast.head("OPS"))
    with clock.at(clock.now() + timedelta(days=10)):
        with pytest.raises(RuleBroken, match="The last day"):
            divide("RET", round_, {lanes: "3"}, by=cast.head("RET"))
        assert beat.ring()["rounds_closed"] == 1
        assert beat.ring()["rounds_closed"] == 0
    event = Event.objects.about(round_).newest_first()[0]
    assert (event.act, event.actor, event.changes["ballots"]) == ("closed", None, 1)
    asks = Obligation.objects.filter(kind="decisions.divide").order_by("department__code")
    assert [(ask.outcome, ask.reason) for ask in asks] == [("met", ""), ("excused", "The round is over.")]


def test_what_heads_give_to_their_own_is_counted_apart(cast: Cast, round_: Round, lanes: Initiative, lounge: Initiative) -> None:
    divide("OPS", round_, {lanes: "70", lounge: "30"}, by=cast.head("OPS"))
    divide("RET", round_, {lanes: "20", lounge: "80"}, by=cast.head("RET"))
    Initiative.objects.filter(pk=lanes.pk).update(lead_department=cast.department("RET"))  # later; it was of OPS
    found = [(one.candidate.initiative.title, one.others, one.own, one.ballots) for one in wishes(cast.head("OPS"), round_)]
    assert found == [("Lounge", Decimal(30), Decimal(80), 2), ("Lanes", Decimal(20), Decimal(70), 2)]


def test_a_round_allocates_nothing(cast: Cast, round_: Round, lanes: Initiative) -> None:
    for code in ("OPS", "RET"):
        divide(code, round_, {lanes: "100"}, by=cast.head(code))
    round_.close(by=cast.cxo)
    before = lanes.status
    lanes.refresh_from_db()
    assert (lanes.status, lanes.rank) == (before, None)
    assert not Transfer.objects.exists()
    assert not FundingRequest.objects.exists()


def test_who_may_not_see_a_candidate_neither_divides_over_it_nor_reads_its_sum(
    cast: Cast, candidate: Candidate, lanes: Initiative, lounge: Initiative
) -> None:
    secret = candidate("Secret", confidential=True)
    cast.head("OPS"), cast.head("RET")
    held = opened(cast, lanes, lounge, secret, minimum="10")
    with pytest.raises(BadInput, match="not in the round"):
        divide("RET", held, {secret: "50"}, by=cast.head("RET"))
    with pytest.raises(BadInput, match="at least"):  # else the open sums would say what is missing in them
        divide("OPS", held, {secret: "90"}, by=cast.head("OPS"))
    divide("OPS", held, {secret: "90", lounge: "10"}, by=cast.head("OPS"))
    shown = {one.candidate.initiative.title: one.own for one in wishes(cast.head("RET"), held)}
    assert shown == {"Lanes": 0, "Lounge": 0}
    assert {one.candidate.initiative.title: one.own for one in wishes(cast.cxo, held)} == {**shown, "Secret": 90}


def test_a_portion_that_became_hidden_is_never_withdrawn_silently(
    cast: Cast, round_: Round, lanes: Initiative, lounge: Initiative
) -> None:
    divide("RET", round_, {lanes: "60"}, by=cast.head("RET"))
    lanes.make_confidential(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="that you may not see"):
        divide("RET", round_, {lounge: "100"}, by=cast.head("RET"))
    assert given(ballot_of("RET", round_)) == {"Lanes": Decimal(60)}


def test_the_database_keeps_a_round_as_it_was_divided(cast: Cast, round_: Round, lanes: Initiative, lounge: Initiative) -> None:
    ballot = divide("OPS", round_, {lanes: "60", lounge: "30"}, by=cast.head("OPS"))
    first, last = round_.candidates.in_order()
    stranger = RoundCandidate(round=round_, initiative=lanes, lead_department=cast.department("OPS"), position=3)
    for forbidden, why in (
        (lambda: Portion.objects.filter(candidate=last).update(amount=41), "more than a department may divide"),
        (lambda: Portion.objects.filter(candidate=last).update(amount=0), "portion_above_zero"),
        (lambda: Portion.objects.create(ballot=ballot, candidate=first, amount=1), "one_portion_each"),
        (lambda: RoundBallot.objects.create(round=round_, department=ballot.department), "one_round_ballot_each"),
        (stranger.save, "in_a_round_once"),
        (lambda: Round.objects.create(title="B", cap=1, closes_on=today(), opened_by=cast.cxo), "one_open_round"),
    ):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            forbidden()
    divide("RET", round_, {}, by=cast.head("RET"))
    round_.close(by=cast.cxo)
    for forbidden in (
        lambda: Round.objects.update(state="open", closed_at=None, closed_by=None),
        lambda: Portion.objects.update(amount=1),
        lambda: Portion.objects.all().delete(),
        lambda: RoundBallot.objects.update(version=9),
        lambda: RoundCandidate.objects.update(position=9),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    assert given(ballot) == {"Lanes": Decimal(60), "Lounge": Decimal(30)}
