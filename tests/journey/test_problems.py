"""A problem stands at touchpoints and rests on evidence; its pain score says how much it hurts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.journey.models import Evidence, News, Problem, ProblemTouchpoint, Signal
from initiatives.journey.models.pain import a_year_before, pain
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map, Posed, Raise


def score(problem: Problem, today: date | None = None) -> Any:
    scored: Any = Problem.objects.filter(pk=problem.pk).with_pain(today or clock.today())
    return scored.get()


def at_commit() -> None:
    """Ask now what the database asks at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_who_answers_for_the_touchpoint_poses_a_problem(posed: Posed, cast: Cast) -> None:
    problem = posed(by=cast.head("OPS"))
    at_commit()
    assert problem.reference.startswith("PRB-")
    assert [link.touchpoint.title for link in problem.links.all()] == ["Terminal signs"]
    piece = problem.evidence.get()
    assert (piece.source, piece.customers) == ("comment", 40)


def test_others_pose_none(posed: Posed, cast: Cast) -> None:
    for person in (cast.contributor("HR"), cast.head("HR"), cast.ceo, cast.nobody):
        with pytest.raises(RuleBroken, match="who answers for"):
            posed(by=person)
    assert not Problem.objects.exists()


def test_without_evidence_there_is_no_problem(posed: Posed, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="one piece of evidence"):
        posed(evidence=None)
    assert not Problem.objects.exists()


@pytest.mark.parametrize(
    ("missing", "sentence"), [("evidence", "one piece of evidence"), ("touchpoint", "one touchpoint at least")]
)
def test_the_database_keeps_no_problem_that_stands_on_nothing(raised: Raise, cast: Cast, missing: str, sentence: str) -> None:
    touchpoint = raised().touchpoint
    with transaction.atomic():
        facts = {"title": "Adrift", "statement": "It fails.", "reference": "PRB-X", "posed_by": cast.cxo}
        problem = Problem.objects.create(touchpoint=touchpoint, **facts)
        if missing != "touchpoint":
            ProblemTouchpoint.objects.create(problem=problem, touchpoint=touchpoint)
        if missing != "evidence":
            Evidence.objects.create(problem=problem, source="comment", observed_on=clock.today(), added_by=cast.cxo)
        with pytest.raises(IntegrityError, match=sentence):
            at_commit()
        transaction.set_rollback(True)
    assert not Problem.objects.exists()


def test_the_last_piece_of_evidence_is_not_withdrawn(posed: Posed) -> None:
    problem = posed()
    with transaction.atomic():
        Evidence.objects.filter(problem=problem).update(withdrawn_at=clock.now())
        with pytest.raises(IntegrityError, match="one piece of evidence"):
            at_commit()
        transaction.set_rollback(True)
    assert problem.evidence.living().count() == 1


def test_pain_is_weight_times_severity_times_share(posed: Posed) -> None:
    problem = posed(severity=4, frequency=Decimal("0.25"))  # at a touchpoint with 100 contacts a year
    assert score(problem).pain == Decimal("100.00")
    assert pain(Decimal(100), 4, Decimal("0.25"), old=True) == Decimal("50")


def test_a_moment_of_truth_hurts_three_times_as_much(posed: Posed) -> None:
    problem = posed(severity=4, frequency=Decimal("0.25"))
    problem.touchpoint.moment_of_truth = True
    problem.touchpoint.save()
    problem.touchpoint.weigh()
    assert score(problem).pain == Decimal("300.00")


def test_a_problem_at_a_whole_weighs_its_parts_once(posed: Posed, journey_map: Map) -> None:
    problem = posed(severity=1, frequency=Decimal(1))
    for number in range(3):
        journey_map.touchpoint(f"Part {number}", parent=problem.touchpoint, reach=1)
    assert score(problem).weight == 100
    part = problem.touchpoint.parts.first()
    assert part
    ProblemTouchpoint.objects.create(problem=problem, touchpoint=part)
    assert score(problem).pain == 100


def test_evidence_of_more_than_a_year_ago_counts_half_until_somebody_brings_newer(posed: Posed, cast: Cast) -> None:
    today = clock.today()
    problem = posed(severity=2, frequency=Decimal("0.5"), observed_on=a_year_before(today))
    assert (score(problem).old, score(problem).pain) == (False, Decimal("100.00"))
    tomorrow = today + timedelta(days=1)
    assert (score(problem, tomorrow).old, score(problem, tomorrow).pain) == (True, Decimal("50.00"))
    assert list(Problem.objects.with_old_evidence(tomorrow)) == [problem]
    problem.add_evidence(by=cast.head("OPS"), source="finding", observed_on=today)
    assert (score(problem, tomorrow).old, score(problem, tomorrow).pain) == (False, Decimal("100.00"))
    assert not Problem.objects.with_old_evidence(tomorrow).exists()


def test_a_year_before_a_leap_day_is_the_last_of_february() -> None:
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_what_hurts_most_stands_first(posed: Posed) -> None:
    small, big = posed(severity=1), posed("Signs hang too high", severity=5)
    assert list(Problem.objects.worst_first(clock.today())) == [big, small]


def test_a_signal_becomes_evidence_and_its_author_hears_it(posed: Posed, raised: Raise, cast: Cast) -> None:
    problem, signal = posed(), raised(customers=7)
    signal.gather(problem, by=cast.head("OPS"))
    piece = Evidence.objects.get(signal=signal)
    assert (piece.problem, piece.customers, piece.source) == (problem, 7, "staff")
    assert (signal.state, signal.problem) == ("gathered", problem)
    assert News.objects.get().person == cast.contributor("HR")


def test_a_problem_posed_from_signals_rests_on_them(posed: Posed, raised: Raise, cast: Cast) -> None:
    one, other = raised(), raised("No sign at the lift")
    problem = posed(signals=[one, other], evidence=None, touchpoints=[])
    at_commit()
    assert set(Signal.objects.filter(problem=problem)) == {one, other}
    one.refresh_from_db()
    one.reopen(by=cast.head("OPS"), reason="It is another matter.")
    assert problem.evidence.living().get().signal == other
    other.refresh_from_db()
    with pytest.raises(RuleBroken, match="only evidence"):
        other.reopen(by=cast.head("OPS"), reason="That one too.")
    at_commit()
    assert Signal.objects.get(pk=other.pk).problem == problem


def test_a_signal_that_others_see_is_not_gathered_into_what_they_may_not_see(
    posed: Posed, raised: Raise, journey_map: Map, cast: Cast
) -> None:
    signal, hidden = raised(), journey_map.touchpoint("VIP lounge")
    hidden.owned.restricted = True
    hidden.owned.save(update_fields=["restricted"])
    problem = posed(touchpoints=[hidden], by=cast.cxo)
    with pytest.raises(RuleBroken, match="Not the same people"):
        signal.gather(problem, by=cast.cxo)
    assert Signal.objects.get().is_open
    assert not Problem.objects.visible_to(cast.head("OPS")).exists()
    assert not problem.seen_by(cast.head("OPS"))
    assert problem.seen_by(cast.ceo)


@pytest.mark.parametrize(("act", "state"), [("solve", "solved"), ("dismiss", "dismissed")])
def test_a_problem_ends_with_a_reason_and_who_raised_its_signals_hears_it(
    posed: Posed, raised: Raise, cast: Cast, act: str, state: str
) -> None:
    signal = raised()
    problem = posed(signals=[signal], evidence=None, touchpoints=[])
    with pytest.raises(RuleBroken, match="Give the reason"):
        getattr(problem, act)(by=cast.head("OPS"), reason=" ")
    getattr(problem, act)(by=cast.head("OPS"), reason="Measured in May: nobody is lost.")
    assert Problem.objects.get().state == state
    assert News.objects.filter(signal=signal).count() == 2  # gathered, and what became of the problem
    with pytest.raises(RuleBroken, match="is " + state):
        raised("No sign at the lift").gather(problem, by=cast.head("OPS"))
    problem.reopen(by=cast.head("OPS"), reason="Lost again.")
    assert Problem.objects.get().is_open


def test_the_database_takes_no_step_that_is_not_on_the_map(posed: Posed, cast: Cast) -> None:
    problem = posed()
    problem.solve(by=cast.head("OPS"), reason="Measured.")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(state="dismissed")
    assert Problem.objects.get().state == "solved"


def test_nobody_saves_over_a_newer_edit(posed: Posed, cast: Cast) -> None:
    problem = posed()
    problem.edit({"severity": 5}, version=1, by=cast.head("OPS"))
    with pytest.raises(Stale):
        problem.edit({"severity": 1}, version=1, by=cast.cxo)
    with pytest.raises(BadInput, match="cannot be edited"):
        problem.edit({"state": "solved"}, version=2, by=cast.cxo)
    assert (Problem.objects.get().severity, Problem.objects.get().version) == (5, 2)


def test_a_problem_has_no_field_for_money() -> None:
    names = {field.name for field in Problem._meta.get_fields()}
    assert not {name for name in names if any(word in name for word in ("cost", "money", "budget", "amount", "pool"))}


def test_who_answers_for_the_touchpoint_decides(posed: Posed, cast: Cast) -> None:
    problem = posed()
    people: list[User] = [cast.contributor("OPS"), cast.head("OPS"), cast.deputy("OPS"), cast.cxo, cast.head("HR"), cast.ceo]
    assert [person for person in people if problem.may_work(person)] == people[:4]
