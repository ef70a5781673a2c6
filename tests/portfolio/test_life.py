"""The life of an initiative: which steps there are, who takes them, what must be there first."""

import pytest
from django.db import DatabaseError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.portfolio.models import Initiative, Status
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable, status_of


def test_an_initiative_walks_its_whole_life(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.complete(by=cast.head("SEC"))
    verbs = [event.act for event in Event.objects.about(initiative).order_by("id")]
    assert verbs == [
        "created",
        "involvement_proposed",
        "proposed",
        "involvement_accepted",
        "assessed",
        "prioritised",
        "funded",
        "launched",
        "baselined",
        "completed",
    ]
    assert status_of(initiative) == Status.COMPLETED


def test_references_are_drawn_in_order_with_three_digits(draft: Make) -> None:
    first, second = draft(), draft()
    assert first.reference.startswith("CX-")
    assert len(first.reference) >= len("CX-001")
    assert int(second.reference[3:]) == int(first.reference[3:]) + 1


def test_the_database_refuses_a_step_that_does_not_exist(draft: Make) -> None:
    initiative = draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        Initiative.objects.filter(pk=initiative.pk).update(status=Status.ACTIVE)
    assert status_of(initiative) == Status.DRAFT


def test_the_database_refuses_to_delete_an_initiative(draft: Make) -> None:
    initiative = draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        initiative.delete()
    assert Initiative.objects.filter(pk=initiative.pk).exists()


def test_a_draft_without_problem_statement_cannot_be_proposed(cast: Cast, draft: Make) -> None:
    initiative = draft(problem=" ")
    with pytest.raises(RuleBroken, match="problem statement"):
        initiative.propose(by=cast.contributor("OPS"))
    assert status_of(initiative) == Status.DRAFT


def test_a_draft_for_which_nobody_was_asked_to_answer_cannot_be_proposed(cast: Cast, draft: Make) -> None:
    initiative = draft()
    with pytest.raises(RuleBroken, match="Ask a department to be accountable"):
        initiative.propose(by=cast.contributor("OPS"))
    assert status_of(initiative) == Status.DRAFT


def test_another_departments_head_cannot_propose_it(cast: Cast, draft: Make) -> None:
    initiative = draft()
    with pytest.raises(RuleBroken, match="the head of Ops department or the CXO"):
        initiative.propose(by=cast.head("SEC"))
    assert status_of(initiative) == Status.DRAFT


def test_a_contributor_cannot_draft_for_another_department(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Ops department"):
        Initiative.objects.draft(by=cast.contributor("SEC"), title="Not mine", lead_department=cast.department("OPS"))
    assert not Initiative.objects.exists()


def test_only_the_cxo_assesses_ranks_and_declines(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    for act in (
        lambda: initiative.assess(by=cast.head("OPS")),
        lambda: initiative.prioritise(1, by=cast.ceo),
        lambda: initiative.decline(by=cast.head("OPS"), reason="No."),
    ):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            act()
    assert status_of(initiative) == Status.PROPOSED


def test_a_proposed_initiative_is_assessed_before_it_is_ranked(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    with pytest.raises(RuleBroken, match="Assess"):
        initiative.prioritise(1, by=cast.cxo)
    assert status_of(initiative) == Status.PROPOSED


def test_a_new_ranking_renews_or_takes_the_rank(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.assess(by=cast.cxo)
    initiative.prioritise(3, by=cast.cxo, reason="First try.")
    initiative.prioritise(1, by=cast.cxo, reason="Second thought.")
    assert (initiative.rank, initiative.rank_reason) == (1, "Second thought.")
    initiative.prioritise(None, by=cast.cxo)
    assert Initiative.objects.get(pk=initiative.pk).rank is None


def test_nothing_is_launched_before_money_is_allocated(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    with pytest.raises(RuleBroken, match="Money must be allocated first"):
        initiative.launch(by=cast.head("OPS"))
    assert status_of(initiative) == Status.PROPOSED


def test_nothing_is_launched_before_a_department_answers_for_it(cast: Cast, funded: Make) -> None:
    initiative = funded()
    accountable(initiative).end(by=cast.head("SEC"), reason="Reorganised.")
    initiative.refresh_from_db()
    with pytest.raises(RuleBroken, match="No department has accepted"):
        initiative.launch(by=cast.head("OPS"))
    assert status_of(initiative) == Status.FUNDED


def test_open_milestones_stand_in_the_way_of_completing(cast: Cast, active: Make) -> None:
    initiative = active()
    milestone = initiative.add_milestone("Lanes rebuilt", cast.head("OPS").today(), by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="Lanes rebuilt"):
        initiative.complete(by=cast.head("OPS"))
    assert status_of(initiative) == Status.ACTIVE
    milestone.meet(by=cast.head("OPS"))
    initiative.complete(by=cast.head("OPS"))
    assert status_of(initiative) == Status.COMPLETED


def test_nothing_is_realised_before_a_benefit_is_measured(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.complete(by=cast.cxo)
    with pytest.raises(RuleBroken, match="measured"):
        initiative.realise(by=cast.cxo)
    assert status_of(initiative) == Status.COMPLETED


def test_pausing_needs_a_reason_and_resuming_does_not(cast: Cast, active: Make) -> None:
    initiative = active()
    with pytest.raises(RuleBroken, match="reason"):
        initiative.pause(by=cast.head("OPS"), reason=" ")
    assert status_of(initiative) == Status.ACTIVE
    initiative.pause(by=cast.head("OPS"), reason="Strike.")
    initiative.resume(by=cast.head("SEC"))
    assert status_of(initiative) == Status.ACTIVE


def test_what_is_over_cannot_be_cancelled(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.complete(by=cast.cxo)
    with pytest.raises(RuleBroken, match="completed already"):
        initiative.cancel(by=cast.cxo, reason="Too late.")
    assert status_of(initiative) == Status.COMPLETED


def test_a_candidate_is_declined_with_a_reason(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.decline(by=cast.cxo, reason="Out of scope.")
    event = Event.objects.about(initiative).latest("id")
    assert (event.act, event.reason, event.changes["status"]) == ("declined", "Out of scope.", ["proposed", "declined"])
