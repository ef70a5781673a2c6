"""Any sequence of acts of the handshake: object, handshakes, running spell and open asks always say what a small model says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.beat import ring
from initiatives.journey.models import Answer, OwnedObject, Ownership, Refusal
from initiatives.journey.models.asking import ACCEPT, ATTEST, FIND
from initiatives.journey.models.attesting import attest
from initiatives.journey.models.orphans import neglected
from initiatives.organization.models import Role, User
from tests.cast import Cast
from tests.journey.conftest import Map

DEPARTMENTS = ("OPS", "IT", "MKT")
FRESH = count()


@dataclass
class Model:
    """What should be true: the oracle, written apart from the code."""

    owner: str | None = None
    vacant: str | None = None
    asked: set[str] = field(default_factory=set)
    sought: bool = False
    lapses: int = 0
    due: int | None = None  # the day by which the owner attests
    reminded: bool = False
    day: int = 0

    def state(self) -> str:
        return "owned" if self.owner else "vacant" if self.vacant else "proposed" if self.asked else "unowned"

    def own(self, code: str) -> None:
        self.owner, self.vacant, self.asked, self.sought = code, None, set(), False
        self.lapses, self.due, self.reminded = 0, self.day + 182, False

    def lose(self) -> None:
        self.owner, self.lapses, self.due, self.reminded = None, 0, None, False

    def nobody_left(self) -> None:
        self.sought = self.sought or self.state() == "unowned"

    def take(self, act: str, code: str) -> bool:
        """Take the step if it is one; whether it was."""
        mine, waits = self.owner == code, code in self.asked or self.vacant == code
        allowed = {
            "ask": not self.owner and not waits,
            "raise": not self.owner and not waits,
            "accept": waits,
            "decline": waits,
            "withdraw": code in self.asked,
            "offer": bool(self.owner) and not mine and not waits,
            "give back": mine,
            "name": mine,
            "attest": mine,
            "leave": mine,
            "ten days": True,
            "half a year": True,
        }[act]
        if allowed:
            getattr(self, f"do_{act.replace(' ', '_')}")(code)
        return allowed

    def do_ask(self, code: str) -> None:
        self.asked.add(code)
        self.sought = False

    do_raise = do_accept = do_name = own

    def do_offer(self, code: str) -> None:
        self.asked.add(code)

    def do_withdraw(self, code: str) -> None:
        self.asked.remove(code)

    def do_decline(self, code: str) -> None:
        self.asked.discard(code)
        self.vacant = None if self.vacant == code else self.vacant
        self.nobody_left()

    def do_give_back(self, code: str) -> None:
        self.lose()
        self.nobody_left()

    def do_leave(self, code: str) -> None:
        self.lose()
        self.vacant = code

    def do_attest(self, code: str) -> None:
        self.lapses, self.due, self.reminded = 0, self.day + 182, False

    def do_ten_days(self, code: str, days: int = 10) -> None:
        self.day += days
        if self.asked:
            self.asked = set()
            self.nobody_left()
        if self.owner and self.due is not None and self.due < self.day:
            self.lapses += 1
            self.due = self.day + 14 if self.lapses < 2 else None
        if self.owner and (self.lapses or (self.due is not None and self.due <= self.day + 14)):
            self.reminded = True

    def do_half_a_year(self, code: str) -> None:
        self.do_ten_days(code, 190)


@dataclass
class Reality:
    """The same acts, as people take them."""

    cast: Cast
    owned: OwnedObject
    start: datetime

    def member(self, code: str) -> User:
        person = User.objects.create_user(f"member{next(FRESH)}@example.org", f"Member of {code}")
        Role.objects.create(person=person, kind="contributor", department=self.cast.department(code), starts="2026-01-01")
        return person

    def handshake(self, code: str, answer: str) -> Ownership:
        found = Ownership.objects.filter(owned=self.owned, department=self.cast.department(code), answer=answer).first()
        if found is None:
            raise RuleBroken("There is none.")
        return found

    def take(self, act: str, code: str) -> None:
        head, cxo = self.cast.head(code), self.cast.cxo
        acts: dict[str, Callable[[], object]] = {
            "ask": lambda: self.fresh().propose(self.cast.department(code), by=cxo),
            "raise": lambda: self.fresh().propose(self.cast.department(code), by=head, person=self.member(code)),
            "accept": lambda: self.asked(code).accept(by=head, person=self.member(code)),
            "decline": lambda: self.asked(code).decline(by=head, code=Refusal.NOT_OURS, reason="No."),
            "withdraw": lambda: self.asked(code).withdraw(by=cxo),
            "offer": lambda: self.offer(code),
            "give back": lambda: self.held(code).give_back(by=head, reason="No."),
            "name": lambda: self.held(code).name_person(self.member(code), by=head),
            "attest": lambda: attest([self.held(code).pk], by=head),
            "leave": lambda: self.held(code).person.deactivate(by=self.cast.administrator, reason="New job."),
        }
        acts.get(act, ring)()

    def fresh(self) -> OwnedObject:
        return OwnedObject.objects.get(pk=self.owned.pk)

    def asked(self, code: str) -> Ownership:
        return self.handshake(code, Answer.PROPOSED)

    def held(self, code: str) -> Ownership:
        return self.handshake(code, Answer.ACCEPTED)

    def is_neglected(self) -> bool:
        """Whether nobody has owned it for so long that the CXO is asked: the rule of tests/journey/test_orphans.py."""
        return neglected(OwnedObject.objects.filter(pk=self.owned.pk), clock.company_day()).exists()

    def offer(self, code: str) -> None:
        mine = Ownership.objects.of(self.owned)
        if mine is None:
            raise RuleBroken("Nobody owns it.")
        mine.hand_over(self.cast.department(code), by=self.cast.head(mine.department.code))


def asks(kind: str, subjects: list[int]) -> set[int]:
    found = Obligation.objects.open_now().filter(kind=kind, subject_id__in=subjects)
    return set(found.values_list("subject_id", flat=True))


def agree(model: Model, reality: Reality) -> None:
    owned = OwnedObject.objects.select_related("department").get(pk=reality.owned.pk)
    rows = list(Ownership.objects.filter(owned=owned).select_related("department"))
    assert [row.department.code for row in rows if row.answer == Answer.ACCEPTED] == ([model.owner] if model.owner else [])
    waiting = {row.department.code for row in rows if row.answer == Answer.PROPOSED}
    assert waiting == model.asked | ({model.vacant} if model.vacant else set())
    keeps = model.owner or model.vacant
    assert (owned.state, owned.department.code if owned.department else None) == (model.state(), keeps)
    assert (owned.lapses, owned.steward_id is not None) == (model.lapses, model.state() == "vacant")
    spell = owned.spells.get(until=None)
    assert [getattr(spell, name) for name in spell.KEPT] == [getattr(owned, name) for name in spell.KEPT]
    assert asks(ACCEPT, [row.pk for row in rows]) == {row.pk for row in rows if row.answer == Answer.PROPOSED}
    assert asks(FIND, [owned.pk]) == ({owned.pk} if model.sought else set())
    people = {row.person_id for row in rows if row.person_id}
    assert asks(ATTEST, list(people)) == ({owned.person_id} if model.reminded else set())


ACTS = (
    "ask",
    "raise",
    "accept",
    "decline",
    "withdraw",
    "offer",
    "give back",
    "name",
    "attest",
    "leave",
    "ten days",
    "half a year",
)
TURNS = ("ten days", "half a year")  # the clocks run
LIKELY = (*ACTS, "ask", "accept", "accept", "raise", "half a year", "offer")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(LIKELY), st.sampled_from(DEPARTMENTS)), max_size=12))
def test_every_sequence_of_acts_ends_where_the_model_says(cast: Cast, journey_map: Map, acts: list[tuple[str, str]]) -> None:
    for code in DEPARTMENTS:
        cast.head(code)
    model, reality = Model(), Reality(cast, journey_map.touchpoint().owned, clock.now())
    for act, code in acts:
        expected = model.take(act, code)
        with clock.at(reality.start + timedelta(days=model.day)):
            try:
                reality.take(act, code)
                taken = True
            except RuleBroken:
                taken = False
            assert taken == expected, f"{act} {code} from {model}"
            model.sought |= act in TURNS and model.state() == "unowned" and reality.is_neglected()
            agree(model, reality)
