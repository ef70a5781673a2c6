"""Who held each touchpoint at the end of a day, as far as the reader may see it: one query over the spells.

Ownership and weight are those of the day; stage, channel and name are today's, which are kept without history. Days are the
company's, by which roles count too: coverage of a day is one number, wherever its reader is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from initiatives.core import clock
from initiatives.journey.models import Kind, Spell, seen
from initiatives.journey.models.spells import SpellQuerySet
from initiatives.journey.models.words import State
from initiatives.journey.reports.measures import owned_value
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today

NAMES = ("state", "department_id", "person_id", "lapses", "weight", "department__closed_on")
PLACES = ("reference", "title", "stage_id", "stage__kind", "channel_id", "moment_of_truth")
STALE = "stale"  # owned, but counted for less: an attestation was missed, or the owner is no longer there


def end_of(day: date) -> datetime:
    """The instant at which `day` is over; for today, now."""
    return min(datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(settings.TIME_ZONE)), clock.now())


class Members:
    """Who held a role in which department on which days: one query over the dated roles of these people."""

    def __init__(self, people: Iterable[int]) -> None:
        self.spans: dict[tuple[int, int], list[tuple[date, date]]] = defaultdict(list)
        roles = Role.objects.filter(person__in=set(people), department__isnull=False).order_by()
        for person, department, starts, ends in roles.values_list("person_id", "department_id", "starts", "ends"):
            self.spans[person, department or 0].append((starts, ends or date.max))

    def on(self, day: date, person: int, department: int) -> bool:
        return any(starts <= day < ends for starts, ends in self.spans.get((person, department), ()))


@dataclass(frozen=True, slots=True)
class Holding:
    """One touchpoint, its weight, and who answered for it: `value` is the o of the formulas."""

    reference: str
    title: str
    stage: int
    kind: str
    channel: int
    moment: bool
    state: str
    department: int | None
    lapses: int
    weight: Decimal
    value: Decimal

    @property
    def shown(self) -> str:
        """The state as pages show it: what is owned but does not fully count is stale."""
        return STALE if self.state == State.OWNED and self.value < 1 else self.state

    @property
    def accepted(self) -> bool:
        return self.state == State.OWNED

    @classmethod
    def of(cls, row: tuple, members: Members, day: date) -> Self:  # type: ignore[type-arg]  # a row of NAMES and PLACES
        state, department, person, lapses, weight, closed, *place = row
        reference, title, stage, kind, channel, moment = place
        value = owned_value(state, lapses, active=active(members, day, person, department, closed))
        return cls(reference, title, stage, kind, channel, moment, state, department, lapses, weight, value)


def active(members: Members, day: date, person: int | None, department: int | None, closed: date | None) -> bool:
    """Whether the owner was an active member of an active department on `day`."""
    if person is None or department is None or (closed is not None and closed <= day):
        return False
    return members.on(day, person, department)


def spells_of_touchpoints(user: User) -> SpellQuerySet:
    """Spells of the touchpoints that `user` may see; past days are told as far as one may see the touchpoint today."""
    return Spell.objects.filter(seen(user, "owned__"), owned__kind=Kind.TOUCHPOINT)


def holdings(user: User, day: date | None = None) -> list[Holding]:
    """Every touchpoint that was in use at the end of `day` (today): two queries."""
    day = day or today()
    in_use = Q(archived_on=None) | Q(archived_on__gt=day)
    places = [f"owned__touchpoint__{name}" for name in PLACES]
    found = spells_of_touchpoints(user).at(end_of(day)).filter(in_use).order_by()
    rows = list(found.values_list(*NAMES, *places))
    members = Members(row[2] for row in rows if row[2])
    return [Holding.of(row, members, day) for row in rows]
