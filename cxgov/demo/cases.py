"""The business cases of the demo's initiatives, and the one plan that became another: what is expected, measured and owned."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.funding.models import FundingRequest
from initiatives.portfolio.models import BaselineProposal, BaselineReading, BenefitOwner, BusinessCase

if TYPE_CHECKING:
    from cxgov.demo.plot import Plot

UNASKED = Decimal(70_000)  # what an initiative costs that has not asked for money yet
LOW, HIGH = Decimal("0.85"), Decimal("1.30")  # of the cost that is asked for


@dataclass(frozen=True)
class Promise:
    """What an initiative should bring, in money (low, base, high) and by its metric, and who answers for that afterwards."""

    benefit: tuple[int, int, int]
    metric: str
    unit: str
    better: str
    target: str
    value: str
    n: int
    source: str
    owner: str  # the department whose head is asked
    accepted: bool = True


PROMISES = {
    "One queue time from kerb to gate": Promise(
        (180_000, 620_000, 900_000),
        "Missed flights blamed on queues",
        "a month",
        "lower",
        "24",
        "36",
        431,
        "Complaints of the last twelve months",
        "CUS",
    ),
    "Restrooms cleaned by use, not by clock": Promise(
        (40_000, 160_000, 240_000),
        "Cleanliness after the morning wave",
        "of 5",
        "higher",
        "4.2",
        "3.4",
        188,
        "Survey in the piers",
        "TER",
    ),
    "Find my car again": Promise(
        (60_000, 190_000, 260_000),
        "Hours spent on lost cars",
        "hours a year",
        "lower",
        "380",
        "1900",
        7_420,
        "Call centre’s log",
        "CUS",
    ),
    "Wi-Fi that signs in once": Promise(
        (0, 210_000, 350_000),
        "Completed connections",
        "%",
        "higher",
        "95",
        "78",
        61_000,
        "Controllers, one week",
        "MKT",
    ),
    "A shuttle that keeps its promise": Promise(
        (90_000, 240_000, 330_000),
        "Rating of the shuttle",
        "of 5",
        "higher",
        "4.1",
        "3.6",
        264,
        "Survey at the stops",
        "PAR",
    ),
    "Order food to the gate": Promise(
        (110_000, 420_000, 700_000),
        "Spend at remote gates",
        "EUR a passenger",
        "higher",
        "4.85",
        "4.15",
        18_300,
        "Tills of March",
        "RET",
    ),
    "Help for passengers who need it, booked once": Promise(
        (0, 310_000, 520_000),
        "Waiting time for assistance",
        "minutes",
        "lower",
        "12",
        "26",
        94,
        "Timed at four desks",
        "CUS",
    ),
    "Signs that speak the passenger’s language": Promise(
        (30_000, 170_000, 250_000),
        "“Where is” questions at the desks",
        "a day",
        "lower",
        "180",
        "240",
        5_040,
        "Counted for three weeks",
        "CUS",
    ),
    "Parking price that holds": Promise(
        (10_000, 95_000, 140_000),
        "Stays with a disputed price",
        "%",
        "lower",
        "0.5",
        "6",
        1_150,
        "Barrier and web compared",
        "PAR",
        accepted=False,
    ),
    "Family lane that is one": Promise(
        (20_000, 90_000, 130_000),
        "Waiting time of families",
        "minutes",
        "lower",
        "9",
        "19",
        286,
        "Timed on three Saturdays",
        "TER",
    ),
    "Rental car return without a queue": Promise(
        (0, 80_000, 120_000),
        "Time to return a car at 6 a.m.",
        "minutes",
        "lower",
        "5",
        "24",
        73,
        "Timed at four desks",
        "PAR",
    ),
    "New operator for the north food hall": Promise(
        (30_000, 260_000, 410_000),
        "Rating of the hall",
        "of 5",
        "higher",
        "4",
        "3.1",
        512,
        "Survey at the tables",
        "MKT",
    ),
}
CHANGED = "One queue time from kerb to gate"  # its plan became another
SIGNS_LATER, END_LATER = 40, 42  # days
WHY = "The road signs’ controller is at the end of its life and is replaced first; nothing else moves."


class Cases:
    """One story's case, and what became of its plan, entered into the script."""

    def __init__(self, plot: "Plot") -> None:
        self.plot, self.stage, self.story = plot, plot.stage, plot.story
        self.promise = PROMISES.get(plot.story.title)

    def write(self) -> None:
        if self.promise is None:
            return
        day = self.story.proposed - 9 if self.promise.accepted else 4  # when it was assessed, before money is asked for
        self.plot.plan(day, self.state)
        if self.promise.accepted:
            self.plot.plan(day, self.accept)
        else:
            self.plot.plan(3, self.draft)
        if self.story.title == CHANGED:
            self.plot.plan(5, self.propose)
            self.plot.plan(3, self.approve)

    def state(self) -> None:
        """Whoever answers for the work writes the case, reads the metric, and asks who owns the benefit."""
        promise, by, found = self.promise, self.plot.owner, self.plot.initiative
        assert promise is not None
        base = sum((Decimal(amount) for amount in (self.story.money or self.story.asks).values()), Decimal(0)) or UNASKED
        costs = [(base * share).quantize(Decimal("0.01")) for share in (LOW, Decimal(1), HIGH)]
        figures = dict(zip(("cost_low", "cost_base", "cost_high"), costs, strict=True))
        figures |= dict(zip(("benefit_low", "benefit_base", "benefit_high"), map(Decimal, promise.benefit), strict=True))
        metric = {"metric": promise.metric, "unit": promise.unit, "better": promise.better, "target": Decimal(promise.target)}
        BusinessCase.objects.write(found, {**figures, **metric}, seen=0, by=by)
        day = clock.company_day() - timedelta(days=14)
        BaselineReading.objects.take(found, value=Decimal(promise.value), n=promise.n, on=day, source=promise.source, by=by)
        BenefitOwner.objects.ask(found, self.stage.head(promise.owner), self.stage.departments[promise.owner], by=by)

    def accept(self) -> None:
        assert self.promise is not None
        asked = BenefitOwner.objects.waiting().get(initiative=self.plot.key)
        asked.accept(by=self.stage.head(self.promise.owner))

    def draft(self) -> None:
        """Money is asked for with a case that nobody answers for yet: the draft waits, and says for what."""
        story, by = self.story, self.plot.owner
        lines = [(self.stage.pools[story.lead], UNASKED)]
        thing = self.plot.initiative.cost_object
        FundingRequest.objects.draft(thing, lines=lines, purpose=f"First year of the work: {story.hypothesis}", by=by)

    def propose(self) -> None:
        """The last milestone and the end move; the plan as it is now is proposed."""
        found, by = self.plot.initiative, self.plot.owner
        signs = found.milestones.latest("due_on")
        signs.move(signs.due_on + timedelta(days=SIGNS_LATER), by=by, reason=WHY)
        assert found.ends_on is not None
        later = {"ends_on": found.ends_on + timedelta(days=END_LATER)}
        found.edit(later, version=found.version, by=self.stage.head(self.story.lead))
        BaselineProposal.objects.propose(self.plot.initiative, by=by, reason=WHY)

    def approve(self) -> None:
        BaselineProposal.objects.waiting().get(initiative=self.plot.key).approve(by=self.stage.cxo)
