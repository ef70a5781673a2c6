"""What a room offers to be imported. The room registers a Target in its AppConfig.ready; core knows nothing of its meaning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from initiatives.core.fields import FIRST_DAY
from initiatives.core.imports.table import Problem

if TYPE_CHECKING:
    from initiatives.core.imports.models import ImportRun
    from initiatives.organization.models import User


class Kind(StrEnum):
    """What a field holds, and so how its cells are read."""

    LINE = "line"
    PROSE = "prose"
    DAY = "day"
    MONEY = "money"
    WHOLE = "whole"  # a whole number from 0
    NUMBER = "number"  # exact, with up to six decimals, from 0
    CHOICE = "choice"
    DEPARTMENTS = "departments"  # the first one leads


@dataclass(frozen=True)
class Field:
    """One field of a target. `choices` are {value: words}; `longest` counts characters, `earliest` limits days."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    required: bool = False
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    longest: int = 200
    earliest: date = FIRST_DAY
    negative: bool = False  # whether an amount may be below zero


@dataclass
class Record:
    """One row of the file, read by the mapping. A field that the row leaves empty is None; one not mapped is missing."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # the file's own word for a choice: {"health": "Amber/Red"}
    withheld: dict[str, str] = field(default_factory=dict)  # {field: the sentence that stands where its value is withheld}
    problems: list[Problem] = field(default_factory=list)


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass
class Step:
    """What storing one record would do; `how` is the target's own plan for `apply`."""

    outcome: Outcome = Outcome.UNCHANGED
    problems: list[Problem] = field(default_factory=list)
    how: Any = None


class Job(Protocol):
    """One pass over a file: looks up once what the rows refer to, then plans and applies row by row."""

    notes: list[str]

    def plan(self, record: Record) -> Step:
        """What this record would do, and what keeps it from being stored. Changes nothing."""

    def apply(self, step: Step) -> None:
        """Do it, inside the transaction of the run."""


class Target(Protocol):
    """What a room offers."""

    name: str  # "initiatives"
    pages: str  # "import": its URLs are imports, import_run …, and who may see how an import goes has follow_import
    label: str  # "Initiatives"
    permission: str  # asked of who uploads, and again of the same person when the run begins
    fields: Sequence[Field]
    shipped: Mapping[str, Mapping[str, Any]]  # {name: data} of mappings that come with the product
    controlled: str  # the amount whose sum must be stated beside the file or in its last row; empty: none need be

    def options(self, name: str, by: "User") -> list[tuple[str, str]]:
        """What a cell of a DEPARTMENTS field may mean: [(value, words)]; nothing for other fields."""

    def begin(self, records: Sequence[Record], options: Mapping[str, Any], by: "User") -> Job:
        """Start a pass over all records. `options` is the mapping's data of every field: {name: {...}}."""


class Afterwards(Protocol):
    """What a room does with the rows of a run once all of them are stored: piece by piece, each in a transaction of its own, so
    that none holds for long what others need. Whoever does not come to its end is followed by another who goes on."""

    words: str  # what happens, in a sentence

    def stored(self, run: "ImportRun") -> bool:
        """Whether the rows of this run are stored, and something follows."""

    def left(self, run: "ImportRun") -> Sequence[Callable[[], None]]:
        """What is still to be done, in order. A piece that was done meanwhile does nothing."""

    def end(self, run: "ImportRun") -> None:
        """When nothing is left, inside the transaction in which the run ends."""

    def give_up(self, run: "ImportRun", why: str) -> None:
        """The same, when it came to a stop again and again before any piece: leave what is left to people."""


TARGETS: dict[str, Target] = {}
AFTERWARDS: dict[str, Afterwards] = {}


def room_of(target: Target) -> str:
    """The room that offers it, whose pages show it."""
    return target.permission.partition(".")[0]


def page_of(target: Target, name: str = "") -> str:
    """The name of a URL: of one of the pages of an import, or of all its imports."""
    return f"{room_of(target)}:{target.pages}{f'_{name}' if name else 's'}"


def followed_by(target: Target) -> str:
    """The permission of who may see how an import goes."""
    return f"{room_of(target)}.follow_{target.pages}"


def register(target: Target, afterwards: Afterwards | None = None) -> None:
    if TARGETS.setdefault(target.name, target) is not target:
        raise ValueError(f"Two targets for {target.name}")
    if afterwards is not None:
        AFTERWARDS[target.name] = afterwards
