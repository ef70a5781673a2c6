"""What fails in the demo world, and who said so: the themes of a yearly passenger survey, what staff saw, what was posed from it.

Read it beside journey.py (where) and world.py (what is done about it). Days are counted back from the day of loading.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One signal: at which touchpoint, in whose words, by whom, and what became of it.

    became   "problem": it is the evidence that a problem is posed from (Posed.signals); "answered", "dismissed" with `why`;
             "same as TITLE"; empty: it waits
    """

    days_ago: int
    where: str
    title: str
    by: str
    source: str = "staff"
    customers: int = 1
    text: str = ""
    became: str = ""
    why: str = ""
    me_too: tuple[str, ...] = ()


SIGNALS = [
    Said(
        170,
        "Waiting for security",
        "Nobody knows how long it takes",
        "Amina Diallo",
        "comment",
        212,
        "“No idea how long” is the most frequent comment about security.",
        "problem",
        me_too=("Kate Byrne", "Noah Meyer"),
    ),
    Said(160, "Restrooms", "Restrooms are dirty after the morning wave", "Yusuf Demir", "comment", 148, became="problem"),
    Said(152, "Restrooms", "No soap in pier B at eight", "Pedro Lopes", "staff", 6, became="problem"),
    Said(150, "Finding the car again", "Passengers ask us where their car is", "Lena Voss", "complaint", 96, became="problem"),
    Said(141, "Wi-Fi", "One has to sign in again in each pier", "Sara Lind", "comment", 167, became="problem"),
    Said(
        130,
        "Signs on the roadways",
        "Road signs and the hall call the same pier differently",
        "Ines Duarte",
        "finding",
        200,
        "A walk with twelve passengers: nine drove to the wrong kerb.",
        "problem",
        me_too=("Gerda Blum",),
    ),
    Said(66, "Long-term parking shuttle", "The sign says ten minutes, the bus takes thirty", "Marek Nowak", "complaint", 73),
    Said(61, "Asking for assistance", "Booked assistance, and nobody was there", "Noah Meyer", "complaint", 19, became="problem"),
    Said(44, "Word of a delay", "We hear of delays from passengers’ phones", "Kate Byrne", "staff", 30, became="problem"),
    Said(40, "Restaurants", "Nothing open at the remote gates after nine", "Tom Keller", "comment", 58, became="problem"),
    Said(
        33,
        "Artwork and exhibitions",
        "The exhibition blocks the way to the lift",
        "Tariq Aziz",
        "staff",
        4,
        became="answered",
        why="It was moved two metres on Tuesday; come and look.",
    ),
    Said(
        31,
        "Paying for parking",
        "Parking is too expensive",
        "Jens Holm",
        "comment",
        88,
        became="dismissed",
        why="The council sets the price. What we can change is that it is the same on the web and at the barrier.",
    ),
    Said(
        24,
        "Finding the car again",
        "I could not find my car",
        "Wei Zhang",
        "comment",
        12,
        became="same as Passengers ask us where their car is",
    ),
    Said(9, "Waiting at the belt", "Forty minutes for the first suitcase", "Noah Meyer", "complaint", 21),
    Said(5, "Boarding areas", "Too few seats at gates 40 to 48", "Kate Byrne", "staff", 35, me_too=("Yusuf Demir",)),
    Said(3, "Check-in kiosks", "The kiosk takes no passports from abroad", "Sara Lind", "staff", 8),
    Said(2, "Restrooms", "No hook for a bag in the cubicles", "Ines Duarte", "staff", 1),
    Said(1, "Escalators and walkways", "The walkway to pier C stands still again", "Yusuf Demir", "staff", 300),
]


@dataclass(frozen=True)
class Posed:
    """One problem: what fails, how badly, in which share of contacts; its signals or other evidence; who answers it."""

    days_ago: int
    title: str
    statement: str
    severity: int
    frequency: str
    signals: tuple[str, ...] = ()
    where: str = ""
    known: tuple[str, int, int, str] | None = None  # source, days ago, customers, what it says
    answered_by: tuple[str, ...] = ()  # titles of initiatives (world.py)
    became: str = ""  # "solved" or "dismissed", with `why`
    why: str = ""


SURVEY = "Yearly passenger survey"

PROBLEMS = [
    Posed(
        163,
        "Passengers do not know how long security takes",
        "Road sign, web, screens and the airline’s app show four different times. They come too early, or miss their flight.",
        4,
        "0.38",
        ("Nobody knows how long it takes",),
        answered_by=("One queue time from kerb to gate",),
    ),
    Posed(
        147,
        "Restrooms are not clean when most people use them",
        "Cleaned every two hours, crowded after the 7 a.m. wave; then they score 3.4 of 5.",
        3,
        "0.12",
        ("Restrooms are dirty after the morning wave", "No soap in pier B at eight"),
        answered_by=("Restrooms cleaned by use, not by clock",),
    ),
    Posed(
        145,
        "Parking passengers do not find their car again",
        "One in nine asks staff; the call centre spends 1,900 hours a year on it.",
        2,
        "0.11",
        ("Passengers ask us where their car is",),
        answered_by=("Find my car again",),
    ),
    Posed(
        138,
        "Wi-Fi asks for the same consent in each pier",
        "22 % give up at the second sign-in, and judge us by it.",
        2,
        "0.22",
        ("One has to sign in again in each pier",),
        answered_by=("Wi-Fi that signs in once",),
    ),
    Posed(
        120,
        "The same pier has three names",
        "Road, terminal and web name piers differently: passengers arrive at the wrong kerb.",
        3,
        "0.15",
        ("Road signs and the hall call the same pier differently",),
        answered_by=("Signs that speak the passenger’s language",),
    ),
    Posed(
        57,
        "Assistance that was booked does not come",
        "Booked with the airline, confirmed by nobody, re-explained at four desks.",
        5,
        "0.08",
        ("Booked assistance, and nobody was there",),
        answered_by=("Help for passengers who need it, booked once",),
    ),
    Posed(
        41,
        "Gate staff learn of delays last",
        "Passengers know from their phones what the desk cannot tell them.",
        3,
        "0.30",
        ("We hear of delays from passengers’ phones",),
        answered_by=("Know the delay before the gate does",),
    ),
    Posed(36, "Nothing to eat at remote gates in the evening", "Passengers of late flights board hungry.", 2, "0.05",
          ("Nothing open at the remote gates after nine",), answered_by=("Order food to the gate",)),
    Posed(
        90,
        "Waiting for baggage cannot be planned",
        "Nobody says when the first suitcase comes; people wait at the belt although there would be time for everything else.",
        3,
        "0.25",
        where="Waiting at the belt",
        known=("comment", 95, 61, SURVEY),
    ),
    Posed(
        110,
        "Passport control has no queue that is one",
        "The state’s officers, our hall: four lines that merge in front of the counters.",
        3,
        "0.35",
        where="Passport control",
        known=("comment", 480, 44, f"{SURVEY}, the year before last"),
    ),
    Posed(
        100,
        "Repacking after security takes longer than security",
        "One bench for six lanes; trays pile up behind it.",
        2,
        "0.40",
        where="Putting everything back",
        known=("finding", 104, 120, "Counted on two mornings"),
    ),
    Posed(
        95,
        "The escalator hall floods in heavy rain",
        "Closed three times last winter.",
        4,
        "0.01",
        where="Escalators and walkways",
        known=("staff", 97, 900, "Log of the facility desk"),
        became="solved",
        why="The drain was rebuilt in spring; no closure in four storms since.",
    ),
]  # fmt: skip

SWEPT, SWEEP_LASTS = 12, 21  # days ago on which the CXO asked every stage; days to answer
NOTHING_KNOWN = {"Choosing the airport": 8, "Booking parking and extras": 6}  # stage: days ago on which its head signed
