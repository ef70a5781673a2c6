"""The systems of the demo world: what holds the passenger's data, who owns it, what flows, and what nobody can find out.

Two systems say who the passenger is, no system says what she allowed, and the survey tool belongs to nobody.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from initiatives.journey.models import DataEntity, Flow, OwnedObject, Stage, System, Touchpoint, TruthPolicy

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage as Company

# Days ago.
REGISTERED, ASKED, ACCEPTED, DEFINED, SAID, CONNECTED, AGREED, RETIRED, CLAIMED = 130, 125, 121, 118, 112, 105, 98, 60, 40


@dataclass(frozen=True)
class Machine:
    """One system: its owner's code, "?" after it when asked and not answered; empty: nobody was asked."""

    title: str
    capability: str
    vendor: str
    cost: str
    owner: str
    touchpoints: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    lifecycle: str = "in_use"
    course: str = "sustain"


MACHINES = {
    "park": Machine("Parking reservation", "Reservation", "Parkhaus Digital", "182000", "PAR",
                    ("Booking a parking space", "Parking confirmation", "Paying for parking"), course="invest"),
    "gates": Machine("Barriers and car finder", "Access control", "Schranke & Sohn", "96000", "PAR",
                     ("Parking", "Finding the car again", "Paying for parking"), ("Leaving the airport",)),
    "web": Machine("Website content system", "Web content", "Northlight", "124000", "DIG",
                   ("Flight search", "Is my flight on time?", "Baggage rules"), lifecycle="replace", course="migrate"),
    "app": Machine("Passenger app", "Mobile", "own work", "210000", "DIG",
                   ("How early must I come?", "Booking a lounge", "Fast lane voucher", "Word of a delay"), course="invest"),
    "crm": Machine("Customer relationship system", "CRM", "Halden", "340000", "CUS",
                   ("Call centre", "Asking for assistance", "A complaint is answered", "Lost property")),
    "calls": Machine("Call centre telephony", "Telephony", "Rufton", "148000", "CUS", ("Call centre", "Asking for assistance")),
    "flights": Machine("Flight information system", "Flight data", "Aerodata", "405000", "ITS",
                       ("Is my flight on time?", "Flight screens", "Waiting time on the screens", "Boarding")),
    "wifi": Machine("Wi-Fi controller", "Network", "Meshworks", "78000", "ITS", ("Wi-Fi", "Wi-Fi sign-in page")),
    "survey": Machine("Survey tool", "Survey", "Askwell", "61000", "", ("How was it?",), course="migrate"),
    "club": Machine("Loyalty programme", "Loyalty", "Bonus One", "133000", "RET", ("Shops", "Booking a lounge")),
    "tills": Machine("Tills", "Point of sale", "Kassa", "224000", "RET", ("Shops", "Restaurants", "Order food to the gate")),
    "bags": Machine("Baggage tracing", "Baggage", "TraceLine", "91000", "AIR?",
                    ("Bag drop", "Waiting at the belt", "Missing baggage")),
    "desks": Machine("Departure control", "Check-in", "the airlines", "57000", "AIR",
                     ("Check-in desk", "Check-in kiosks", "Bag drop", "Boarding")),
    "help": Machine("Assistance bookings", "Assistance", "a shared sheet", "0", "",
                    ("Asking for assistance", "Assistance meeting point"), course="retire"),
    "hub": Machine("Customer data hub", "Integration", "own work", "165000", "ITS", course="invest"),
    "badge": Machine("Badge office", "Access control", "Securo", "44000", "SEC", ("First day and badge",)),
    "old": Machine("Old mailing list", "Mail", "Postwurf", "18000", "MKT", ("Destination stories",), course="retire"),
}  # fmt: skip

# entity: (who needs to know it, what each system does with it: c captures, r is right, p copies, d derives)
DATA = {
    "Identity": ("Parking, Check-in desk, Missing baggage, Assistance meeting point, A complaint is answered",
                 "crm:cr park:c app:c desks:c help:c hub:p"),
    "Contact": ("Word of a delay, Missing baggage, A complaint is answered, How was it?", "crm:cr park:c club:c survey:p old:p"),
    "Consent": ("How was it?", "club:c wifi:c"),
    "Order": ("Parking confirmation, Parking, Paying for parking, Finding the car again, Check-in desk, Boarding",
              "park:cr gates:p desks:c tills:c"),
    "Interaction": ("Assistance meeting point, Missing baggage, A complaint is answered", "crm:r calls:c bags:c help:c"),
    "Sentiment": ("A complaint is answered", "survey:cr"),
    "Product usage": ("", "gates:cr hub:d"),
    "Billing": ("Paying for parking", "tills:cr park:c"),
    "Device events": ("", "wifi:cr hub:p"),
}  # fmt: skip
DATA_OWNERS = {"Contact": "CUS", "Order": "PAR", "Billing": "RET", "Device events": "ITS"}  # of the rest nobody was asked
CLAIM = ("Identity", "club:cr")  # the second system that says who the passenger is

FLOWS = [  # from, to, entity, by what the customer is known, minutes, how
    ("park", "crm", "Identity", "e-mail", 1440, ""),
    ("park", "crm", "Contact", "e-mail", 1440, ""),
    ("park", "gates", "Order", "booking reference", 0, ""),
    ("web", "park", "Order", "booking reference", 0, ""),
    ("app", "crm", "Identity", "customer number", 0, "both ways"),
    ("calls", "crm", "Interaction", "phone number", 0, ""),
    ("crm", "calls", "Identity", "phone number", 0, ""),
    ("crm", "hub", "Identity", "customer number", 60, ""),
    ("crm", "hub", "Contact", "customer number", 60, ""),
    ("crm", "hub", "Interaction", "customer number", 60, ""),
    ("crm", "survey", "Contact", "e-mail", 10080, "by hand"),
    ("survey", "hub", "Sentiment", "e-mail", 43200, "by hand"),
    ("help", "crm", "Identity", "name", 1440, "by hand"),
    ("help", "desks", "Identity", "name", 1440, "by hand"),
    ("tills", "club", "Order", "card number", 1440, ""),
    ("club", "hub", "Contact", "card number", 10080, "by hand"),
    ("wifi", "hub", "Device events", "device", 60, ""),
    ("gates", "hub", "Product usage", "number plate", 240, ""),
    ("bags", "crm", "Interaction", "bag tag", 2880, "by hand"),
    ("flights", "app", "Order", "flight number", 0, ""),
]
ROLES = {"c": "capture", "r": "record", "p": "replica", "d": "derived"}


class Systems:
    """The systems entered into the company's script."""

    def __init__(self, company: "Company") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(REGISTERED, self.register)
        for machine in MACHINES.values():
            if code := machine.owner.rstrip("?"):
                waits = machine.owner.endswith("?")
                self.plan(3 if waits else ASKED, partial(self.ask, machine.title, code))
                if not waits:
                    self.plan(ACCEPTED, partial(self.accept, machine.title, code))
        self.plan(DEFINED, self.define)
        for entity, (_, cells) in DATA.items():
            self.plan(SAID, partial(self.say, entity, cells))
        for entity, code in DATA_OWNERS.items():
            self.plan(SAID, partial(self.ask, entity, code))
            self.plan(SAID - 4, partial(self.accept, entity, code))
        self.plan(CONNECTED, self.connect)
        self.plan(AGREED, self.agree)
        self.plan(RETIRED, self.retire)
        self.plan(CLAIMED, partial(self.say, *CLAIM))

    def system(self, key: str) -> System:
        found: System = System.objects.get(title=MACHINES[key].title)
        return found

    def entity(self, title: str) -> DataEntity:
        found: DataEntity = DataEntity.objects.get(title=title)
        return found

    def register(self) -> None:
        """The CXO asks every department what holds passengers' data, and enters it."""
        touchpoints = {one.title: one for one in Touchpoint.objects.all()}
        stages = {one.title: one for one in Stage.objects.all()}
        for machine in MACHINES.values():
            System.objects.register(
                by=self.company.cxo,
                title=machine.title,
                capability=machine.capability,
                vendor=machine.vendor,
                yearly_cost=Decimal(machine.cost),
                lifecycle=machine.lifecycle,
                course=machine.course,
                touchpoints=[touchpoints[title] for title in machine.touchpoints],
                stages=[stages[title] for title in machine.stages],
            )

    def ask(self, title: str, code: str) -> None:
        owned = OwnedObject.objects.get(kind__in=("system", "entity"), name=title)
        owned.propose(self.company.departments[code], by=self.company.cxo, why="You run it.")

    def accept(self, title: str, code: str) -> None:
        asked = OwnedObject.objects.get(kind__in=("system", "entity"), name=title).ownerships.waiting().get()
        asked.accept(by=self.company.head(code), person=self.company.deliverer(code))

    def define(self) -> None:
        """The nine kinds of data, and which touchpoint needs to know which: nobody asks a name at a restroom."""
        by = self.company.cxo
        DataEntity.objects.define_standard(by=by)
        for title, (places, _) in DATA.items():
            needed = list(Touchpoint.objects.filter(title__in=places.split(", ")))
            entity = self.entity(title)
            entity.edit({"context": False}, needed_at=needed, version=entity.version, by=by)

    def say(self, title: str, cells: str) -> None:
        """What each system does with these data, as its owner says; of what nobody owns, the CXO."""
        for cell in cells.split():
            key, letters = cell.split(":")
            code = MACHINES[key].owner
            by = self.company.cxo if not code or code.endswith("?") else self.company.head(code)
            self.entity(title).assign(self.system(key), [ROLES[letter] for letter in letters], by=by)

    def connect(self) -> None:
        for source, target, entity, known_by, minutes, how in FLOWS:
            values = {"key": known_by, "minutes": minutes, "online": how != "by hand"}
            values["direction"] = "both_ways" if how == "both ways" else "one_way"
            Flow.objects.add(self.system(source), self.system(target), self.entity(entity), by=self.company.cxo, **values)

    def agree(self) -> None:
        TruthPolicy.objects.agree(
            by=self.company.cxo,
            reason="The hub is where everything arrives that arrives at all.",
            node=self.system("hub"),
            limit_minutes=1440,
            view_target=80,
            link_target=60,
            repeat_target=30,
        )

    def retire(self) -> None:
        self.system("old").retire(by=self.company.head("MKT"), reason="Nobody has opened one of its mails since spring.")
