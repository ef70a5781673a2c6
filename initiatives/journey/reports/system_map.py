"""The landscape of systems drawn: a lane for each owning department, data flowing from left to right where it can.

A system stands one column right of what flows into it; a flow that would close a circle is drawn back to the left.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from textwrap import shorten, wrap
from typing import Any

from initiatives.journey.models import Direction, Lifecycle
from initiatives.journey.models.system_words import interval
from initiatives.journey.reports.landscape import Landscape, Named
from initiatives.organization.models import User

WIDE, HIGH = 164, 60  # of a system
ACROSS, DOWN = 96, 22  # free between two of them
HEAD, EDGE = 116, 16  # the lanes' names, and what is free around them
LINE = 20  # letters of a title on one line
NOBODY = "Nobody"


@dataclass
class Node:
    """One system on the picture; `ports` counts what leaves and enters on each side."""

    system: Named
    column: int
    x: int = 0
    y: int = 0
    view: bool = False
    ports: dict[str, list["Edge"]] = field(default_factory=lambda: defaultdict(list))

    @property
    def lines(self) -> list[str]:
        return wrap(shorten(self.system.title, 2 * LINE - 4, placeholder="…"), LINE)[:2]

    @property
    def lifecycle(self) -> str:
        return "" if self.system.lifecycle == Lifecycle.IN_USE else str(Lifecycle(self.system.lifecycle).label)

    def port(self, side: str, edge: "Edge") -> tuple[int, int]:
        """Where the edge touches this side: those of one side stand apart."""
        edges = self.ports[side]
        return self.x + (WIDE if side == "right" else 0), self.y + HIGH * (edges.index(edge) + 1) // (len(edges) + 1)


@dataclass(eq=False)
class Edge:
    """Everything that flows between two systems in one direction: one arrow."""

    source: Node
    target: Node
    flows: list[dict[str, Any]]

    @property
    def sides(self) -> tuple[str, str]:
        if self.source.column < self.target.column:
            return "right", "left"
        return ("left", "right") if self.source.column > self.target.column else ("right", "right")

    @property
    def both(self) -> bool:
        return any(flow["direction"] == Direction.BOTH_WAYS for flow in self.flows)

    @property
    def offline(self) -> bool:
        return not any(flow["online"] for flow in self.flows)

    @property
    def label(self) -> str:
        return interval(max(flow["minutes"] for flow in self.flows))

    @property
    def _points(self) -> list[tuple[int, int]]:
        """The four points of a cubic curve."""
        first, last = self.sides
        start, end = self.source.port(first, self), self.target.port(last, self)
        reach = ACROSS * 2 // 3 if first != last else ACROSS // 2
        ahead, behind = (reach if first == "right" else -reach), (reach if last == "right" else -reach)
        return [start, (start[0] + ahead, start[1]), (end[0] + behind, end[1]), end]

    @property
    def path(self) -> str:
        (a, b), (c, d), (e, f), (g, h) = self._points
        return f"M{a} {b}C{c} {d} {e} {f} {g} {h}"

    @property
    def near(self) -> tuple[int, int]:
        """Where the label stands: a fifth of the way, beside the system that the arrow leaves and before any other."""
        (a, b), (c, d), (e, f), (g, h) = self._points
        return (64 * a + 48 * c + 12 * e + g) // 125, (64 * b + 48 * d + 12 * f + h) // 125

    @property
    def words(self) -> str:
        """What a reader who does not see the picture is told."""
        kinds = ", ".join(flow["title"] for flow in self.flows)
        way = "and back" if self.both else "to"
        how = "offline" if self.offline else "online"
        return f"{self.source.system.title} {way} {self.target.system.title}: {kinds}, {self.label}, {how}"


def columns(nodes: Iterable[int], flows: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The column of each system: one more than the rightmost of those that flow into it, circles cut where they close."""
    into: dict[int, list[int]] = defaultdict(list)
    for source, target in flows:
        into[target].append(source)
    found: dict[int, int] = {}

    def place(node: int, below: frozenset[int]) -> int:
        if node not in found:
            sources = [place(source, below | {node}) for source in into[node] if source not in below | {node}]
            found[node] = 1 + max(sources, default=-1)
        return found[node]

    for node in nodes:
        place(node, frozenset())
    return found


def system_map(user: User) -> dict[str, Any]:
    """The picture and the same as a table: systems in lanes, arrows, and what each flow carries."""
    land = Landscape(user)
    flows = [{**flow, "title": land.entities[flow["entity"]].title, "every": interval(flow["minutes"])} for flow in land.flows]
    places = columns(land.systems, [(flow["source"], flow["target"]) for flow in flows])
    nodes = {pk: Node(system, places[pk], view=pk == land.node) for pk, system in land.systems.items()}
    lanes = list(_lanes(nodes.values()))
    edges = _edges(nodes, flows)
    for edge in edges:
        first, last = edge.sides
        edge.source.ports[first].append(edge)
        edge.target.ports[last].append(edge)
    for node in nodes.values():
        for side in node.ports.values():
            side.sort(key=lambda edge, node=node: (edge.target if edge.source is node else edge.source).y)  # type: ignore[misc]  # a default of a lambda has no type
    return {
        "nodes": sorted(nodes.values(), key=lambda node: (node.y, node.x)),
        "edges": edges,
        "lanes": lanes,
        "wide": HEAD + 2 * EDGE + (max(places.values(), default=0) + 1) * (WIDE + ACROSS) - ACROSS // 2,
        "high": (lanes[-1]["y"] + lanes[-1]["high"] if lanes else 0) + EDGE,
        "node": (WIDE, HIGH),
        "flows": [{**flow, "source": land.systems[flow["source"]], "target": land.systems[flow["target"]]} for flow in flows],
        "systems": len(nodes),
        "unowned": sum(not node.system.owner for node in nodes.values()),
        "offline": sum(not flow["online"] for flow in flows),
    }


def _lanes(nodes: Iterable[Node]) -> Iterable[dict[str, Any]]:
    """Place the systems, department under department, those that nobody owns last; yields each lane."""
    top = EDGE
    ordered = sorted(nodes, key=lambda node: (not node.system.owner, node.system.owner, node.column, node.system.pk))
    for owner, group in groupby(ordered, key=lambda node: node.system.owner):
        filled: dict[int, int] = defaultdict(int)
        for node in group:
            node.x = HEAD + EDGE + node.column * (WIDE + ACROSS)
            node.y = top + DOWN + filled[node.column] * (HIGH + DOWN)
            filled[node.column] += 1
        high = DOWN + max(filled.values()) * (HIGH + DOWN)
        yield {"owner": owner or NOBODY, "nobody": not owner, "y": top, "high": high, "lines": wrap(owner or NOBODY, 16)[:3]}
        top += high


def _edges(nodes: dict[int, Node], flows: list[dict[str, Any]]) -> list[Edge]:
    """One arrow for all that flows between two systems."""
    by_pair: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for flow in flows:
        by_pair[flow["source"], flow["target"]].append(flow)
    return [Edge(nodes[source], nodes[target], some) for (source, target), some in by_pair.items()]
