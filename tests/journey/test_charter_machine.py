"""Any sequence of drafts, votes and days: each version of the charter is always where a small model says."""

from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
from hypothesis.stateful import invariant, precondition, rule

from initiatives.core import clock
from initiatives.duties.models import Obligation
from initiatives.journey import charter_clock
from initiatives.journey.models import Ballot, CharterVersion
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.machines import MOSTLY, Machine, run

CODES = ("HR", "MKT", "OPS")
CHOICES = st.lists(st.sampled_from(["in", "in", "out", "abstain"]), min_size=3, max_size=3)
VOTES = st.dictionaries(st.sampled_from(CODES), CHOICES, min_size=1, max_size=2)


class Charters(Machine):
    """Three departments vote on drafts of one to three items; the oracle is written apart from the code."""

    def prepare(self) -> None:
        self.states: list[str] = []  # of each version, oldest first
        self.items = 0  # of the newest version
        self.votes: dict[str, list[str]] = {}  # on the version under vote
        self.last_day = 0  # on which it is voted on
        self.write(3, True)
        self.open(2)
        self.vote({"OPS": ["in", "in", "out"]}, True)

    def newest(self) -> str:
        return self.states[-1] if self.states else ""

    @property
    def version(self) -> CharterVersion:
        return CharterVersion.objects.newest_first()[0]

    def count(self) -> None:
        """Two of three departments must have voted, and most items have more votes in than out."""
        taken = sum(self.adopts(number) for number in range(self.items))
        carried = len(self.votes) >= 2 and taken > self.items - taken
        if carried and "ratified" in self.states:
            self.states[self.states.index("ratified")] = "superseded"
        self.states[-1] = "ratified" if carried else "not_ratified"

    def adopts(self, item: int) -> bool:
        said = [choices[item] for choices in self.votes.values()]
        return said.count("in") > said.count("out")

    @rule(items=st.integers(1, 3), cxo=MOSTLY)
    def write(self, items: int, cxo: bool) -> None:
        if self.newest() == "voting":
            return
        texts = [("principle", f"Principle {number}") for number in range(items)]
        by = self.cast.cxo if cxo else self.cast.ceo
        if self.act(cxo, lambda: CharterVersion.objects.draft().prepare(texts, by=by)):
            self.items = items
            if self.newest() != "draft":
                self.states.append("draft")

    @rule(days=st.integers(0, 3))
    def open(self, days: int) -> None:
        legal = self.newest() == "draft" and days > 0
        draft = CharterVersion.objects.draft()
        if self.act(legal, lambda: draft.open(closes_on=today() + timedelta(days=days), by=self.cast.cxo)):
            self.states[-1], self.votes, self.last_day = "voting", {}, self.day + days

    @precondition(lambda self: self.ready and self.newest() not in ("", "draft"))
    @rule(votes=VOTES, head=MOSTLY)
    def vote(self, votes: dict[str, list[str]], head: bool) -> None:
        items = list(self.version.items.order_by("position").values_list("pk", flat=True))
        for code, choices in votes.items():
            ballot = Ballot.objects.select_related("version").get(version=self.version, department__code=code)
            said = dict(zip(items, choices[: self.items], strict=True))
            by = self.cast.head(code) if head else self.cast.cxo
            if self.act(head and self.newest() == "voting" and not self.over, partial(ballot.vote, said, by=by)):
                self.votes[code] = choices

    @precondition(lambda self: self.ready and bool(self.states))
    @rule()
    def close(self) -> None:
        if self.act(
            self.newest() == "voting" and (len(self.votes) == 3 or self.over), lambda: self.version.close(by=self.cast.cxo)
        ):
            self.count()

    @property
    def over(self) -> bool:
        """The last day has passed, though nobody may have counted yet."""
        return self.last_day < self.day

    @rule(days=st.integers(1, 2), counted=MOSTLY)
    def days_pass(self, days: int, counted: bool) -> None:
        self.day += days
        if not counted:  # the beat is late
            return
        with clock.at(self.now):
            charter_clock.turn()
            charter_clock.turn()
        if self.newest() == "voting" and self.over:
            self.count()

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not self.ready:
            return
        assert list(CharterVersion.objects.order_by("number").values_list("state", flat=True)) == self.states
        in_force = CharterVersion.objects.ratified()
        assert (in_force is not None) == ("ratified" in self.states)
        voting = self.newest() == "voting"
        waiting = {ask.department.code for ask in Obligation.objects.open_now().select_related("department") if ask.department}
        assert waiting == (set(CODES) - set(self.votes) if voting else set())
        assert set(Ballot.objects.waiting().values_list("department__code", flat=True)) == waiting


def test_every_sequence_leaves_each_version_where_the_model_says(cast: Cast) -> None:
    for person in (cast.cxo, cast.ceo, *map(cast.head, CODES)):
        assert person.is_active
    run(Charters, cast, examples=18, steps=8)
