"""N9, one version of the truth, and the risk that a customer must repeat herself: pure functions over a landscape of systems.

Source: the product's own measure N9; freshest paths by Dijkstra (1959), "A note on two problems in connexion with graphs".
Systems and entities are ids; an interval is in minutes; staleness along a path adds up, since every transfer may just have
been missed.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Link(NamedTuple):
    """Data of one entity can go from one system to the other; a flow both ways is two links."""

    source: int
    target: int
    entity: int
    key: str
    minutes: int


class Held(NamedTuple):
    """One cell of the matrix: role is "capture", "record", "replica" or "derived"."""

    entity: int
    system: int
    role: str
    region: str = ""
    claimed: bool = False


class Passage(NamedTuple):
    """Customers go from one touchpoint to the next.

    traffic   customers a year who take it
    captured  systems that serve the touchpoint before
    readable  systems that serve the touchpoint after
    needed    entities that whoever serves the customer there needs to know
    """

    traffic: int
    captured: frozenset[int]
    readable: frozenset[int]
    needed: frozenset[int]


def freshest(links: Iterable[Link], start: int) -> dict[int, int]:
    """Staleness in minutes with which data from `start` arrive at each system they can reach, on the freshest way."""
    onward: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        onward[link.source].append(link)
    found: dict[int, int] = {}
    queue = [(0, start)]
    while queue:
        age, system = heappop(queue)
        if system in found:
            continue
        found[system] = age
        for link in onward[system]:
            if link.target not in found:
                heappush(queue, (age + link.minutes, link.target))
    return found


class Ways:
    """The freshest ways of each entity, from each system that is asked about, found once."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._links: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            self._links[link.entity].append(link)
        self._known: dict[tuple[int, int], dict[int, int]] = {}

    def age(self, entity: int, source: int, target: int) -> int | None:
        """How old the entity's data from `source` are at `target`; None when they never arrive."""
        if (entity, source) not in self._known:
            self._known[entity, source] = freshest(self._links[entity], source)
        return self._known[entity, source].get(target)


@dataclass(frozen=True)
class View:
    """Whether one entity arrives in the single view: why not (a word), where it fails (systems), and its worst staleness."""

    entity: int
    fault: str = ""  # "void", "conflict", "no view", "capture", "record", "stale"
    systems: tuple[int, ...] = ()
    age: int | None = None


def rulings(entities: Iterable[int], held: Iterable[Held]) -> dict[tuple[int, str], list[int]]:
    """The systems of record of each (entity, region), the accepted one first; two are a conflict, none is a void.

    Regions of an entity are those that any of its cells names; "" is everywhere else, and counts for a region that has no
    record of its own. An entity that no system holds is one void.
    """
    regions: dict[int, set[str]] = {entity: set() for entity in entities}
    records: dict[tuple[int, str], list[Held]] = defaultdict(list)
    for cell in held:
        regions[cell.entity].add(cell.region)
        if cell.role == "record":
            records[cell.entity, cell.region].append(cell)
    found: dict[tuple[int, str], list[int]] = {}
    for entity, named in regions.items():
        for region in sorted(named) or [""]:
            own = records[entity, region]
            if own or region == "" or not records[entity, ""]:
                found[entity, region] = [cell.system for cell in sorted(own, key=lambda cell: (cell.claimed, cell.system))]
    return found


def single_view(
    entities: Collection[int], held: Collection[Held], ways: Ways, node: int | None, limit: int
) -> tuple[Fraction | None, list[View]]:
    """Single-view reach SV and each entity's part in it.

    SV = entities with one system of record (in every region), every capture system having a path to it and it having a path
    to the single-view node, worst staleness within the limit / all entities. None of no entities at all.
    """
    captured: dict[int, list[Held]] = defaultdict(list)
    for cell in held:
        if cell.role == "capture":
            captured[cell.entity].append(cell)
    records: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for (entity, region), systems in rulings(entities, held).items():
        records[entity][region] = systems
    views = [_view(entity, captured[entity], records[entity], ways, node, limit) for entity in entities]
    return (Fraction(sum(not view.fault for view in views), len(views)) if views else None), views


def _view(entity: int, captured: list[Held], records: Mapping[str, list[int]], ways: Ways, node: int | None, limit: int) -> View:
    if not all(records.values()):
        return View(entity, "void")
    if rivals := next((systems for systems in records.values() if len(systems) > 1), None):
        return View(entity, "conflict", tuple(rivals))
    if node is None:
        return View(entity, "no view")
    worst = 0
    for region, (record,) in records.items():
        onward = ways.age(entity, record, node)
        if onward is None:
            return View(entity, "record", (record,))
        worst = max(worst, onward)
        for cell in captured:
            if region == (cell.region if cell.region in records else ""):
                inward = ways.age(entity, cell.system, record)
                if inward is None:
                    return View(entity, "capture", (cell.system, record))
                worst = max(worst, inward + onward)
    return View(entity, "" if worst <= limit else "stale", age=worst)


def online_offline(
    links: Iterable[Link], online: Collection[int], offline: Collection[int]
) -> tuple[int, int, list[frozenset[int]]]:
    """Online-offline link: (pairs joined, all pairs, the pairs that are not).

    A pair is one system that captures online and one that captures offline; a system that does both is a pair with itself
    and joined. Two are joined when the data of both reach one system, each on a path along which the customer is known by one
    and the same key.
    """
    by_key: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_key[link.key.casefold()].append(link)
    reached = {
        system: {(key, found) for key, some in by_key.items() for found in freshest(some, system)}
        for system in {*online, *offline}
    }
    pairs = {frozenset((one, other)) for one in online for other in offline}
    apart = [pair for pair in pairs if len(pair) == 2 and not set.intersection(*(reached[system] for system in pair))]
    return len(pairs) - len(apart), len(pairs), sorted(apart, key=sorted)


def missing(passage: Passage, captures: Mapping[int, Collection[int]], ways: Ways, limit: int) -> frozenset[int]:
    """The needed entities that are not readable after the passage from what was captured before it, within the limit.

    `captures` gives the systems that capture each entity.
    """

    def arrives(entity: int) -> bool:
        sources = passage.captured.intersection(captures.get(entity, ()))
        ages = (ways.age(entity, source, target) for source in sources for target in passage.readable)
        return any(age is not None and age <= limit for age in ages)

    return frozenset(entity for entity in passage.needed if not arrives(entity))


def carry(passage: Passage, captures: Mapping[int, Collection[int]], ways: Ways, limit: int) -> Fraction | None:
    """Share of the needed entities that arrive; None where nothing is needed: nothing can be asked again."""
    if not passage.needed:
        return None
    return 1 - Fraction(len(missing(passage, captures, ways, limit)), len(passage.needed))


def repeat_risk(carried: Iterable[tuple[int, Fraction]]) -> Fraction | None:
    """R = 1 − Σ t·carry / Σ t over (traffic, carry); None without traffic. 0: nobody is asked again; 1: everybody."""
    pairs = list(carried)
    traffic = sum(t for t, _ in pairs)
    return 1 - sum((t * share for t, share in pairs), Fraction(0)) / traffic if traffic else None


def by_weight(shares: Mapping[Key, tuple[int, Fraction]]) -> list[Key]:
    """What breaks most first: by traffic that is not carried, t·(1 − carry); whole passages are left out."""
    lost = {key: traffic * (1 - share) for key, (traffic, share) in shares.items()}
    return sorted((key for key in lost if lost[key]), key=lambda key: -lost[key])
