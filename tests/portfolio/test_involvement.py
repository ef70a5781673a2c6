"""Departments are asked for their part and answer for themselves; one at most is accountable."""

import pytest
from django.db import IntegrityError, transaction

from initiatives.core.rules import RuleBroken
from initiatives.portfolio.models import Initiative, Involvement, State
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable


def test_a_head_accepts_for_her_department_and_is_named(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    accountable(initiative).accept(by=cast.head("SEC"))
    kept = Initiative.objects.get(pk=initiative.pk)
    assert kept.accountable_department == cast.department("SEC")
    assert kept.accountable_person == cast.head("SEC")


def test_a_deputy_accepts_and_names_a_contributor(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    accountable(initiative).accept(by=cast.deputy("SEC"), person=cast.contributor("SEC"))
    assert Initiative.objects.get(pk=initiative.pk).accountable_person == cast.contributor("SEC")


@pytest.mark.parametrize("who", ["contributor", "other_head", "cxo"])
def test_nobody_else_answers_for_a_department(cast: Cast, proposed: Make, who: str) -> None:
    part = accountable(proposed())
    by = {"contributor": cast.contributor("SEC"), "other_head": cast.head("OPS"), "cxo": cast.cxo}[who]
    with pytest.raises(RuleBroken, match="Only the head of Sec department"):
        part.accept(by=by)
    with pytest.raises(RuleBroken, match="Only the head of Sec department"):
        part.decline(by=by, reason="No.")
    assert Involvement.objects.get(pk=part.pk).state == State.PROPOSED


def test_a_person_of_another_department_cannot_be_named(cast: Cast, proposed: Make) -> None:
    part = accountable(proposed())
    with pytest.raises(RuleBroken, match="holds no role in Sec department"):
        part.accept(by=cast.head("SEC"), person=cast.head("OPS"))
    assert Involvement.objects.get(pk=part.pk).state == State.PROPOSED


def test_the_second_department_to_accept_is_told_who_was_first(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    second = initiative.propose_involvement(cast.department("IT"), "A", by=cast.head("OPS"))
    accountable(initiative)
    Involvement.objects.get(initiative=initiative, department=cast.department("SEC")).accept(by=cast.head("SEC"))
    with pytest.raises(RuleBroken, match=r"Sec department has already accepted .* with Head Sec"):
        second.accept(by=cast.head("IT"))
    assert Involvement.objects.get(pk=second.pk).state == State.PROPOSED


def test_the_database_refuses_a_second_accountable(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    accountable(initiative).accept(by=cast.head("SEC"))
    with pytest.raises(IntegrityError, match="one_accountable"), transaction.atomic():
        Involvement.objects.create(
            initiative=initiative, department=cast.department("IT"), letter="A", state=State.ACCEPTED, person=cast.head("IT")
        )


def test_a_department_declines_with_a_reason_and_can_be_asked_again(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    part = accountable(initiative)
    with pytest.raises(RuleBroken, match="reason"):
        part.decline(by=cast.head("SEC"), reason="")
    assert Involvement.objects.get(pk=part.pk).state == State.PROPOSED
    part.decline(by=cast.head("SEC"), reason="No people.")
    initiative.propose_involvement(cast.department("SEC"), "A", by=cast.head("OPS"))
    states = Involvement.objects.filter(initiative=initiative).order_by("id").values_list("state", flat=True)
    assert list(states) == [State.DECLINED, State.PROPOSED]


def test_a_department_is_not_asked_twice_for_the_same_part(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    with pytest.raises(RuleBroken, match="asked for this part already"):
        initiative.propose_involvement(cast.department("SEC"), "A", by=cast.head("OPS"))
    assert Involvement.objects.filter(initiative=initiative).count() == 1


def test_when_the_accountable_department_ends_its_part_nobody_answers(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    part = accountable(initiative)
    part.accept(by=cast.head("SEC"))
    part.end(by=cast.head("SEC"), reason="Reorganised.")
    assert list(Initiative.objects.unowned()) == [initiative]


def test_a_part_passes_to_another_person_of_the_department(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    part = accountable(initiative)
    part.accept(by=cast.head("SEC"))
    part.hand_to(cast.contributor("SEC"), by=cast.head("SEC"))
    assert Initiative.objects.get(pk=initiative.pk).accountable_person == cast.contributor("SEC")
