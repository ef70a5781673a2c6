"""A contest between two departments, and its clocks as days that pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from initiatives.core import clock
from initiatives.journey import beat
from initiatives.journey.models import Contest, OwnedObject
from tests.cast import Cast
from tests.journey.conftest import Map


@dataclass
class Court:
    """OPS owns the touchpoint, MKT says that it is theirs; CXO and CEO are there."""

    cast: Cast
    map: Map

    def owned(self, title: str = "Finding a parking place") -> OwnedObject:
        owned = self.map.touchpoint(title).owned
        owned.propose(self.cast.department("OPS"), by=self.cast.head("OPS"))
        return self.fresh(owned)

    def fresh(self, owned: OwnedObject) -> OwnedObject:
        return OwnedObject.objects.select_related("department", "person", "steward").get(pk=owned.pk)

    def contest(self, owned: OwnedObject | None = None, code: str = "MKT") -> Contest:
        _ = self.cast.cxo, self.cast.ceo, self.cast.head(code)
        department = self.cast.department(code)
        words = "We run the page."
        return Contest.objects.contest(owned or self.owned(), department, names=department, words=words, by=self.cast.head(code))

    def again(self, contest: Contest) -> Contest:
        return Contest.objects.with_sides().get(pk=contest.pk)

    def to_ruling(self, contest: Contest) -> Contest:
        """Nobody says a word until somebody has to rule."""
        while self.again(contest).state != "ruling":
            let_pass(self.again(contest))
        return self.again(contest)

    def ruled(self, contest: Contest, code: str = "MKT") -> Contest:
        contest = self.to_ruling(contest)
        with after(contest):
            contest.rule(self.cast.department(code), rationale="Who runs it owns it.", cites=[1], by=contest.deciders()[0])
        return self.again(contest)


@pytest.fixture
def court(cast: Cast, journey_map: Map) -> Court:
    return Court(cast, journey_map)


def noon_after(day: date) -> datetime:
    return clock.now() + timedelta(days=(day - clock.company_day()).days + 1)


@contextmanager
def after(contest: Contest) -> Iterator[None]:
    """On the last day of the running clock."""
    assert contest.due_on
    with clock.at(noon_after(contest.due_on) - timedelta(days=1)):
        yield


def let_pass(contest: Contest) -> None:
    """Let the running clock run out, and the beat ring on the day after, twice."""
    assert contest.due_on
    with clock.at(noon_after(contest.due_on)):
        beat.turn_contests()
        beat.turn_contests()
