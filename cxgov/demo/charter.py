"""The demo's charter: ratified in the company's first weeks, and voted on again since not everything was agreed."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.journey.models import CharterVersion, MapPolicy

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

FIRST, FIRST_COUNTED = 396, 380  # days ago
SECOND, SECOND_CLOSES = 9, 6  # days ago; days from today

STAGES = [
    "Before the trip: choosing and planning",
    "On the way: roads, parking, AirTrain",
    "In the terminal: from check-in to the gate",
    "After the flight: baggage and the way home",
]
METRICS = ["The passenger’s rating of each touchpoint, 1 to 5", "Waiting time at security, measured and not estimated"]
PRINCIPLES = ["Each touchpoint has one owner, by name", "A passenger never tells us the same thing twice"]
LATER = [
    ("stage", "Working at the airport: our own people"),
    ("metric", "Complaints answered within five days"),
    ("principle", "No money for an initiative without a problem that passengers have"),
]
# Department: its votes on the eight items of the first version: i in, o out, a abstain.
FIRST_VOTES = {
    "DIG": "iiiiiiii", "MKT": "iiiiioii", "ROA": "oiiiiiia", "PAR": "iiiiiaii", "TRN": "iiioiiii", "TER": "iiiiiiii",
    "SEC": "aiiiiiia", "AIR": "iiioiiii", "RET": "iaiiioii", "FAC": "oiiiiiii", "ITS": "iiiiiiii", "CUS": "iiiiiiii",
}  # fmt: skip
# And of those that have voted so far on the eleven of the second.
SECOND_VOTES = {
    "DIG": "iiiiiiiiiii", "MKT": "iiiiioiioio", "SEC": "iiiiiiiioii", "RET": "iiiiioiioio", "ITS": "iiiiiiiiaio",
    "CUS": "iiiiiiiiiii", "PAR": "iiiiiaiioia",
}  # fmt: skip
CHOICES = {"i": "in", "o": "out", "a": "abstain"}


class Vote:
    """Both votes entered into the company's script."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        items = [("stage", text) for text in STAGES]
        items += [("metric", text) for text in METRICS] + [("principle", text) for text in PRINCIPLES]
        self.plan(FIRST, partial(self.open, items, FIRST - FIRST_COUNTED))
        for place, (code, choices) in enumerate(FIRST_VOTES.items()):
            self.plan(FIRST - 2 - place, partial(self.vote, code, choices))
        self.plan(FIRST_COUNTED, self.count)
        self.plan(SECOND, partial(self.open, items + LATER, SECOND + SECOND_CLOSES))
        for place, (code, choices) in enumerate(SECOND_VOTES.items()):
            self.plan(SECOND - 1 - place, partial(self.vote, code, choices))

    def open(self, items: list[tuple[str, str]], days: int) -> None:
        by = self.company.cxo
        CharterVersion.objects.draft().prepare(items, by=by)
        CharterVersion.objects.draft().open(closes_on=clock.company_day() + timedelta(days=days), by=by)

    def vote(self, code: str, choices: str) -> None:
        charter = CharterVersion.objects.under_vote()
        ballot = charter.ballots.select_related("version", "department").get(department__code=code)
        said = zip(charter.items.order_by("position"), choices, strict=True)
        ballot.vote({item.pk: CHOICES[letter] for item, letter in said}, by=self.company.head(code))

    def count(self) -> None:
        """All have voted; from now on money waits for a ratified charter."""
        CharterVersion.objects.under_vote().close(by=self.company.cxo)
        why = "We first agreed on what we spend the money for."
        MapPolicy.objects.set({"funding_needs_charter": True}, by=self.company.cxo, reason=why)
