"""Pools that give money for some stages or types only keep to it by the database too, whoever writes to it."""

import pytest

from initiatives.core.rules import RuleBroken
from initiatives.funding.models import FundingRequest, Pool
from initiatives.journey.models import Stage, Touchpoint
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.pools import kept, no_case_needed
from tests.portfolio.conftest import Make
from tests.portfolio.planning import ranked, request
from tests.portfolio.test_aims import problem, touchpoint
from tests.refusals import refused

__all__ = ["problem", "touchpoint"]
SUBMIT = "UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s"
ALLOCATE = "UPDATE funding_fundingrequest SET state = 'allocated' WHERE id = %s"


def restrict(cast: Cast, *stages: Stage, types: tuple[str, ...] = ()) -> None:
    kept(cast, Pool.objects.get(), control="off", for_stages=set(stages), for_types=sorted(types))


def by_sql(asked: FundingRequest) -> str:
    FundingRequest.objects.filter(pk=asked.pk).update(state="submitted")
    return FundingRequest.objects.get(pk=asked.pk).state


def test_money_for_other_stages_is_not_asked_for_by_sql(cast: Cast, proposed: Make, touchpoint: Touchpoint) -> None:
    initiative = ranked(cast, proposed)
    asked = request(initiative, cast)
    restrict(cast, touchpoint.stage)
    assert refused(SUBMIT, asked.pk) == "pool_gives_for_other_stages"
    initiative.improve(touchpoint, by=cast.cxo)
    initiative.leave_touchpoint(touchpoint, by=cast.cxo, reason="Elsewhere.")
    assert refused(SUBMIT, asked.pk) == "pool_gives_for_other_stages"  # what was left does not count
    initiative.improve(touchpoint, by=cast.cxo)
    assert by_sql(asked) == "submitted"  # the control: for its stage it is taken


def test_an_answered_problem_counts_for_its_stages(cast: Cast, proposed: Make, problem: object, touchpoint: Touchpoint) -> None:
    initiative = ranked(cast, proposed)
    asked, other = request(initiative, cast), Stage.objects.create(title="Buy", kind="pre_sale", position=2)
    restrict(cast, other)
    initiative.answer_problem(problem, by=cast.cxo)
    assert refused(SUBMIT, asked.pk) == "pool_gives_for_other_stages"
    restrict(cast, other, touchpoint.stage)
    assert by_sql(asked) == "submitted"


def test_money_for_other_types_is_neither_asked_for_nor_given_by_sql(cast: Cast, proposed: Make) -> None:
    no_case_needed(cast)
    initiative = ranked(cast, proposed, type="policy")
    asked = request(initiative, cast)
    restrict(cast, types=("it", "people"))
    assert refused(SUBMIT, asked.pk) == "pool_gives_for_other_types"
    restrict(cast, types=("it", "policy"))
    asked.submit(by=asked.requester)
    asked.approve(by=cast.head("OPS"))
    restrict(cast, types=("it",))
    with pytest.raises(RuleBroken, match="of the type IT"):
        asked.approve(by=cast.finance)
    assert refused(ALLOCATE, asked.pk) == "pool_gives_for_other_types"
    restrict(cast)
    asked.approve(by=cast.finance)
    assert Initiative.objects.get(pk=initiative.pk).cost_object.allocated == 100
