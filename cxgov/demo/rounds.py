"""The demo's round: after the last ranking the heads divided half a million over what was ranked; two of them did not."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.decisions.models import Round, RoundBallot
from initiatives.portfolio.models import Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

OPENED, DAYS = 30, 14  # days ago; days until the last one
CAP, LEAST = "500000", "100000"
ASSISTANCE, SIGNS, PRICE, DELAY = (
    "Help for passengers who need it, booked once",
    "Signs that speak the passenger’s language",
    "Parking price that holds",
    "Know the delay before the gate does",
)
# Department: what it gave, in thousands, in this order: assistance, signs, price, delay.
GAVE = {
    "DIG": (100, 150, 200, 50), "MKT": (50, 350, 100, 0), "ROA": (0, 400, 50, 0), "PAR": (0, 100, 400, 0),
    "TER": (250, 200, 0, 50), "SEC": (200, 0, 0, 150), "AIR": (150, 0, 0, 350), "FAC": (100, 120, 0, 0),
    "ITS": (0, 0, 250, 250), "CUS": (450, 50, 0, 0),
}  # fmt: skip


class Rounds:
    """The round entered into the company's script."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(OPENED, self.open)
        for place, code in enumerate(GAVE):
            self.plan(OPENED - 1 - place, partial(self.divide, code))
        self.plan(OPENED - DAYS - 1, lambda: Round.objects.get().turn())

    def open(self) -> None:
        Round.objects.open(
            title="What helps passengers most next year",
            cap=Decimal(CAP),
            minimum=Decimal(LEAST),
            closes_on=clock.company_day() + timedelta(days=DAYS),
            candidates=list(Initiative.objects.filter(title__in=(ASSISTANCE, SIGNS, PRICE, DELAY)).order_by("rank")),
            by=self.company.cxo,
        )

    def divide(self, code: str) -> None:
        ballot = RoundBallot.objects.select_related("round", "department").get(department__code=code)
        keys = dict(ballot.round.candidates.values_list("initiative__title", "pk"))
        gave = zip((ASSISTANCE, SIGNS, PRICE, DELAY), GAVE[code], strict=True)
        amounts = {keys[title]: Decimal(thousands) * 1000 for title, thousands in gave if thousands}
        ballot.divide(amounts, version=ballot.version, by=self.company.head(code))
