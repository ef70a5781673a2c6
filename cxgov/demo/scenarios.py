"""Two ways to fund what the demo's company has not funded yet, to be compared."""

from decimal import Decimal
from typing import TYPE_CHECKING

from initiatives.decisions.models import Scenario
from initiatives.portfolio.models import Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

HELP, SIGNS, LOYALTY = (
    "Help for passengers who need it, booked once",
    "Signs that speak the passenger’s language",
    "Loyalty across parking, shops and lounge",
)
REPAIR = [(HELP, "CUS", 60_000), (HELP, "TER", 90_000), (HELP, "", 120_000), (SIGNS, "TER", 75_000), (SIGNS, "ROA", 55_000)]
GROW = [(HELP, "CUS", 60_000), (HELP, "TER", 60_000), (LOYALTY, "RET", 90_000), (LOYALTY, "PAR", 40_000), (LOYALTY, "", 150_000)]


class Planning:
    """The scenarios entered into the company's script."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(9, lambda: self.draft("Repair first", REPAIR))
        self.plan(8, lambda: self.draft("Grow the shops", GROW))

    def draft(self, name: str, lines: list[tuple[str, str, int]]) -> None:
        cxo = self.company.cxo
        scenario = Scenario.objects.write(self.company.year, name, by=cxo)
        for title, code, amount in lines:
            pool, initiative = self.company.pools[code], Initiative.objects.get(title=title)
            scenario.set_amount(initiative, pool, Decimal(amount), version=scenario.version, by=cxo)
