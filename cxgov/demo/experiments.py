"""What the demo's initiatives change most, and what was tried in small before."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from initiatives.funding.models import FundingRequest
from initiatives.portfolio.models import Experiment

if TYPE_CHECKING:
    from cxgov.demo.plot import Plot

TYPES = {
    "One queue time from kerb to gate": "it",
    "Restrooms cleaned by use, not by clock": "process",
    "Find my car again": "it",
    "Wi-Fi that signs in once": "it",
    "A shuttle that keeps its promise": "process",
    "Order food to the gate": "process",
    "Help for passengers who need it, booked once": "process",
    "Signs that speak the passenger’s language": "content",
    "Parking price that holds": "policy",
    "Know the delay before the gate does": "it",
    "A quiet hour every evening": "policy",
    "Lost property found in a day": "process",
    "Family lane that is one": "people",
    "Biometric boarding for all": "it",
}


@dataclass(frozen=True)
class Trial:
    """Started so many days ago, to stop after `lasts` days; with a result where one was found by then."""

    hypothesis: str
    success: str
    started: int
    lasts: int
    result: str = ""
    finding: str = ""
    seed: str = ""  # asked of the own department's pool on the next day, and given by its head two days later


TRIALS = {
    "Restrooms cleaned by use, not by clock": Trial(
        "A cleaner called after 150 visits keeps one block as clean as a cleaner every two hours.",
        "Score after the morning wave above 4.0, n of at least 60, in two weeks",
        128,
        14,
        "confirmed",
        "4.1 (n = 73), with two visits of a cleaner a day fewer.",
    ),
    "Signs that speak the passenger’s language": Trial(
        "Paper signs with one name for the pier on a single route cut the questions at its desk by a quarter.",
        "At most 180 questions a day, counted on ten days",
        9,
        14,
        seed="3500",
    ),
}


class Trials:
    """One story's experiment entered into the script."""

    def __init__(self, plot: "Plot") -> None:
        self.plot = plot
        self.trial = TRIALS.get(plot.story.title)

    def write(self) -> None:
        if self.trial is None:
            return
        self.plot.plan(self.trial.started, self.start)
        if self.trial.seed:
            self.plot.plan(self.trial.started - 1, self.ask)
            self.plot.plan(self.trial.started - 3, self.give)
        if self.trial.result:
            self.plot.plan(self.trial.started - self.trial.lasts, self.conclude)

    def start(self) -> None:
        trial, by = self.trial, self.plot.owner
        assert trial is not None
        stops_on = by.today() + timedelta(days=trial.lasts)
        Experiment.objects.start(
            self.plot.initiative, hypothesis=trial.hypothesis, success=trial.success, stops_on=stops_on, by=by
        )

    def ask(self) -> None:
        plot, trial = self.plot, self.trial
        assert trial is not None
        line = (plot.stage.pools[plot.story.lead], Decimal(trial.seed))
        purpose = f"Paper signs for one route and ten days of counting: {trial.success}"
        request = FundingRequest.objects.draft(
            plot.initiative.cost_object, lines=[line], purpose=purpose, by=plot.owner, seed=True
        )
        request.submit(by=plot.owner)

    def give(self) -> None:
        request = FundingRequest.objects.waiting().get(cost_object=self.plot.initiative.cost_object, seed=True)
        request.approve(by=self.plot.stage.head(self.plot.story.lead))

    def conclude(self) -> None:
        trial = self.trial
        assert trial is not None
        experiment = Experiment.objects.running().get(initiative=self.plot.key)
        experiment.conclude(by=self.plot.owner, result=trial.result, finding=trial.finding)
