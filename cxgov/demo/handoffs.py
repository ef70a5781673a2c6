"""What the demo's departments hand on to each other, and which parts of the journey they look at."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from initiatives.journey.models import Handoff, Stage, Touchpoint, looked

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage as Company

TO_ANSWER = 4  # days after the asking


@dataclass(frozen=True)
class Passing:
    """One handoff between two touchpoints: what, within how many hours, with which data, asked how many days ago.

    answers  who has answered: "both", "giver", "declined" (the taker did), "nobody"
    """

    giver: str
    taker: str
    what: str
    hours: int = 0
    data: str = ""
    since: int = 60
    answers: str = "both"


HANDOFFS = [
    Passing("Flight search", "How early must I come?", "The chosen flight.", 0, "Flight, day", 74),
    Passing("Booking a parking space", "Parking confirmation", "The booking, with the gate to enter by.", 1, "Name, plate", 71),
    Passing("Signs on the roadways", "Parking", "Which car park is full.", 0, "", 66),
    Passing("AirTrain", "Bag drop", "Trains that stand still, so that bags are taken later.", 0, "", 52),
    Passing("Waiting for security", "Security check", "Who needs help or a fast lane.", 0, "Kind of assistance", 50),
    Passing("Restaurants", "Restrooms", "Spills and crowds.", 1, "", 44),
    Passing("Finding the car again", "Paying for parking", "The time at which the car was found.", 0, "Plate", 41),
    Passing("Boarding areas", "Boarding", "Full areas and closed doors.", 0, "", 33, "declined"),
    Passing("Check-in desk", "Security check", "Passengers who are late for their gate.", 0, "Flight", 9, "giver"),
    Passing("Paying for parking", "How was it?", "Who left, and when.", 24, "E-mail, with consent", 3, "giver"),
    Passing(
        "Asking for assistance", "Drop-off kerb", "Who comes, when, and what they need.", 2, "Name, flight, kind of help", 12
    ),
]

LOOKING = {  # department: days ago on which two of its people last opened something of each stage
    "CUS": {"Planning the trip": 3, "Check-in and bag drop": 6, "Arrival and baggage": 2, "Leaving the airport": 8},
    "DIG": {"Choosing the airport": 5, "Planning the trip": 1},
    "ITS": {"Planning the trip": 12, "Waiting, eating, shopping": 4},
    "TER": {"Check-in and bag drop": 2, "Waiting, eating, shopping": 2, "Gate and boarding": 1, "Security": 9},
    "RET": {"Waiting, eating, shopping": 7},
    "PAR": {"Booking parking and extras": 6, "Getting to the airport": 11},
    "SEC": {"Security": 3, "Check-in and bag drop": 20},
    "FAC": {"Waiting, eating, shopping": 15},
}


class Handing:
    """The handoffs entered into the company's script."""

    def __init__(self, company: "Company") -> None:
        self.company = company

    def write(self) -> None:
        for passing in HANDOFFS:
            self.company.plan(passing.since, partial(self.propose, passing))
            self.company.plan(max(passing.since - TO_ANSWER, 0), partial(self.answer, passing))
        for code, stages in LOOKING.items():
            for title, days in stages.items():
                self.company.plan(days, partial(self.look, code, title))

    def propose(self, passing: Passing) -> None:
        giver, taker = (Touchpoint.objects.get(title=title) for title in (passing.giver, passing.taker))
        terms: dict[str, Any] = {"passes": passing.what, "hours": passing.hours, "customer_data": passing.data}
        Handoff.objects.propose(giver, taker, by=self.company.cxo, **terms)

    def answer(self, passing: Passing) -> None:
        """Each side by its head; one that nobody owns cannot answer."""
        handoff = Handoff.objects.get(giver__title=passing.giver, taker__title=passing.taker)
        for side in handoff.sides.order_by("taking").select_related("department"):
            side.refresh_from_db()
            if not side.waits or side.department is None or passing.answers == "nobody":
                continue
            head = self.company.head(side.department.code)
            if not side.taking or passing.answers == "both":
                handoff.accept(by=head)
            elif passing.answers == "declined":
                handoff.decline(by=head, reason="Nobody at the gate reads it. Tell the pilot’s desk.")

    def look(self, code: str, title: str) -> None:
        stage = Stage.objects.get(title=title)
        for person in (self.company.head(code), self.company.deliverer(code)):
            looked(person, stage.pk)
