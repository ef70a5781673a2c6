"""An initiative answers problems and improves touchpoints; who may not see one of the two does not learn of the other."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.funding import above as money
from initiatives.journey import above
from initiatives.journey.models import Channel, MapPolicy, Problem, Stage, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models import AnsweredProblem, ImprovedTouchpoint, Initiative
from tests.cast import Cast
from tests.portfolio.conftest import Make


@pytest.fixture
def touchpoint(cast: Cast) -> Touchpoint:
    stage = Stage.objects.create(title="Fly", kind="post_sale", position=1)
    made = Touchpoint.objects.create(
        title="Security queue", stage=stage, channel=Channel.objects.create(name="Hall", position=1), reach=100
    )
    made.weigh()
    return made


@pytest.fixture
def problem(touchpoint: Touchpoint, cast: Cast) -> Problem:
    return Problem.objects.pose(
        by=cast.cxo,
        title="Nobody knows how long it takes",
        statement="Passengers miss their flights.",
        severity=4,
        frequency=Decimal("0.2"),
        touchpoints=[touchpoint],
        evidence={"source": "comment", "observed_on": date(2026, 9, 1), "customers": 40},
    )


def restrict(touchpoint: Touchpoint) -> None:
    owned = touchpoint.owned
    owned.restricted = True
    owned.save(update_fields=["restricted"])


def page_of(initiative: Initiative, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(initiative.get_absolute_url()).content.decode()


def test_an_initiative_that_answers_a_problem_improves_its_touchpoints(
    draft: Make, problem: Problem, touchpoint: Touchpoint, cast: Cast
) -> None:
    initiative = draft()
    initiative.answer_problem(problem, by=cast.contributor("OPS"))
    assert AnsweredProblem.objects.get().problem == problem
    assert ImprovedTouchpoint.objects.get().touchpoint == touchpoint
    assert Event.objects.about(initiative).latest("id").act == "problem_answered"
    assert [work.words for work in above.work_on(cast.head("HR"), touchpoint)] == [str(initiative)]
    assert [work.words for work in above.initiatives_for(cast.head("HR"), None)[problem.pk]] == [str(initiative)]
    with pytest.raises(RuleBroken, match="already"):
        initiative.answer_problem(problem, by=cast.cxo)


def test_who_may_not_edit_it_names_nothing(draft: Make, problem: Problem, touchpoint: Touchpoint, cast: Cast) -> None:
    initiative = draft()
    for act, thing in ((initiative.answer_problem, problem), (initiative.improve, touchpoint)):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            act(thing, by=cast.head("HR"))
    assert not AnsweredProblem.objects.exists()
    assert not ImprovedTouchpoint.objects.exists()


def test_a_problem_is_left_with_a_reason_and_may_be_answered_again(draft: Make, problem: Problem, cast: Cast) -> None:
    initiative = draft()
    initiative.answer_problem(problem, by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="Give the reason"):
        initiative.leave_problem(problem, by=cast.head("OPS"), reason=" ")
    initiative.leave_problem(problem, by=cast.head("OPS"), reason="Another one does.")
    with pytest.raises(RuleBroken, match="not so any more"):
        initiative.leave_problem(problem, by=cast.head("OPS"), reason="Again.")
    assert above.initiatives_for(cast.cxo, None) == {}
    initiative.answer_problem(problem, by=cast.head("OPS"))
    assert AnsweredProblem.objects.count() == 2
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        AnsweredProblem.objects.exclude(left_at=None).update(left_at=None)
    with pytest.raises(IntegrityError, match="problem_answered_once"), transaction.atomic():
        AnsweredProblem.objects.create(initiative=initiative, problem=problem, by=cast.cxo)


def test_an_ended_problem_is_answered_by_nothing_new(draft: Make, problem: Problem, cast: Cast) -> None:
    problem.solve(by=cast.cxo, reason="Measured.")
    with pytest.raises(RuleBroken, match="is solved"):
        draft().answer_problem(problem, by=cast.cxo)
    assert not AnsweredProblem.objects.exists()


def test_a_confidential_initiative_shows_on_no_problem(draft: Make, problem: Problem, touchpoint: Touchpoint, cast: Cast) -> None:
    initiative = draft()
    initiative.answer_problem(problem, by=cast.head("OPS"))
    initiative.make_confidential(by=cast.head("OPS"))
    outsider = cast.head("HR")
    assert above.initiatives_for(outsider, None) == {}
    assert above.work_on(outsider, touchpoint) == []
    client = Client()
    client.force_login(outsider)
    for path in (problem.get_absolute_url(), touchpoint.get_absolute_url(), "/own/problems/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert initiative.reference not in answer.content.decode()
    assert client.get("/own/problems/?state=answered").context["total"] == 0
    assert client.get("/own/problems/?state=unanswered").context["total"] == 1
    client.force_login(cast.cxo)
    assert client.get("/own/problems/?state=answered").context["total"] == 1


def test_a_problem_on_a_restricted_touchpoint_shows_on_no_initiative(
    draft: Make, problem: Problem, touchpoint: Touchpoint, cast: Cast
) -> None:
    initiative = draft()
    initiative.answer_problem(problem, by=cast.cxo)
    restrict(touchpoint)
    seen, unseen = page_of(initiative, cast.cxo), page_of(initiative, cast.head("HR"))
    for words in (problem.reference, problem.title, touchpoint.title):
        assert words in seen
        assert words not in unseen
    with pytest.raises(RuleBroken, match="no such problem"):
        draft("Another").answer_problem(problem, by=cast.head("OPS"))


def test_a_draft_names_its_problem_only_when_the_policy_asks_for_it(draft: Make, problem: Problem, cast: Cast) -> None:
    initiative, imported = draft(), draft("From elsewhere", external_source="list", external_id="7")
    for one in (initiative, imported):
        one.propose_involvement(cast.department("SEC"), "A", by=cast.head("OPS"))
    assert initiative.obstacle_to_propose(cast.head("OPS")) is None
    MapPolicy.objects.create(initiatives_need_problem=True, by=cast.cxo, reason="No solutions in search of a problem.")
    assert imported.obstacle_to_propose(cast.head("OPS")) is None
    with pytest.raises(RuleBroken, match="Name the problem"):
        initiative.propose(by=cast.head("OPS"))
    assert Initiative.objects.get(pk=initiative.pk).status == "draft"
    initiative.answer_problem(problem, by=cast.head("OPS"))
    initiative.propose(by=cast.head("OPS"))


def test_initiatives_that_answer_no_problem_are_counted_and_can_be_opened(draft: Make, problem: Problem, cast: Cast) -> None:
    one, other = draft(), draft("Another")
    one.answer_problem(problem, by=cast.cxo)
    over = draft("Over")
    over.cancel(by=cast.cxo, reason="Not needed.")
    assert list(Initiative.objects.without_problem()) == [other]
    client = Client()
    client.force_login(cast.cxo)
    assert client.get("/initiatives/?problem=none").context["total"] == 1
    assert client.get("/initiatives/?problem=many").status_code == 400


def test_the_room_of_money_learns_which_stages_an_initiative_is_for(
    draft: Make, problem: Problem, touchpoint: Touchpoint, cast: Cast
) -> None:
    direct, answers, aimless = draft(), draft(), draft()
    direct.improve(touchpoint, by=cast.cxo)
    answers.answer_problem(problem, by=cast.cxo)
    answers.leave_touchpoint(touchpoint, by=cast.cxo, reason="The problem says enough")
    things = {direct.cost_object_id, answers.cost_object_id, aimless.cost_object_id}
    found = money.aims(things)
    assert {pk: found[pk].stages for pk in things} == {
        direct.cost_object_id: {touchpoint.stage_id},
        answers.cost_object_id: {touchpoint.stage_id},
        aimless.cost_object_id: frozenset(),
    }
    direct.leave_touchpoint(touchpoint, by=cast.cxo, reason="Not any more")
    assert money.aims_of(direct.cost_object).stages == frozenset()
