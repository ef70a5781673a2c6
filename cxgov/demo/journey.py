"""The journey of the demo world: from choosing the airport to leaving it, as twelve departments share it.

Read it as the passenger walks. Who owns what is acted out in walk.py, on the days on which it was asked and answered.
"""

from dataclasses import dataclass

STAGES = {  # title: (kind, the department that owns the stage, days from today of its next review)
    "Choosing the airport": ("pre_sale", "MKT", 120),
    "Planning the trip": ("pre_sale", "DIG", 60),
    "Booking parking and extras": ("pre_sale", "PAR", 75),
    "Getting to the airport": ("post_sale", "ROA", -12),
    "Check-in and bag drop": ("post_sale", "", 45),
    "Security": ("post_sale", "SEC", 90),
    "Waiting, eating, shopping": ("post_sale", "RET", 30),
    "Gate and boarding": ("post_sale", "", -40),
    "Arrival and baggage": ("post_sale", "", None),
    "Leaving the airport": ("post_sale", "PAR", 80),
    "Working at the airport": ("employee", "TER", 150),
}

CHANNELS = {  # name: whether it is online
    "Web": True,
    "App": True,
    "Mail": True,
    "Social media": True,
    "Wi-Fi": True,
    "Phone": False,
    "Signs and screens": False,
    "Desk": False,
    "Staff in the hall": False,
    "Facility": False,
}


@dataclass(frozen=True)
class Contact:
    """One touchpoint: where, how often, and who owns it.

    owner    the department that owns it; "?" after it: asked, no answer yet; "!": it declined; "-": it let the time pass;
             "/MKT": another department wants it too; empty: nobody was ever asked
    since    days ago on which the department was asked
    parts    {title: (contacts a year, owner)} of one that is split
    """

    stage: str
    title: str
    channel: str
    reach: int
    owner: str = ""
    moment: bool = False
    since: int = 150
    words: str = ""
    parts: tuple[tuple[str, int, str], ...] = ()
    restricted: bool = False


CHOOSE, PLAN, BOOK, GO, CHECK_IN, SECURITY, WAIT, GATE, ARRIVE, LEAVE, WORK = STAGES

CONTACTS = [
    Contact(CHOOSE, "Advertising in the city", "Social media", 6_200_000, "MKT"),
    Contact(
        CHOOSE, "Flight search", "Web", 4_100_000, "DIG", moment=True, words="Which airport, which flight, and can I get there?"
    ),
    Contact(CHOOSE, "Destination stories", "Mail", 380_000, "MKT", since=120),
    Contact(
        CHOOSE,
        "Questions in public",
        "Social media",
        95_000,
        "MKT/CUS",
        since=110,
        words="Marketing posts, customer service answers, and each waits for the other.",
    ),
    Contact(PLAN, "Is my flight on time?", "Web", 3_600_000, "DIG"),
    Contact(PLAN, "How early must I come?", "App", 1_250_000, "DIG", moment=True, since=95),
    Contact(
        PLAN,
        "Baggage rules",
        "Web",
        900_000,
        "AIR!",
        since=40,
        words="Every airline has its own rules; our page has last year’s.",
    ),
    Contact(
        PLAN, "Asking for assistance", "Phone", 62_000, "CUS", moment=True, words="Booked with the airline, confirmed by nobody."
    ),
    Contact(PLAN, "Call centre", "Phone", 410_000, "CUS"),
    Contact(BOOK, "Booking a parking space", "Web", 820_000, "PAR", moment=True),
    Contact(BOOK, "Parking confirmation", "Mail", 790_000, "PAR"),
    Contact(BOOK, "Booking a lounge", "App", 140_000, "RET", since=88),
    Contact(BOOK, "Fast lane voucher", "App", 85_000, "SEC?", since=2),
    Contact(
        GO,
        "Signs on the roadways",
        "Signs and screens",
        9_400_000,
        "ROA",
        moment=True,
        words="The first thing that we say to a driver. Road, terminal and web use three names for the same pier.",
    ),
    Contact(GO, "Parking", "Facility", 2_300_000, "PAR"),
    Contact(
        GO,
        "Long-term parking shuttle",
        "Facility",
        1_100_000,
        moment=True,
        since=70,
        words="Signs promise a bus every ten minutes. Nobody owns the promise.",
        parts=(
            ("The bus", 1_100_000, "TRN"),
            ("The stop and the promise on its sign", 1_100_000, "PAR!"),
            ("Help with luggage", 300_000, ""),
        ),
    ),
    Contact(GO, "AirTrain", "Facility", 6_800_000, "TRN", moment=True),
    Contact(GO, "AirTrain announcements", "Signs and screens", 6_800_000, "TRN", since=60),
    Contact(GO, "Rental car centre", "Facility", 1_700_000, "PAR!", since=55, words="Four companies, four desks, one queue."),
    Contact(
        GO,
        "Drop-off kerb",
        "Staff in the hall",
        5_200_000,
        words="Ninety seconds to say goodbye. Police, roads and terminal each own a metre of it.",
    ),
    Contact(CHECK_IN, "Check-in desk", "Desk", 5_900_000, "AIR"),
    Contact(CHECK_IN, "Bag drop", "Desk", 4_200_000, "AIR/TER", moment=True, since=130),
    Contact(CHECK_IN, "Check-in kiosks", "Facility", 2_600_000, "ITS", since=100),
    Contact(
        CHECK_IN,
        "Signs inside",
        "Signs and screens",
        12_800_000,
        since=75,
        parts=(
            ("Overhead signs", 12_800_000, "TER"),
            ("Digital wayfinding", 3_900_000, "ITS"),
            ("Names of piers and gates", 6_000_000, "MKT-"),
        ),
    ),
    Contact(CHECK_IN, "Information booths before security", "Desk", 1_900_000, "CUS"),
    Contact(
        CHECK_IN,
        "Assistance meeting point",
        "Staff in the hall",
        61_000,
        moment=True,
        words="Where a passenger who needs help is met, or is not.",
    ),
    Contact(SECURITY, "Waiting for security", "Staff in the hall", 11_900_000, "SEC", moment=True),
    Contact(SECURITY, "Security check", "Staff in the hall", 11_900_000, "SEC", moment=True),
    Contact(
        SECURITY,
        "Waiting time on the screens",
        "Signs and screens",
        11_900_000,
        "ITS?",
        since=3,
        words="Four different times for the same queue.",
    ),
    Contact(SECURITY, "Putting everything back", "Facility", 11_900_000),
    Contact(WAIT, "Restaurants", "Facility", 7_200_000, "RET"),
    Contact(WAIT, "Shops", "Facility", 6_100_000, "RET"),
    Contact(WAIT, "Artwork and exhibitions", "Facility", 8_300_000, "MKT", since=105),
    Contact(WAIT, "Restrooms", "Facility", 10_600_000, "FAC", moment=True),
    Contact(WAIT, "Wi-Fi", "Wi-Fi", 9_800_000, "ITS"),
    Contact(
        WAIT,
        "Wi-Fi sign-in page",
        "Wi-Fi",
        9_800_000,
        "MKT-",
        since=48,
        words="The terms are accepted anew in each pier; 22 % give up.",
    ),
    Contact(WAIT, "Escalators and walkways", "Facility", 11_200_000, "FAC"),
    Contact(WAIT, "Flight screens", "Signs and screens", 12_500_000, "ITS/TER", moment=True),
    Contact(WAIT, "Information booths after security", "Desk", 1_100_000, "CUS", since=65),
    Contact(WAIT, "Order food to the gate", "App", 45_000, "RET", since=30),
    Contact(WAIT, "North food hall under its next operator", "Facility", 900_000, "RET", since=50, restricted=True),
    Contact(GATE, "Boarding areas", "Facility", 11_000_000, "TER"),
    Contact(GATE, "Boarding", "Desk", 11_000_000, "AIR", moment=True),
    Contact(
        GATE,
        "Word of a delay",
        "App",
        2_400_000,
        "AIR!",
        moment=True,
        since=25,
        words="Gate staff learn of delays from passengers’ phones.",
    ),
    Contact(GATE, "Charging a phone", "Facility", 7_500_000, "FAC?", since=1),
    Contact(ARRIVE, "Passport control", "Staff in the hall", 3_300_000, words="The state’s officers, our hall, nobody’s queue."),
    Contact(ARRIVE, "Waiting at the belt", "Facility", 4_000_000, "AIR!", moment=True, since=80),
    Contact(ARRIVE, "Missing baggage", "Desk", 52_000, "AIR", moment=True, since=90),
    Contact(ARRIVE, "Lost property", "Desk", 38_000, "CUS", since=85),
    Contact(LEAVE, "Finding the car again", "Facility", 2_100_000, "PAR", moment=True),
    Contact(LEAVE, "Paying for parking", "Facility", 2_100_000, "PAR"),
    Contact(LEAVE, "Way to the AirTrain", "Signs and screens", 4_900_000, "TER?", since=2),
    Contact(LEAVE, "Taxi rank", "Staff in the hall", 2_200_000, "ROA", since=45),
    Contact(LEAVE, "How was it?", "Mail", 240_000, "MKT", since=20),
    Contact(LEAVE, "A complaint is answered", "Mail", 41_000, "CUS", moment=True, since=115),
    Contact(WORK, "First day and badge", "Desk", 3_100, "SEC", since=58),
    Contact(WORK, "Morning briefing", "Staff in the hall", 410_000, "TER", since=72),
    Contact(WORK, "Training in service", "Facility", 9_200, "CUS?", since=3),
    Contact(WORK, "Staff shuttle", "Facility", 900_000, "TRN", since=35),
    Contact(WORK, "Asking the office", "App", 350_000),
]

JOURNEYS = {  # title: (goal, the touchpoints in order)
    "Business traveller by car": (
        "Kerb to gate in 40 minutes, and back to the car without searching.",
        [
            "Flight search",
            "How early must I come?",
            "Booking a parking space",
            "Parking confirmation",
            "Signs on the roadways",
            "Parking",
            "Signs inside",
            "Waiting for security",
            "Security check",
            "Wi-Fi",
            "Flight screens",
            "Boarding",
            "Finding the car again",
            "Paying for parking",
            "How was it?",
        ],
    ),
    "Family by AirTrain": (
        "Everybody fed, washed and on board, with the pushchair.",
        [
            "Is my flight on time?",
            "Baggage rules",
            "AirTrain",
            "Bag drop",
            "Waiting for security",
            "Security check",
            "Putting everything back",
            "Restaurants",
            "Restrooms",
            "Boarding areas",
            "Boarding",
        ],
    ),
    "Long-term parker on holiday": (
        "The shuttle comes when its sign says so.",
        [
            "Booking a parking space",
            "Signs on the roadways",
            "Long-term parking shuttle",
            "Check-in desk",
            "Security check",
            "Shops",
            "Boarding",
            "Waiting at the belt",
            "Long-term parking shuttle",
        ],
    ),
    "Connecting passenger": (
        "The next gate is found without asking.",
        [
            "Signs inside",
            "Flight screens",
            "Escalators and walkways",
            "Restaurants",
            "Word of a delay",
            "Boarding areas",
            "Boarding",
        ],
    ),
    "Passenger who needs assistance": (
        "One booking, and somebody who is there.",
        [
            "Asking for assistance",
            "Drop-off kerb",
            "Assistance meeting point",
            "Check-in desk",
            "Security check",
            "Boarding",
            "Waiting at the belt",
            "Taxi rank",
            "A complaint is answered",
        ],
    ),
    "An employee’s first day": (
        "Knows the way and whom to ask.",
        ["First day and badge", "Training in service", "Morning briefing", "Asking the office"],
    ),
}

WHO_ANSWERS = {  # where it is not the department's first contributor
    "Flight search": "Mona Okafor",
    "Parking": "Samuel Reyes",
    "Bag drop": "Claire Fontaine",
    "Boarding areas": "Kate Byrne",
    "Overhead signs": "Rosa Marin",
    "Morning briefing": "Henrik Dahl",
    "Shops": "Nadia Petrova",
    "Wi-Fi": "Wei Zhang",
    "Security check": "Viktor Hale",
    "Restrooms": "Ruth Adeyemi",
    "Escalators and walkways": "Ivo Lang",
    "AirTrain": "Aiko Tanaka",
    "A complaint is answered": "Elif Kaya",
    "Advertising in the city": "Paul Lindqvist",
}

PROPOSALS: list[
    tuple[str, dict[str, object], str, str, int, str]
] = [  # touchpoint, what would be different, why, who proposes, days ago, how it was decided
    ("Taxi rank", {"reach": 2_600_000}, "The rank’s counter says so since spring.", "Noah Meyer", 34, "accepted"),
    ("Signs on the roadways", {"title": "Road signs"}, "Shorter.", "Tom Keller", 28, "declined"),
    ("Restaurants", {"moment_of_truth": True}, "One in three complaints about the terminal names food.", "Kate Byrne", 2, ""),
    ("Parking", {"reach": 2_450_000}, "Barrier count of the last twelve months.", "Marek Nowak", 1, ""),
]

FACETS = {  # of touchpoints that nobody owns as a whole: {facet: who owns it}
    "Wi-Fi sign-in page": {"channel": "ITS", "content": "MKT"},
    "Asking for assistance": {"data": "CUS"},
}
LEFT = ("Ivo Lang", 17)  # who left, days ago; what they owned is vacant
