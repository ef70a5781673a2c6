"""The CXO judges value and effort; each judgement is kept, one counts."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.decisions.models import Assessment
from initiatives.portfolio.models import Initiative, Status
from tests.cast import Cast
from tests.decisions.conftest import Candidate


def test_assessing_makes_a_proposal_assessed(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes", value=8, effort=2)
    initiative.refresh_from_db()
    assert initiative.status == Status.ASSESSED
    judged = Assessment.objects.get()
    assert (judged.value, judged.effort, judged.by, judged.quotient) == (8, 2, cast.cxo, 4)


def test_a_new_judgement_replaces_the_old_one_which_is_kept(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes", value=8, effort=2)
    Assessment.objects.assess(initiative, value=3, effort=9, rationale="We learned more.", by=cast.cxo)
    assert [one.value for one in Assessment.objects.newest_first()] == [3, 8]
    assert Assessment.objects.current().get().value == 3
    event = Event.objects.about(Assessment.objects.current().get()).get()
    assert event.changes == {"value": [8, 3], "effort": [2, 9]}


@pytest.mark.parametrize(("value", "effort"), [(0, 5), (11, 5), (5, 0), (5, 11), (-1, 5)])
def test_a_judgement_off_the_scale_is_refused(cast: Cast, candidate: Candidate, value: int, effort: int) -> None:
    initiative = candidate("Lanes")
    with pytest.raises(BadInput, match="from 1 to 10"):
        Assessment.objects.assess(initiative, value=value, effort=effort, rationale="So.", by=cast.cxo)
    assert not Assessment.objects.exists()
    assert Initiative.objects.get().status == Status.PROPOSED


def test_a_judgement_without_a_reason_is_refused(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes")
    with pytest.raises(BadInput, match="why"):
        Assessment.objects.assess(initiative, value=5, effort=5, rationale=" \n", by=cast.cxo)
    assert not Assessment.objects.exists()


def test_only_the_cxo_assesses(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes")
    for person in (cast.ceo, cast.finance, cast.head("OPS"), cast.contributor("OPS"), cast.administrator, cast.auditor):
        with pytest.raises(RuleBroken, match="Only the CXO"):
            Assessment.objects.assess(initiative, value=5, effort=5, rationale="So.", by=person)
    assert not Assessment.objects.exists()


def test_what_is_funded_is_no_longer_assessed(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes", value=5, effort=5)
    initiative.prioritise(1, by=cast.cxo)
    initiative.fund(by=None)
    with pytest.raises(RuleBroken, match="funded"):
        Assessment.objects.assess(initiative, value=1, effort=5, rationale="So.", by=cast.cxo)
    assert Assessment.objects.get().value == 5


def test_the_database_keeps_judgements_as_they_were(cast: Cast, candidate: Candidate) -> None:
    initiative = candidate("Lanes", value=5, effort=5)
    Assessment.objects.assess(initiative, value=6, effort=5, rationale="So.", by=cast.cxo)
    old = Assessment.objects.exclude(superseded_at=None)
    for forbidden in (
        lambda: Assessment.objects.update(value=9),
        lambda: old.update(superseded_at=None),
        lambda: Assessment.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    with pytest.raises(IntegrityError, match="one_current_assessment"), transaction.atomic():
        Assessment.objects.create(initiative=initiative, value=1, effort=1, rationale="So.", by=cast.cxo)
    assert sorted(Assessment.objects.values_list("value", flat=True)) == [5, 6]
