"""The demo world: Northport, an airport company in which twelve departments share one passenger's journey.

Read it as a story: the departments, who works there, what hurts the passenger, what is being done about it, whose money
pays. Everything is then *acted out* through the same acts that people use, on the days on which it happened, so that the
audit trail, the obligations and the ledger of the demo are as real as any. Days are counted back from the day of loading.
"""

from dataclasses import dataclass, field

DOMAIN = "northport.example"
PASSWORD = "a-passenger-first"  # noqa: S105 - printed by `demo_logins`; the demo world is only ever loaded where DEMO is on
RANKED_ON = (315, 185, 140, 110, 58)  # days before today on which the CXO published a ranking

DEPARTMENTS = {  # code: (name, cost centre, head, deputy, contributors)
    "DIG": ("Digital and web", "4100", "Mona Okafor", "Jens Holm", ["Tariq Aziz"]),
    "MKT": ("Marketing and brand", "4200", "Paul Lindqvist", None, ["Ines Duarte"]),
    "ROA": ("Roads and landside", "5100", "Gerda Blum", "Otto Kranz", []),
    "PAR": ("Parking", "5200", "Samuel Reyes", None, ["Lena Voss"]),
    "TRN": ("AirTrain and shuttles", "5300", "Aiko Tanaka", None, ["Marek Nowak"]),
    "TER": ("Terminal operations", "6100", "Henrik Dahl", "Rosa Marin", ["Yusuf Demir", "Kate Byrne"]),
    "SEC": ("Security checkpoints", "6200", "Viktor Hale", None, ["Amina Diallo"]),
    "AIR": ("Airline relations", "6300", "Claire Fontaine", None, []),
    "RET": ("Shops and restaurants", "7100", "Bruno Salvi", "Nadia Petrova", ["Tom Keller"]),
    "FAC": ("Facilities and cleaning", "7200", "Ruth Adeyemi", None, ["Pedro Lopes", "Ivo Lang"]),
    "ITS": ("Information technology", "8100", "Daniel Stern", "Wei Zhang", ["Sara Lind"]),
    "CUS": ("Customer service", "8200", "Elif Kaya", None, ["Noah Meyer"]),
}

COMPANY_WIDE = {  # kind: people
    "cxo": ["Clara Winter"],
    "ceo": ["Ernst Falk"],
    "finance": ["Fiona Marsh", "Felix Brandt"],
    "auditor": ["Aldo Ricci"],
    "administrator": ["Ada Lorenz"],
}

HOLIDAYS = {  # (month, day): name, and the department if it is only its own
    (1, 1): ("New Year’s Day", ""),
    (5, 1): ("Labour Day", ""),
    (12, 25): ("Christmas Day", ""),
    (12, 26): ("Second day of Christmas", ""),
    (9, 7): ("Counting the stock", "RET"),
}

POOLS = {  # department (or "" for the central pool): appropriation of this fiscal year
    "": "1500000",
    "DIG": "620000",
    "MKT": "480000",
    "ROA": "350000",
    "PAR": "410000",
    "TRN": "390000",
    "TER": "720000",
    "SEC": "540000",
    "AIR": "180000",
    "RET": "450000",
    "FAC": "380000",
    "ITS": "860000",
    "CUS": "260000",
}
EQUIPMENT, POP_UP = "Checkpoint equipment", "Pop-up shops"
FUNDS = {("SEC", EQUIPMENT): "240000", ("RET", POP_UP): "20000"}  # (department, name): pools beside its plain one
LAST_YEAR = {("RET", POP_UP): "60000"}  # the year before; nothing of it was given
CURRENCIES = {"AIR": "USD"}  # pools that are not kept in the company's currency: airlines pay in dollars


@dataclass(frozen=True)
class Story:
    """One initiative: what hurts, what is tried, who is in it, how far it got (`until`), and what was reported.

    proposed, starts and the days in `reports` are days before today; `lasts` is a number of days. Money is by pool.
    """

    title: str
    problem: str
    hypothesis: str
    lead: str
    until: str
    proposed: int
    involved: str = ""  # "ITS:R TER:C"; a trailing "?" is still unanswered, "!" was declined
    accountable: str = ""  # the department asked to be accountable; the lead unless said otherwise; "" + "?" see involved
    starts: int = 0
    lasts: int = 180
    score: tuple[int, int, str] | None = None  # value, effort, rationale
    money: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)  # money asked for and not decided yet
    spent: str = "0"  # share of the allocation that is spent
    reports: tuple[tuple[int, str, int, str, str], ...] = ()  # days ago, health, percent, done, blockers
    milestones: tuple[tuple[str, int, bool], ...] = ()  # title, days from today (negative: past), met
    gate: tuple[str, str, tuple[tuple[str, str], ...], str] | None = None  # milestone, tranche, (question, evidence), why it went
    confidential: bool = False


STORIES = [
    Story(
        "One queue time from kerb to gate",
        "Passengers see four different waiting times: on the road sign, the web site, the hall screens and the airline’s app. "
        "None agrees, and 38 % of survey comments about security mention “no idea how long”.",
        "If one measured waiting time is shown everywhere, missed flights blamed on queues fall by a third.",
        "SEC",
        "active",
        150,
        "DIG:R ITS:R TER:C AIR:I",
        starts=90,
        lasts=240,
        score=(9, 4, "Every passenger meets it; the sensors are already in the ceiling."),
        money={"SEC": "120000", "ITS": "90000", "": "150000"},
        spent="0.40",
        reports=(
            (62, "green", 20, "Sensors of lanes 1 to 8 calibrated.", ""),
            (34, "amber", 35, "Feed reaches the web site.", "Airlines have not agreed on one wording."),
            (6, "amber", 45, "Hall screens show the measured time.", "The road signs’ controller is end of life."),
        ),
        milestones=(("Measured time on the web site", -30, True), ("All hall screens", -5, True), ("Road signs", 45, False)),
        gate=(
            "All hall screens",
            "150000",
            (
                ("Measured and shown time differ by less than two minutes", "1.4 minutes on average over 14 days."),
                ("Complaints about “no idea how long” fall", ""),
            ),
            "",
        ),
    ),
    Story(
        "Restrooms cleaned by use, not by clock",
        "Restrooms are cleaned every two hours, empty or crowded. Cleanliness after the 7 a.m. wave scores 3.4 of 5.",
        "Door counters that call a cleaner after 150 visits raise the score to 4.2 at the same cost.",
        "FAC",
        "active",
        140,
        "TER:C ITS:R",
        starts=100,
        lasts=200,
        score=(8, 3, "Second most frequent complaint, small project."),
        money={"FAC": "85000", "TER": "40000"},
        spent="0.55",
        reports=(
            (70, "green", 30, "Counters in pier A.", ""),
            (42, "green", 55, "Pier B; cleaners’ handsets in use.", ""),
            (4, "green", 70, "Score in pier A: 4.3 over four weeks (n = 212).", ""),
        ),
        milestones=(("Pier A", -80, True), ("Pier B", -40, True), ("All piers", 60, False)),
        gate=(
            "Pier B",
            "35000",
            (("The score after the morning wave is above 4.0", "4.3 over four weeks (n = 212)."),),
            "The score holds in two piers.",
        ),
    ),
    Story(
        "Find my car again",
        "One in nine parking passengers asks staff where their car is. The call centre spends 1,900 hours a year on it.",
        "A photo of the plate at entry and a search on the phone cut the calls by 80 %.",
        "PAR",
        "active",
        130,
        "DIG:R ITS:C CUS:I",
        starts=75,
        lasts=150,
        score=(6, 3, "Clear saving, happy surprise."),
        money={"PAR": "140000"},
        spent="0.35",
        reports=((48, "green", 25, "Cameras at both entries.", ""),),
        milestones=(("Cameras at entries", -50, True), ("Search page live", 20, False)),
    ),
    Story(
        "Wi-Fi that signs in once",
        "Passengers accept the terms again in each pier; 22 % give up. Wi-Fi is the first thing they judge us by.",
        "One sign-in for the whole stay brings completed connections from 78 % to 95 %.",
        "ITS",
        "active",
        160,
        "TER:C MKT:C",
        starts=120,
        lasts=150,
        score=(7, 2, "Cheap and everywhere."),
        money={"ITS": "110000", "MKT": "30000"},
        spent="0.80",
        reports=(
            (80, "green", 40, "New controllers in the core.", ""),
            (52, "amber", 60, "Pier A and B migrated.", "Old access points in pier C."),
            (9, "red", 65, "Nothing new.", "Supplier cannot deliver access points before spring."),
        ),
        milestones=(("Piers A and B", -55, True), ("Pier C", -10, False), ("Single sign-in", 30, False)),
    ),
    Story(
        "A shuttle that keeps its promise",
        "Signs promise a shuttle every ten minutes. Measured: 17 on average, 31 at night. Nobody owns the promise.",
        "Publishing the real time and dispatching by demand lifts the shuttle’s rating from 3.6 to 4.1.",
        "TRN",
        "active",
        120,
        "PAR:R CUS:C MKT:C",
        starts=60,
        lasts=210,
        score=(7, 5, "The promise is ours, the buses are not."),
        money={"TRN": "95000", "PAR": "60000"},
        spent="0.20",
        milestones=(("Position feed of all buses", 14, False), ("Signs show real time", 75, False)),
    ),
    Story(
        "Order food to the gate",
        "Passengers at remote gates will not walk back eight minutes for food; restaurants sell 40 % less there.",
        "Ordering to the gate raises spend per passenger at remote gates by € 0.70.",
        "RET",
        "funded",
        80,
        "DIG:R TER:C SEC:I",
        lasts=160,
        score=(6, 4, "Pays for itself if two restaurants join."),
        money={"RET": "160000", "": "80000"},
    ),
    Story(
        "Help for passengers who need it, booked once",
        "Assistance is booked with the airline, confirmed by nobody, and re-explained at four desks.",
        "One booking that every desk can read halves the waiting time and the complaints.",
        "CUS",
        "prioritised",
        75,
        "AIR:R TER:R SEC:C ITS:R",
        lasts=220,
        score=(9, 6, "Matters most to those who need us most."),
        asks={"CUS": "60000", "TER": "90000", "": "120000"},
    ),
    Story(
        "Signs that speak the passenger’s language",
        "Road, terminal and web use three names for the same pier. Survey: signs on the roadways 3.5, inside 3.9.",
        "One vocabulary, tested with 200 passengers, removes a quarter of “where is” questions.",
        "TER",
        "prioritised",
        70,
        "ROA:R MKT:R DIG:R",
        lasts=180,
        score=(7, 3, "No technology needed."),
        asks={"TER": "75000", "ROA": "55000"},
    ),
    Story(
        "Parking price that holds",
        "The price on the web differs from the price at the barrier in 6 % of stays. Each dispute costs us € 11.",
        "One price engine removes the difference.",
        "PAR",
        "assessed",
        50,
        "DIG:R ITS:R?",
        score=(5, 5, "Annoying, but few passengers."),
    ),
    Story(
        "Know the delay before the gate does",
        "Gate staff learn of delays from passengers’ phones.",
        "One feed from airlines to every screen and handset within 60 seconds.",
        "AIR",
        "assessed",
        45,
        "ITS:R? TER:R CUS:C",
        score=(8, 6, "Depends on three airlines."),
    ),
    Story(
        "A quiet hour every evening",
        "Announcements every 40 seconds; parents and business travellers complain alike.",
        "Announcements only by pier between 20 and 22 h raise satisfaction with the hall.",
        "TER",
        "proposed",
        30,
        "AIR:C? CUS:C",
    ),
    Story(
        "Lost property found in a day",
        "Eleven days on average, three forms, two buildings.",
        "One register with photos for airline, security and terminal.",
        "CUS",
        "proposed",
        21,
        "SEC:R? AIR:R! TER:R",
    ),
    Story(
        "Loyalty across parking, shops and lounge",
        "A regular passenger has three cards and no name with us.",
        "One account recognises the passenger at six touchpoints.",
        "MKT",
        "proposed",
        14,
        "RET:R? PAR:R? DIG:R? ITS:C?",
        accountable="DIG?",
    ),
    Story(
        "Water at every gate",
        "Passengers buy water for € 3.90 after emptying their bottle at security.",
        "Fountains at each gate cost little and are remembered.",
        "FAC",
        "draft",
        5,
    ),
    Story(
        "Family lane that is one",
        "The family lane is used by everybody in a hurry.",
        "A lane with a gate and a host halves the waiting time of families.",
        "SEC",
        "completed",
        330,
        "TER:R CUS:C",
        starts=300,
        lasts=200,
        score=(7, 3, "Visible, quick."),
        money={"SEC": "60000"},
        spent="1.0",
        reports=(
            (250, "green", 30, "Lane marked and staffed at peak.", ""),
            (190, "green", 70, "Gate installed.", ""),
            (120, "green", 100, "In operation on all days.", ""),
        ),
        milestones=(("Lane marked", -260, True), ("Gate installed", -190, True)),
    ),
    Story(
        "Rental car return without a queue",
        "Four companies, four desks, one queue: 24 minutes at 6 a.m.",
        "A shared drop with photos takes three minutes.",
        "ROA",
        "paused",
        200,
        "PAR:C",
        starts=150,
        lasts=200,
        score=(5, 6, "Hard contracts."),
        money={"ROA": "45000"},
        reports=((110, "amber", 15, "Two of four companies agreed.", "Two contracts run until next year."),),
    ),
    Story(
        "Biometric boarding for all",
        "Boarding takes 31 minutes on wide-bodies.",
        "Faces instead of passes take 20.",
        "AIR",
        "declined",
        180,
        "ITS:R SEC:R",
        score=(4, 9, "Too early: two airlines, one law."),
    ),
    Story(
        "New operator for the north food hall",
        "The contract ends in spring; quality scores 3.1 and falls. Talks are not public.",
        "An operator paid by rating lifts the hall to 4.0.",
        "RET",
        "active",
        95,
        "MKT:C",
        starts=55,
        lasts=160,
        score=(8, 5, "The largest hall, the lowest score."),
        money={"RET": "70000"},
        spent="0.10",
        reports=((20, "amber", 30, "Two operators on the short list.", "Legal review."),),
        confidential=True,
    ),
]
