"""Any sequence of hands, choices and answers: call, hands and object are always where a small model says."""

import hypothesis.strategies as st
from hypothesis.stateful import invariant, precondition, rule

from initiatives.core import clock
from initiatives.journey import beat
from initiatives.journey.models import Call, Hand, OwnedObject, Ownership
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.machines import Machine, run

PEOPLE = ("head", "contributor", "cxo")


class Calls(Machine):
    """One touchpoint that nobody owns. The head and a contributor of OPS and the CXO raise hands, with or without OPS."""

    owned: OwnedObject

    def prepare(self) -> None:
        self.open, self.state, self.keeper, self.owner = False, "unowned", "", ""
        self.hands: dict[str, bool] = {}  # that are up in the open call: whether for the department
        self.call("ceo")
        for name in PEOPLE:
            self.raise_hand(name, name == "head")

    def who(self, name: str) -> User:
        return self.cast.cxo if name == "cxo" else getattr(self.cast, name)("OPS")

    def found(self) -> OwnedObject:
        return OwnedObject.objects.select_related("department", "person", "steward").get(pk=self.owned.pk)

    @property
    def newest(self) -> Call | None:
        return Call.objects.select_related("owned").order_by("-pk").first()

    @rule(by=st.sampled_from(["ceo", "contributor"]))
    def call(self, by: str) -> None:
        caller = self.cast.ceo if by == "ceo" else self.who(by)
        legal = (by == "ceo" or self.keeper == by) and not self.open and self.state != "owned"
        if self.act(legal, lambda: Call.objects.call(self.found(), why="Please.", by=caller)):
            self.open, self.hands = True, {}

    @rule(name=st.sampled_from(PEOPLE), ops=st.booleans())
    def raise_hand(self, name: str, ops: bool) -> None:
        if (call := self.newest) is None:
            return
        department = self.cast.department("OPS") if ops else None
        legal = self.open and name not in self.hands and not (ops and name == "cxo")
        if self.act(legal, lambda: call.raise_hand(department=department, words="I will.", by=self.who(name))):
            self.hands[name] = ops

    @precondition(lambda self: self.ready and self.hands)
    @rule(name=st.sampled_from(PEOPLE))
    def lower_hand(self, name: str) -> None:
        if (call := self.newest) and self.act(self.open and name in self.hands, lambda: call.lower_hand(by=self.who(name))):
            del self.hands[name]

    @rule(which=st.integers(0, 2), office=st.sampled_from(["cxo", "ceo"]))
    def choose(self, which: int, office: str) -> None:
        """One of the hands that are up; of a closed call, one that once was."""
        call, hands = self.newest, sorted(self.hands) or PEOPLE
        name = hands[which % len(hands)]
        hand = call and call.hands.filter(person=self.who(name)).order_by("-pk").select_related("person", "department").first()
        if call is None or hand is None:
            return
        asked = hand.department is not None and self.state == "proposed"  # the department is asked already
        legal = self.open and name in self.hands and name != office and self.state != "owned" and not asked
        if not self.act(legal, lambda: call.choose(hand, by=getattr(self.cast, office))):
            return
        if hand.department is None:
            self.keeper = name
        else:
            self.open = False
            self.take(name) if name == "head" else setattr(self, "state", "proposed")

    @precondition(lambda self: self.ready and self.state == "proposed")
    @rule(accept=st.booleans())
    def answer(self, accept: bool) -> None:
        asked = Ownership.objects.filter(owned=self.owned).waiting().select_related("owned", "department", "person").first()
        assert (asked is not None) == (self.state == "proposed")
        if asked is None:
            return
        head = self.who("head")
        if accept and self.act(True, lambda: asked.accept(by=head)):
            self.take("contributor")
        elif not accept and self.act(True, lambda: asked.decline(by=head, code="not_ours", reason="No.")):
            self.state = "unowned"

    @rule()
    def the_head_takes_it(self) -> None:
        """Without any call; one that is open closes by itself."""
        legal = self.state == "unowned"
        if self.act(legal, lambda: self.found().propose(self.cast.department("OPS"), by=self.who("head"))):
            self.take("head")

    @precondition(lambda self: self.ready and self.state == "owned")
    @rule()
    def give_back(self) -> None:
        owns = Ownership.objects.of(self.owned)
        if owns is not None and self.act(self.state == "owned", lambda: owns.give_back(by=self.who("head"), reason="No.")):
            self.state, self.owner = "unowned", ""

    @rule()
    def the_clock_turns(self) -> None:
        with clock.at(self.now):
            beat.close_answered_calls()
            beat.close_answered_calls()
        self.open = self.open and self.state != "owned"

    @rule(office=st.sampled_from(["ceo", "head"]))
    def close(self, office: str) -> None:
        by = self.cast.ceo if office == "ceo" else self.who("head")
        if (call := self.newest) and self.act(self.open and office == "ceo", lambda: call.close(by=by)):
            self.open = False

    def take(self, name: str) -> None:
        self.state, self.owner, self.keeper = "owned", name, ""

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not self.ready:
            return
        owned, calls = self.found(), Call.objects.open_now().filter(owned=self.owned)
        assert owned.state == self.state
        assert owned.person == (self.who(self.owner) if self.owner else None)
        assert owned.steward == (self.who(self.keeper) if self.keeper else None)
        assert calls.exists() == self.open
        up = Hand.objects.up().filter(call__in=calls)
        assert {hand.person_id: hand.department_id is not None for hand in up} == (
            {self.who(name).pk: ops for name, ops in self.hands.items()} if self.open else {}
        )


def test_every_sequence_leaves_call_and_object_where_the_model_says(cast: Cast, journey_map: Map) -> None:
    for person in (cast.cxo, cast.ceo, cast.head("OPS"), cast.contributor("OPS")):
        assert person.is_active
    run(Calls, cast, owned=journey_map.touchpoint().owned, examples=25, steps=10)
