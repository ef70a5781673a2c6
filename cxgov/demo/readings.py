"""What was measured in the demo world: how passengers rate its touchpoints, and how often its departments write to them.

Read it beside journey.py. Booking is good on the web and poor in the app; after the visit three departments write, each a little.
"""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from initiatives.core import clock
from initiatives.journey.models import MapPolicy, Reading, Touchpoint, watch

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

SURVEY = "Yearly passenger survey"
RATED = {  # touchpoint: mean on a scale of 1 to 5, how many rated it
    "Flight search": ("4.12", 1_904),
    "Advertising in the city": ("3.71", 612),
    "Is my flight on time?": ("4.21", 2_288),
    "How early must I come?": ("3.64", 940),
    "Call centre": ("3.58", 388),
    "Booking a parking space": ("4.31", 702),
    "Parking confirmation": ("4.18", 655),
    "Booking a lounge": ("2.46", 143),
    "Fast lane voucher": ("2.74", 61),
    "Signs on the roadways": ("3.9", 1_908),
    "Parking": ("3.87", 1_271),
    "AirTrain": ("4.11", 1_450),
    "Check-in desk": ("3.92", 1_330),
    "Information booths before security": ("3.89", 1_710),
    "Check-in kiosks": ("3.78", 804),
    "Waiting for security": ("3.44", 2_214),
    "Restaurants": ("3.62", 2_421),
    "Shops": ("3.67", 2_190),
    "Restrooms": ("4.13", 2_653),
    "Wi-Fi": ("4.08", 2_142),
    "Flight screens": ("4.12", 2_659),
    "Boarding": ("3.81", 2_002),
    "Word of a delay": ("2.61", 512),
    "Missing baggage": ("2.9", 22),
}
LETTERS = [  # touchpoint, who sends, how many in thirty days, to how many, from which system
    ("Destination stories", "MKT", 61_400, 31_200, "Newsletter"),
    ("Parking confirmation", "PAR", 66_000, 64_800, "Booking system"),
    ("How was it?", "MKT", 72_000, 20_100, "Survey mails"),
    ("How was it?", "RET", 44_500, 17_900, "Loyalty programme"),
    ("A complaint is answered", "CUS", 3_900, 3_400, "Service desk"),
]
WHY = "Three of us write to customers after each trip. What decides whether they stay must not score below the middle."


class Readings:
    """The readings entered into the company's script."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(64, self.survey)
        self.plan(27, self.limit)
        self.plan(8, self.letters)
        self.plan(8, watch)

    def limit(self) -> None:
        """The CXO sets what a customer is to be spared, and what a moment of truth has to reach."""
        limits = {"contact_cap": Decimal(4), "moment_floor": Decimal("0.5")}
        MapPolicy.objects.set(limits, by=self.company.cxo, reason=WHY)

    def survey(self) -> None:
        for title, (mean, n) in RATED.items():
            facts = {"total": Decimal(mean) * n, "n": n, "low": 1, "high": 5}
            self.enter(title, kind="rating", source=SURVEY, days=26, **facts)

    def letters(self) -> None:
        for title, code, contacts, reached, source in LETTERS:
            facts = {"total": Decimal(contacts), "n": reached, "department": self.company.departments[code]}
            self.enter(title, kind="contacts", source=source, days=30, **facts)

    def enter(self, title: str, *, days: int, **facts: Any) -> None:
        last = clock.company_day() - timedelta(days=1)
        period = {"first_day": last - timedelta(days=days - 1), "last_day": last}
        Reading.objects.enter(by=self.company.cxo, touchpoint=Touchpoint.objects.get(title=title), **period, **facts)
