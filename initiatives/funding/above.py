"""The seams through which the room above says what a cost object is, without this room knowing that room.

The room above calls `name_with`, `when_allocated`, `owner_may_ask`, `amounts_with`, `aims_with`, `case_with`, `refer_with`,
`plan_with`, `progress_with` and `tested_with` once, when the product starts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from django.db import models
    from django.db.models import OuterRef

    from initiatives.funding.models import CostObject
    from initiatives.organization.models import User


class Name(NamedTuple):
    """What a cost object is called, and where it is shown."""

    label: str
    url: str


RESTRICTED = Name("Restricted item", "")


class Aims(NamedTuple):
    """What a cost object is for: the stages of the map that it improves, by id, the horizon in which it pays off, its type."""

    stages: frozenset[int] = frozenset()
    horizon: int | None = None
    type: str = ""


class Case(NamedTuple):
    """Why the money is worth it, as the room above tells it. An amount that is None is withheld from the reader.

    cost, benefit   low, base, high and what is expected of them
    metric          what shows the benefit, from which reading to which target
    missing         what a whole case lacks, each in one sentence with the place where it is given
    """

    url: str
    cost: tuple[Decimal | None, ...] = ()
    benefit: tuple[Decimal | None, ...] = ()
    metric: str = ""
    reading: str = ""
    owner: str = ""
    missing: tuple[Name, ...] = ()


class Trial(NamedTuple):
    """The experiment that runs for a cost object: what is believed, where it is shown, and on which day it stops."""

    words: str
    url: str
    stops_on: date


class Progress(NamedTuple):
    """How far the work is, in percent as it was last reported, and what its plan holds of money: that of its baseline."""

    percent: int
    planned: Decimal


class Planned(NamedTuple):
    """What the plan of a fiscal year gives to a cost object in the company's currency, and where that plan stands."""

    year: str
    url: str
    amount: Decimal
    unpriced: tuple[str, ...] = ()  # amounts of the plan that have no exchange rate


Naming = Callable[["User", Collection[int]], Mapping[int, Name]]
Allocated = Callable[["CostObject", "User", bool], None]
MayAsk = Callable[["User", "CostObject"], bool]
Carried = Callable[["User"], "models.QuerySet[Any, Any]"]
Telling = Callable[["User", "CostObject", bool], "Case | None"]
Lacking = Callable[["CostObject"], str | None]
Briefly = Callable[["User", Collection[int]], Mapping[int, Case]]
Referring = Callable[[Collection[str]], Mapping[str, int]]
Testing = Callable[["CostObject"], "Trial | None"]
Over = Callable[[Collection[int]], Collection[int]]

Aiming = Callable[[Collection[int]], Mapping[int, Aims]]

Planning = Callable[["User", "CostObject", Collection[int]], Mapping[int, Planned]]

_naming: list[Naming] = []
_allocated: list[Allocated] = []
_may_ask: list[MayAsk] = []
_carried: list[Carried] = []
_aiming: list[Aiming] = []
_types: list[tuple[str, str]] = []
_cases: list[tuple[Telling, Lacking, Briefly]] = []
_testing: list[Testing] = []
Sparing = Callable[["OuterRef", Any], "models.QuerySet[Any, Any]"]

_sparing: list[Sparing] = []
_planning: list[Planning] = []
_progress: list[Callable[["User", "CostObject"], Progress | None]] = []
_referring: list[tuple[Referring, Over]] = []


def name_with(naming: Naming) -> None:
    """`naming(user, ids)` answers the names of those cost objects that the person may open; the others stay restricted."""
    _naming[:] = [naming]


def when_allocated(act: Allocated) -> None:
    """`act(cost_object, by, seed)` runs in the transaction of each allocation; when it refuses, nothing is allocated."""
    _allocated[:] = [act]


def owner_may_ask(answer: MayAsk) -> None:
    """`answer(user, cost_object)` says whether the person may ask for money for it."""
    _may_ask[:] = [answer]


def amounts_with(carried: Carried) -> None:
    """`carried(user)` is a query of the ids of cost objects whose amounts the person sees because they work on them."""
    _carried[:] = [carried]


def aims_with(aiming: Aiming, types: Sequence[tuple[str, str]] = ()) -> None:
    """`aiming(ids)` answers what these cost objects are for, whoever asks: it decides about money and is shown to nobody.

    `types` are the types that there are, each with its name.
    """
    _aiming[:] = [aiming]
    _types[:] = types


def types() -> Mapping[str, str]:
    """The types of what money is for, with their names."""
    return dict(_types)


def aims(ids: Collection[int]) -> Mapping[int, Aims]:
    """What these cost objects are for; those of which nobody says so are not there."""
    return _aiming[0](set(ids)) if _aiming and ids else {}


def aims_of(cost_object: "CostObject") -> Aims:
    return aims({cost_object.pk}).get(cost_object.pk, Aims())


def case_with(telling: Telling, lacking: Lacking, briefly: Briefly) -> None:
    """`telling(user, cost_object, decides)` gives the case that the person may read; who decides reads its amounts.

    `lacking(cost_object)` says in one sentence why money cannot be asked for with it, or None. `briefly(user, ids)` gives what
    is expected of cost and benefit, and the metric, for who decides about these cost objects, as far as they see what they are.
    """
    _cases[:] = [(telling, lacking, briefly)]


def case_of(user: "User", cost_object: "CostObject", *, decides: bool) -> Case | None:
    return _cases[0][0](user, cost_object, decides) if _cases else None


def cases(user: "User", ids: Collection[int]) -> Mapping[int, Case]:
    """Briefly, for who decides about them: the cases there are, by cost object."""
    return _cases[0][2](user, ids) if _cases and ids else {}


def case_lacks(cost_object: "CostObject") -> str | None:
    return _cases[0][1](cost_object) if _cases else None


def plan_with(planning: Planning) -> None:
    """`planning(user, cost_object, years)` says what the plans of these years give to it, by year, to who may read plans."""
    _planning[:] = [planning]


def planned(user: "User", cost_object: "CostObject", years: Collection[int]) -> Mapping[int, Planned]:
    return _planning[0](user, cost_object, years) if _planning else {}


def progress_with(answer: Callable[["User", "CostObject"], Progress | None]) -> None:
    """`answer(user, cost_object)` says how far the work is, to who may see it."""
    _progress[:] = [answer]


def progress(user: "User", cost_object: "CostObject") -> Progress | None:
    return _progress[0](user, cost_object) if _progress else None


def refer_with(referring: Referring, over: Over) -> None:
    """`referring(references)` answers which cost object a reference such as CX-042 means, in capitals; `over(ids)` those of
    these cost objects whose work is over. Both know nothing of readers: what they say is not shown."""
    _referring[:] = [(referring, over)]


def referred(references: Collection[str]) -> dict[str, int]:
    """The cost objects that these references mean, by the reference in capitals."""
    return dict(_referring[0][0]({one.upper() for one in references})) if _referring and references else {}


def over(ids: Collection[int]) -> set[int]:
    """Those of these cost objects that stand for something that is over."""
    return set(_referring[0][1](ids)) if _referring and ids else set()


def spare_with(sparing: Sparing) -> None:
    """`sparing(cost_object, day)` is a subquery: what waits at the gates of a cost object whose day is this one or later."""
    _sparing[:] = [sparing]


def spared(cost_object: "OuterRef", day: Any) -> "models.QuerySet[Any, Any] | None":
    """What gates keep from being called idle; None while no room above says so: then all that they hold."""
    return _sparing[0](cost_object, day) if _sparing else None


def carried_by(user: "User") -> "models.QuerySet[Any, Any] | None":
    """The ids of the cost objects that the person works on, as a query; None while no room above says so."""
    return _carried[0](user) if _carried else None


def names(user: "User", ids: Collection[int]) -> dict[int, Name]:
    """The names of those cost objects that `user` may open."""
    return dict(_naming[0](user, set(ids))) if _naming and ids else {}


def tested_with(testing: Testing) -> None:
    """`testing(cost_object)` answers the experiment that runs for it, the newest, or None; whoever asks."""
    _testing[:] = [testing]


def tested(cost_object: "CostObject") -> Trial | None:
    return _testing[0](cost_object) if _testing else None


def allocated(cost_object: "CostObject", by: "User", *, seed: bool) -> None:
    for act in _allocated:
        act(cost_object, by, seed)


def may_ask(user: "User", cost_object: "CostObject") -> bool:
    """Whether the person may ask: the owner, who leads the department, or the CXO, unless the room above knows better."""
    if not user.is_active or user.standing.holds("administrator"):
        return False
    if _may_ask:
        return _may_ask[0](user, cost_object)
    owns = user.pk == cost_object.owner_id
    return owns or user.standing.heads_department(cost_object.department_id) or user.standing.holds("cxo")
