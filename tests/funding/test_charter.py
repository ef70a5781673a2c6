"""Money waits for the charter, where the policy says so: asking does, deciding what was asked before does not."""

import pytest

from initiatives.core.rules import RuleBroken
from initiatives.funding.models import State
from initiatives.journey.charter import NOT_RATIFIED
from initiatives.journey.models import CharterWaiver, MapPolicy
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.journey.charter import Charters


@pytest.fixture
def _needed(cast: Cast) -> None:
    MapPolicy.objects.create(funding_needs_charter=True, by=cast.cxo, reason="We agreed to.")


@pytest.mark.usefixtures("_needed")
def test_nobody_submits_before_the_charter_is_ratified(treasury: Treasury) -> None:
    request = treasury.draft(treasury.cost_object(), OPS="10.00")
    with pytest.raises(RuleBroken, match=NOT_RATIFIED):
        request.submit(by=request.requester)
    request.refresh_from_db()
    assert request.state == State.DRAFT
    assert request.obstacle_to_submit(request.requester) == NOT_RATIFIED


@pytest.mark.usefixtures("_needed")
def test_with_a_ratified_charter_or_a_waiver_money_may_be_asked_for(cast: Cast, treasury: Treasury) -> None:
    CharterWaiver.objects.waive(reason="The season does not wait.", by=cast.ceo)
    assert treasury.submitted(treasury.cost_object(), OPS="10.00").state == State.SUBMITTED
    CharterWaiver.objects.the_running().end(by=cast.ceo)
    Charters(cast).ratified()
    assert treasury.submitted(treasury.cost_object(), OPS="10.00").state == State.SUBMITTED


def test_without_the_switch_nobody_waits(treasury: Treasury) -> None:
    assert treasury.submitted(treasury.cost_object(), OPS="10.00").state == State.SUBMITTED


def test_what_was_submitted_before_is_still_allocated(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="10.00")
    MapPolicy.objects.create(funding_needs_charter=True, by=cast.cxo, reason="From now on.")
    request.approve(by=cast.head("OPS"))
    request.approve(by=cast.second_finance)
    assert request.state == State.ALLOCATED
