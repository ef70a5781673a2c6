"""The landscape of running systems as one reader sees it, read once, and the measures N9 over it.

Whatever the reader may not see is not there: neither as a node nor as a way for data to go.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from initiatives.journey.models import DataEntity, Direction, Flow, MatrixCell, State, Step, System, Touchpoint, TruthPolicy
from initiatives.journey.reports import one_truth
from initiatives.journey.reports.one_truth import Held, Link, Passage, View, Ways
from initiatives.organization.models import User

OF_SYSTEM = ("pk", "reference", "title", "lifecycle", "owned__state", "owned__department", "owned__department__name")
OF_FLOW = ("source", "target", "entity", "key", "direction", "minutes", "online")


@dataclass(frozen=True)
class Named:
    """A system or an entity in a few words: what it is called, and who owns it ("" for nobody)."""

    pk: int
    reference: str
    title: str
    owner: str
    state: str
    department: int | None = None
    lifecycle: str = ""

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Named":
        state = row["owned__state"]
        owner = row["owned__department__name"] if state == State.OWNED else ""
        names = (row["pk"], row["reference"], row["title"], owner or "", state)
        return cls(*names, row["owned__department"], row.get("lifecycle", ""))


@dataclass(frozen=True)
class Broken:
    """A passage on which customers are asked again: from, to (touchpoints), traffic, what share is carried, what is missing."""

    before: dict[str, Any]
    after: dict[str, Any]
    traffic: int
    carried: Fraction
    missing: list[Named]


@dataclass
class Landscape:
    """Everything that the measures are computed from, as far as `user` may see it."""

    user: User
    policy: TruthPolicy = field(init=False)
    systems: dict[int, Named] = field(init=False)
    entities: dict[int, Named] = field(init=False)

    def __post_init__(self) -> None:
        user = self.user
        self.policy = TruthPolicy.objects.current()
        running = System.objects.visible_to(user).running().order_by("pk").values(*OF_SYSTEM)
        self.systems = {row["pk"]: Named.of(row) for row in running}
        entities = DataEntity.objects.visible_to(user).in_use().order_by("pk")
        rows = list(entities.values(*OF_SYSTEM[:3], *OF_SYSTEM[4:], "context"))
        self.entities = {row["pk"]: Named.of(row) for row in rows}
        self.context = frozenset(row["pk"] for row in rows if row["context"])
        cells = MatrixCell.objects.living().filter(system__in=self.systems, entity__in=self.entities).order_by("pk")
        self.held = [Held(*row) for row in cells.values_list("entity", "system", "role", "region", "claimed")]
        flows = Flow.objects.living().filter(source__in=self.systems, target__in=self.systems, entity__in=self.entities)
        self.flows = list(flows.order_by("pk").values("pk", *OF_FLOW))
        self.ways = Ways(self.links())

    # -- The graph ----------------------------------------------------------------------------------------------------

    def links(self) -> Iterator[Link]:
        """Each flow as the ways that data can go on it."""
        for flow in self.flows:
            source, target, *rest = (flow[name] for name in ("source", "target", "entity", "key", "minutes"))
            yield Link(source, target, *rest)
            if flow["direction"] == Direction.BOTH_WAYS:
                yield Link(target, source, *rest)

    @property
    def node(self) -> int | None:
        """The single view, while it runs and the reader may see it."""
        return self.policy.node_id if self.policy.node_id in self.systems else None

    def captures(self) -> dict[int, set[int]]:
        """The systems that capture each entity."""
        found: dict[int, set[int]] = defaultdict(set)
        for cell in self.held:
            if cell.role == "capture":
                found[cell.entity].add(cell.system)
        return found

    def single_view(self) -> tuple[Fraction | None, list[View]]:
        return one_truth.single_view(self.entities, self.held, self.ways, self.node, self.policy.limit_minutes)

    def rulings(self) -> dict[tuple[int, str], list[int]]:
        return one_truth.rulings(self.entities, self.held)

    # -- Touchpoints and the systems behind them ------------------------------------------------------------------------

    def serving(self) -> dict[int, set[int]]:
        """The systems that serve each touchpoint in use."""
        seen = Touchpoint.objects.visible_to(self.user).in_use().filter(systems__in=self.systems)
        found: dict[int, set[int]] = defaultdict(set)
        for touchpoint, system in seen.values_list("pk", "systems"):
            found[touchpoint].add(system)
        return found

    def online_offline(self) -> tuple[int, int, list[frozenset[int]]]:
        """The online-offline link; a system captures online when it captures and serves a touchpoint of an online channel."""
        capturing = set().union(*self.captures().values())
        seen = Touchpoint.objects.visible_to(self.user).in_use().filter(systems__in=capturing)
        sides: dict[bool, set[int]] = {True: set(), False: set()}
        for system, online in seen.values_list("systems", "channel__online"):
            sides[online].add(system)
        return one_truth.online_offline(self.links(), sides[True], sides[False])

    def needed(self) -> dict[int, frozenset[int]]:
        """The entities that each touchpoint names as what it needs to know; others need what is needed at every contact."""
        found: dict[int, set[int]] = defaultdict(set)
        for touchpoint, entity in DataEntity.objects.filter(pk__in=self.entities).values_list("needed_at", "pk"):
            found[touchpoint].add(entity)
        return {touchpoint: frozenset(entities) for touchpoint, entities in found.items() if touchpoint}

    def repeat_risk(self) -> tuple[Fraction | None, list[Broken], int]:
        """Repeat risk over all passages that need anything, those that break, most first, and how many there are in all.

        A passage is a pair of consecutive touchpoints on a journey, counted once however many journeys take it. Its traffic
        is the smaller of the two reaches: no more customers can pass than either of them sees.
        """
        places = {
            row["pk"]: row
            for row in Touchpoint.objects.visible_to(self.user).in_use().values("pk", "reference", "title", "reach")
        }
        serving, needed, captures = self.serving(), self.needed(), self.captures()
        shares: dict[tuple[int, int], tuple[int, Fraction]] = {}
        missing: dict[tuple[int, int], list[Named]] = {}
        for pair in self.passages(set(places)):
            before, after = pair
            traffic = min(places[before]["reach"], places[after]["reach"])
            captured, readable = (frozenset(serving.get(place, ())) for place in pair)
            passage = Passage(traffic, captured, readable, needed.get(after, self.context))
            lost = one_truth.missing(passage, captures, self.ways, self.policy.limit_minutes)
            if passage.needed:
                shares[pair] = traffic, 1 - Fraction(len(lost), len(passage.needed))
                missing[pair] = [self.entities[entity] for entity in sorted(lost)]
        broken = [Broken(places[pair[0]], places[pair[1]], *shares[pair], missing[pair]) for pair in one_truth.by_weight(shares)]
        return one_truth.repeat_risk(shares.values()), broken, len(shares)

    def passages(self, places: set[int]) -> set[tuple[int, int]]:
        """Consecutive touchpoints on the journeys; what the reader may not see, or is no longer in use, parts the path."""
        steps = Step.objects.filter(journey__archived_on=None).order_by("journey", "position")
        pairs: set[tuple[int, int]] = set()
        for _, path in groupby(steps.values_list("journey", "touchpoint"), key=lambda step: step[0]):
            pairs.update(pairwise(touchpoint for _, touchpoint in path))
        return {(before, after) for before, after in pairs if before != after and {before, after} <= places}
