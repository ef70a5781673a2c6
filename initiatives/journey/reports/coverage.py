"""Coverage: how much of the journey, by weight, somebody answers for; where nobody does; and in how few hands it lies."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from initiatives.journey.models import MapPolicy, StageKind, State
from initiatives.journey.reports import measures
from initiatives.journey.reports.holdings import NAMES, Holding, Members, active, end_of, spells_of_touchpoints
from initiatives.journey.reports.measures import NONE, owned_value
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today

CUSTOMER = (StageKind.PRE_SALE, StageKind.POST_SALE)
DAYS = 90  # of history


@dataclass(frozen=True)
class Part:
    """A set of touchpoints: how many, how many of them without an owner, what they weigh, and their coverage (0 to 1)."""

    number: int
    gaps: int
    weight: Decimal
    coverage: Decimal | None

    @classmethod
    def of(cls, holdings: Iterable[Holding]) -> "Part":
        found = list(holdings)
        pairs = [(one.weight, one.value) for one in found]
        gaps = sum(not one.accepted for one in found)
        return cls(len(found), gaps, sum((weight for weight, _ in pairs), NONE), measures.coverage(pairs))


def parts_by(holdings: Iterable[Holding], key: Callable[[Holding], str | int | None]) -> dict[str | int | None, Part]:
    """The parts of the map by one of its sides: stage, kind of stage, channel, department."""
    groups: dict[str | int | None, list[Holding]] = defaultdict(list)
    for one in holdings:
        groups[key(one)].append(one)
    return {name: Part.of(group) for name, group in groups.items()}


@dataclass(frozen=True)
class Rails:
    """Coverage before and after the sale, among employees and of everything, and the gap between the first two."""

    whole: Part
    before: Part
    after: Part
    within: Part

    @property
    def gap(self) -> Decimal | None:
        return measures.rail_gap(self.before.coverage, self.after.coverage)

    @classmethod
    def of(cls, holdings: list[Holding]) -> "Rails":
        nothing = Part.of(())
        kinds = parts_by(holdings, lambda one: one.kind)
        return cls(Part.of(holdings), *(kinds.get(kind, nothing) for kind in (*CUSTOMER, StageKind.EMPLOYEE)))


@dataclass(frozen=True)
class Concentration:
    """In how few departments the accepted weight lies; `alarm` names the department whose function CX has become."""

    shares: dict[int, Decimal] = field(default_factory=dict)
    index: Decimal | None = None
    alarm: int | None = None

    @classmethod
    def of(cls, holdings: Iterable[Holding], policy: MapPolicy) -> "Concentration":
        weights: dict[int, Decimal] = defaultdict(Decimal)
        for one in holdings:
            if one.accepted and one.department is not None:
                weights[one.department] += one.weight
        shares = measures.shares(weights)
        index = measures.concentration(shares.values())
        if index is None:
            return cls()
        largest = max(shares, key=lambda department: shares[department])
        alarm = shares[largest] > policy.most_share or index > policy.most_concentration
        return cls(shares, index, largest if alarm else None)

    def sentence(self, departments: dict[int, Department]) -> str:
        """What the board should hear; empty while the weight is spread."""
        return f"CX is de facto {_article(departments[self.alarm].name)} function." if self.alarm is not None else ""


def _article(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


GAPS = (State.UNOWNED, State.CONTESTED, State.VACANT, State.PROPOSED)


def gaps(holdings: Iterable[Holding]) -> list[Holding]:
    """What has no owner that fully counts, the heaviest first."""
    missing = [one for one in holdings if one.value < 1]
    return sorted(missing, key=lambda one: (-one.weight, one.reference))


@dataclass(frozen=True)
class Day:
    """Coverage at the end of one day; None before there was anything to cover."""

    day: date
    before: Decimal | None
    after: Decimal | None
    whole: Decimal | None


def history(user: User, until: date | None = None, days: int = DAYS) -> list[Day]:
    """Coverage of each of the `days` up to `until` (today), by the same rules as `holdings` of each day: two queries."""
    last = until or today()
    line = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    ends = [end_of(day) for day in line]
    found = spells_of_touchpoints(user).filter(Q(until=None) | Q(until__gt=ends[0]), began__lte=ends[-1]).order_by()
    rows = list(found.values_list("began", "until", "archived_on", "owned__touchpoint__stage__kind", *NAMES))
    members = Members(row[6] for row in rows if row[6])
    sums = [defaultdict(list) for _ in line]  # type: list[defaultdict[str, list[tuple[Decimal, Decimal]]]]
    for began, over, archived, kind, state, department, person, lapses, weight, closed in rows:
        for at in range(bisect_left(ends, began), bisect_left(ends, over) if over else len(line)):
            if archived is None or archived > line[at]:
                there = state == State.OWNED and active(members, line[at], person, department, closed)
                sums[at][kind].append((weight, owned_value(state, lapses, active=there)))
    return [_day(day, kinds) for day, kinds in zip(line, sums, strict=True)]


def _day(day: date, kinds: dict[str, list[tuple[Decimal, Decimal]]]) -> Day:
    before, after = (measures.coverage(kinds.get(kind, ())) for kind in CUSTOMER)
    return Day(day, before, after, measures.coverage(pair for pairs in kinds.values() for pair in pairs))
