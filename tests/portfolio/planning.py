"""What tests of business cases and baselines start from."""

from datetime import date
from decimal import Decimal
from typing import Any

from initiatives.funding.models import FiscalYear, FundingRequest, Pool
from initiatives.portfolio.models import BaselineReading, BenefitOwner, BusinessCase, Initiative
from tests.cast import Cast
from tests.pools import opened
from tests.portfolio.conftest import Make, accountable

FIGURES: dict[str, Any] = {
    "cost_low": Decimal("80.00"),
    "cost_base": Decimal("100.00"),
    "cost_high": Decimal("180.00"),
    "benefit_low": Decimal("0.00"),
    "benefit_base": Decimal("250.00"),
    "benefit_high": Decimal("400.00"),
    "metric": "Minutes in the queue",
    "unit": "minutes",
    "better": "lower",
    "target": Decimal("12.5"),
}


def written(initiative: Initiative, cast: Cast, **changes: Any) -> BusinessCase:
    seen = BusinessCase.objects.filter(initiative=initiative).count()
    return BusinessCase.objects.write(initiative, {**FIGURES, **changes}, seen=seen, by=cast.contributor("OPS"))


def measured(initiative: Initiative, cast: Cast, value: str = "40") -> BaselineReading:
    by = cast.contributor("OPS")
    return BaselineReading.objects.take(
        initiative, value=Decimal(value), n=212, on=date(2026, 3, 1), source="Survey at the lanes", by=by
    )


def asked(initiative: Initiative, cast: Cast, code: str = "SEC") -> BenefitOwner:
    return BenefitOwner.objects.ask(initiative, cast.contributor(code), cast.department(code), by=cast.contributor("OPS"))


def whole(initiative: Initiative, cast: Cast) -> None:
    """A case with everything that money asks for."""
    written(initiative, cast)
    measured(initiative, cast)
    asked(initiative, cast).accept(by=cast.contributor("SEC"))


def ranked(cast: Cast, proposed: Make, **fields: Any) -> Initiative:
    """Prioritised, with SEC accountable, and a pool of OPS to ask money from."""
    initiative = proposed(**fields)
    accountable(initiative).accept(by=cast.head("SEC"))
    initiative.assess(by=cast.cxo)
    initiative.prioritise(1, by=cast.cxo, reason="Most complaints.")
    year = FiscalYear.objects.create(name="2026", starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    opened(cast, year, cast.department("OPS"), Decimal("500.00"), by=cast.second_finance)
    return Initiative.objects.get(pk=initiative.pk)


def request(initiative: Initiative, cast: Cast, amount: str = "100.00") -> FundingRequest:
    cast.head("OPS"), cast.finance
    lines = [(Pool.objects.get(department__code="OPS"), Decimal(amount))]
    return FundingRequest.objects.draft(initiative.cost_object, lines=lines, purpose="Lanes", by=cast.contributor("OPS"))


def funded(initiative: Initiative, cast: Cast, amount: str = "100.00") -> Initiative:
    """With this money, approved and allocated."""
    asks = request(initiative, cast, amount)
    asks.submit(by=cast.contributor("OPS"))
    asks.approve(by=cast.head("OPS"))
    asks.approve(by=cast.finance)
    return Initiative.objects.get(pk=initiative.pk)
