"""What the demo's departments fight over, and what none of them wants: acted out on the days on which it happened."""

from functools import partial
from typing import TYPE_CHECKING

from initiatives.journey import beat
from initiatives.journey.models import Call, Contest, OwnedObject, Refusal

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

# Days ago. Five working days of each clock are over after a week; eight days leave room for a holiday.
SETTLED, RULE_LATER, OPENED = 75, 27, 3
CLOCK = 8

BAGS, PUBLIC, SCREENS = "Bag drop", "Questions in public", "Flight screens"
CALLED = "Putting everything back"
REFUSED = "Waiting at the belt"
REFUSALS = {  # department: (days ago, why)
    "TER": (52, "no_capacity", "The belts stand in our hall, but the bags on them are the airlines’."),
    "CUS": (24, "not_ours", "We hear of it when it is too late. Who runs the belt should own the wait."),
}


class Court:
    """The cases entered into the company's script, after the walk in which departments were asked and answered."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.settle()
        self.leave_to_rule()
        self.plan(
            OPENED, partial(self.contest, SCREENS, "TER", "Passengers ask us when a screen is wrong, not IT. We want to own it.")
        )
        self.plan(
            OPENED - 1, partial(self.prove, SCREENS, "ITS", "Since 2019 we pay licences and night duty for all 412 screens.")
        )
        self.plan(12, self.call)
        for code, (days_ago, refusal, words) in REFUSALS.items():
            self.plan(days_ago, partial(self.refuse, code, refusal, words))

    def settle(self) -> None:
        """The terminal wanted the bag drop; the CXO left it with the airlines' people."""
        self.plan(SETTLED, partial(self.contest, BAGS, "TER", "The counters are ours, and so are the queues in front of them."))
        self.plan(
            SETTLED - 2, partial(self.prove, BAGS, "AIR", "Nine of ten minutes of the wait depend on the airline’s staff plan.")
        )
        for step in (1, 2):
            self.plan(SETTLED - step * CLOCK, beat.turn_contests)
        why = "The wait follows the staff plan, and Airline relations negotiates it. The terminal keeps the counters as a facet."
        self.plan(SETTLED - 2 * CLOCK - 2, partial(self.rule, BAGS, "AIR", why))
        self.plan(SETTLED - 3 * CLOCK - 3, beat.turn_contests)

    def leave_to_rule(self) -> None:
        """Marketing posts, customer service answers; somebody has to say whose it is."""
        words = "Three of four public questions are complaints. We answer them; marketing does not read them."
        self.plan(RULE_LATER, partial(self.contest, PUBLIC, "CUS", words))
        self.plan(
            RULE_LATER - 3, partial(self.prove, PUBLIC, "MKT", "The channels are the brand’s; two voices cost us followers.")
        )
        for step in (1, 2):
            self.plan(RULE_LATER - step * (CLOCK + 2), beat.turn_contests)

    # -- acts ---------------------------------------------------------------------------------------------------------------

    def owned(self, title: str) -> OwnedObject:
        return OwnedObject.objects.select_related("department").get(name=title)

    def case(self, title: str) -> Contest:
        return Contest.objects.with_sides().get(owned__name=title)

    def contest(self, title: str, code: str, words: str) -> None:
        department = self.company.departments[code]
        Contest.objects.contest(self.owned(title), department, names=department, words=words, by=self.company.head(code))

    def prove(self, title: str, code: str, words: str) -> None:
        self.case(title).give_evidence(self.company.departments[code], words=words, by=self.company.head(code))

    def rule(self, title: str, code: str, rationale: str) -> None:
        self.case(title).rule(self.company.departments[code], rationale=rationale, cites=[1, 2], by=self.company.cxo)

    def call(self) -> None:
        """Nobody was ever asked for it; two people raise a hand."""
        why = "Shoes, belts, laptops: everybody dresses again after the check, and nobody looks after the place where they do."
        call = Call.objects.call(
            self.owned(CALLED), why=why, offer="One host a shift until summer, from the centre.", by=self.company.cxo
        )
        people, departments = self.company.people, self.company.departments
        call.raise_hand(
            department=departments["SEC"], words="It is ten metres behind my lane. I see it every day.", by=people["Amina Diallo"]
        )
        call.raise_hand(department=None, words="I can keep it until a department does.", by=people["Kate Byrne"])

    def refuse(self, code: str, refusal: str, words: str) -> None:
        asked = self.owned(REFUSED).propose(
            self.company.departments[code], by=self.company.cxo, why="Your people stand beside it."
        )
        asked.decline(by=self.company.head(code), code=Refusal(refusal), reason=words)
