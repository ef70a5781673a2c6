"""A kind of ask for these tests, whose subjects are departments; who may still answer is a set that a test can shrink."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from initiatives.core import clock
from initiatives.duties import beat
from initiatives.duties.kinds import KINDS, Kind
from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, User, WorkingWeek
from tests.cast import Cast


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
def asks(monkeypatch: pytest.MonkeyPatch) -> Asks:
    asks = Asks()
    monkeypatch.setitem(KINDS, asks.name, Kind(asks.name, "Report", "", asks.still))
    return asks


Ask = Callable[..., Obligation]


@pytest.fixture
def ask(cast: Cast, asks: Asks) -> Ask:
    """Ask somebody for the report on a department, by a day. Here every day is a working day; test_working_days.py has a week."""
    WorkingWeek.objects.edit_week(range(1, 8), by=None)

    def ask(
        person: User, due: str = "2026-05-04", *, about: str = "OPS", stand_ins: tuple[User, ...] = (), on: str = "2026-04-20"
    ) -> Obligation:
        with clock.at(instant(f"{on} 10:00")):
            return Obligation.objects.open(
                asks.name,
                cast.department(about),
                person=person,
                due_on=date.fromisoformat(due),
                words=f"Report on {about}",
                url=f"/reports/{about}/",
                department=cast.department(about),
                stand_ins=stand_ins,
                by=cast.cxo,
            )

    return ask


def instant(words: str, zone: str = "Europe/Berlin") -> datetime:
    """ "2026-05-04 08:00" on the wall clock of `zone`."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ring(words: str, zone: str = "Europe/Berlin") -> dict[str, int]:
    """One round of the beat at this time."""
    with clock.at(instant(words, zone)):
        return beat.ring()
