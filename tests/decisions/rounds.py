"""What the tests of rounds start from: an open one, and somebody's ballot in it."""

from datetime import timedelta
from decimal import Decimal

from initiatives.decisions.models import Round, RoundBallot
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from initiatives.portfolio.models import Initiative
from tests.cast import Cast


def opened(cast: Cast, *candidates: Initiative, cap: str = "100", minimum: str = "0", days: int = 9) -> Round:
    return Round.objects.open(
        title="What helps passengers", cap=Decimal(cap), minimum=Decimal(minimum), closes_on=today() + timedelta(days=days),
        candidates=candidates, by=cast.cxo,
    )  # fmt: skip


def ballot_of(code: str, of: Round) -> RoundBallot:
    return RoundBallot.objects.select_related("round", "department").get(round=of, department__code=code)


def divide(code: str, of: Round, amounts: dict[Initiative, str], *, by: User) -> RoundBallot:
    """As a form that was opened now would."""
    ballot = ballot_of(code, of)
    keys = dict(of.candidates.values_list("initiative", "pk"))
    ballot.divide({keys[one.pk]: Decimal(text) for one, text in amounts.items()}, version=ballot.version, by=by)
    return ballot


def given(ballot: RoundBallot) -> dict[str, Decimal]:
    return dict(ballot.portions.values_list("candidate__initiative__title", "amount"))
