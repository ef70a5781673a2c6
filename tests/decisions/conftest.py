"""What the tests of the ranking start from: candidates, judged or not."""

from collections.abc import Callable

import pytest

from initiatives.decisions.models import Assessment, Ranking
from initiatives.portfolio.models import Initiative, Status
from tests.cast import Cast

Candidate = Callable[..., Initiative]


@pytest.fixture
def candidate(cast: Cast) -> Candidate:
    """A proposed initiative of OPS; judged by the CXO when value and effort are given."""

    def make(title: str, value: int = 0, effort: int = 0, code: str = "OPS", confidential: bool = False) -> Initiative:
        initiative = Initiative.objects.draft(by=cast.cxo, title=title, lead_department=cast.department(code), problem="A queue.")
        if confidential:
            initiative.make_confidential(by=cast.cxo)
        Initiative.objects.filter(pk=initiative.pk).update(status=Status.PROPOSED)
        initiative.refresh_from_db()
        if value:
            Assessment.objects.assess(initiative, value=value, effort=effort, rationale=f"Because of {title}.", by=cast.cxo)
        return initiative

    return make


def seen(ranking: Ranking) -> str:
    """What a form that was opened now holds."""
    return ranking.mark(ranking.rows())


def titles(ranking: Ranking) -> list[str]:
    return [row.initiative.title for row in ranking.rows()]


def publish(cast: Cast, rationale: str = "Customers first.") -> Ranking:
    ranking = Ranking.objects.draft()
    ranking.publish(rationale, seen=seen(ranking), by=cast.cxo)
    return ranking
