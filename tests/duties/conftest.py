"""A kind of ask for these tests, whose subjects are departments; who may still answer is a set that a test can shrink."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from initiatives.duties.kinds import KINDS, Kind, register
from initiatives.organization.models import Department, User


@dataclass
class Asks:
    """The registered kind, and what its rule answers."""

    name: str = "tests.report"
    hidden_from: set[tuple[int, int]] = field(default_factory=set)  # (user, subject)
    answered: set[int] = field(default_factory=set)

    def still(self, user: User, subject_ids: set[int]) -> set[int]:
        return {pk for pk in subject_ids if (user.pk, pk) not in self.hidden_from} - self.answered

    def hide(self, subject: Department, user: User) -> None:
        self.hidden_from.add((user.pk, subject.pk))


@pytest.fixture
def asks() -> Iterator[Asks]:
    asks = Asks()
    register(Kind(asks.name, "Report", "", asks.still))
    yield asks
    del KINDS[asks.name]
