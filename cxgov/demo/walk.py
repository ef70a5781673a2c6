"""The demo's journey (journey.py) acted out: the map is drawn, departments are asked, and they answer on their days."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from cxgov.demo.journey import CHANNELS, CONTACTS, FACETS, JOURNEYS, LEFT, PROPOSALS, STAGES, WHO_ANSWERS, Contact
from initiatives.core import clock
from initiatives.journey.models import Channel, Journey, MapChange, OwnedObject, Part, Refusal, Stage, Touchpoint
from initiatives.journey.models.facets import facet_of
from initiatives.organization.models import User

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage as Company

DRAWN = 200  # days ago on which the map was drawn
STAGES_ASKED = 165
TO_ANSWER, TO_LAPSE = 3, 14  # days after the asking
WHY = {
    "?": "It stands in your building; tell us whether it is yours.",
    "!": "You run what it depends on.",
}
DECLINED = "We run the machines, not the promise. Somebody must own both."


class Walk:
    """The journey entered into the company's script."""

    def __init__(self, company: "Company") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(DRAWN, self.draw)
        for title, (_, owner, _) in STAGES.items():
            if owner:
                self.plan(STAGES_ASKED, partial(self.ask, title, owner))
                self.plan(STAGES_ASKED - TO_ANSWER, partial(self.accept, title, owner))
        for contact in CONTACTS:
            if contact.parts:
                self.plan(contact.since + 1, partial(self.split, contact))
            if contact.restricted:
                self.plan(contact.since - TO_ANSWER - 1, partial(self.restrict, contact))
            for title, owner in (contact.title, contact.owner), *((title, owner) for title, _, owner in contact.parts):
                self.seek_owner(title, owner, contact.since)
        for place, proposal in enumerate(PROPOSALS):
            self.plan(proposal[4], partial(self.propose, place))

        for title, owners in FACETS.items():
            for kind, code in owners.items():
                self.plan(95, partial(self.share, title, kind, code))
        self.plan(LEFT[1], self.leave)

    def seek_owner(self, title: str, owner: str, since: int) -> None:
        """As the mark after the department says (journey.py)."""
        code, mark = owner.partition("/")[0].rstrip("?!-"), owner[-1:]
        if not code:
            return
        self.plan(since, partial(self.ask, title, code, WHY.get(mark, "")))
        match mark:
            case "?":
                return
            case "!":
                self.plan(since - TO_ANSWER, partial(self.decline, title, code))
            case "-":
                self.plan(since - TO_LAPSE, partial(self.lapse, title))
            case _:
                self.plan(since - TO_ANSWER, partial(self.accept, title, code))

    # -- the map ---------------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """The CXO draws what every passenger walks through."""
        by, today = self.company.cxo, self.company.today
        stages = {
            title: Stage.objects.add(
                by=by, title=title, kind=kind, review_on=today + timedelta(days=due) if due is not None else None
            )
            for title, (kind, _, due) in STAGES.items()
        }
        channels = {name: Channel.objects.add(by=by, name=name, online=online) for name, online in CHANNELS.items()}
        for contact in CONTACTS:
            Touchpoint.objects.add(
                by=by,
                title=contact.title,
                stage=stages[contact.stage],
                channel=channels[contact.channel],
                reach=contact.reach,
                moment_of_truth=contact.moment,
                description=contact.words,
            )
        known = dict(Touchpoint.objects.values_list("title", "pk"))
        for title, (goal, path) in JOURNEYS.items():
            Journey.objects.add(by=by, title=title, goal=goal, path=[known[name] for name in path])

    def split(self, contact: Contact) -> None:
        parts = [Part(title, reach) for title, reach, _ in contact.parts]
        self.touchpoint(contact.title).split(parts, by=self.company.cxo)

    def restrict(self, contact: Contact) -> None:
        """Talks with operators are not public."""
        head = self.company.head(contact.owner)
        self.touchpoint(contact.title).restrict(by=head, departments=[self.company.departments["MKT"]])

    def touchpoint(self, title: str) -> Touchpoint:
        found: Touchpoint = Touchpoint.objects.get(title=title)
        return found

    # -- the handshake ---------------------------------------------------------------------------------------------------

    def owned(self, title: str) -> OwnedObject:
        return OwnedObject.objects.get(name=title)

    def ask(self, title: str, code: str, why: str = "") -> None:
        self.owned(title).propose(self.company.departments[code], by=self.company.cxo, why=why)

    def accept(self, title: str, code: str) -> None:
        asked = self.owned(title).ownerships.waiting().get()
        asked.accept(by=self.company.head(code), person=self.who_answers(title, code))

    def decline(self, title: str, code: str) -> None:
        asked = self.owned(title).ownerships.waiting().get()
        asked.decline(by=self.company.head(code), code=Refusal.values[0], reason=DECLINED)

    def lapse(self, title: str) -> None:
        self.owned(title).ownerships.waiting().get().lapse(today=clock.company_day())

    def who_answers(self, title: str, code: str) -> User:
        name = WHO_ANSWERS.get(title)
        return self.company.people[name] if name else self.company.deliverer(code)

    def share(self, title: str, kind: str, code: str) -> None:
        """One department takes a facet on; the whole stays without an owner."""
        owned = facet_of(self.touchpoint(title), kind, by=self.company.cxo).owned
        owned.propose(self.company.departments[code], by=self.company.head(code), person=self.company.deliverer(code))

    def leave(self) -> None:
        self.company.people[LEFT[0]].deactivate(by=self.company.administrator, reason="Went to another airport.")

    # -- proposals -------------------------------------------------------------------------------------------------------

    def propose(self, place: int) -> None:
        """Somebody proposes a change of the map; it is decided at once, or waits."""
        title, values, reason, who, _, decided = PROPOSALS[place]
        found = self.touchpoint(title)
        by = self.company.people[who]
        change = MapChange.objects.propose("touchpoint", "edit", found, values, by=by, reason=reason)
        if decided == "accepted":
            change.accept(by=self.company.cxo)
        elif decided:
            change.decline(by=self.company.cxo, reason="Passengers say it, and the contract names it so.")
