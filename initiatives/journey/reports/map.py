"""The ownership map: stages left to right as one railway line, channels as rows, touchpoints as stations.

Everything on it is what the reader may see. The filters choose which stations are drawn; the tracks, the breaks and the
coverage above them are always those of the whole map.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from initiatives.journey.models import Channel, Kind, OwnedObject, Stage, StageKind, System, Touchpoint
from initiatives.journey.models.proposing import OFFERED
from initiatives.journey.reports.coverage import CUSTOMER, Part, Rails, gaps
from initiatives.journey.reports.handoffs import agreed_pairs
from initiatives.journey.reports.holdings import Holding, holdings
from initiatives.journey.reports.hues import hue_of
from initiatives.journey.reports.looking_at_map import Look
from initiatives.journey.reports.ownership import propose_page
from initiatives.journey.reports.spans import NOTHING, Ends, Facts, Span, span_of_stages, tracks
from initiatives.journey.reports.systems import stages_of_systems
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today

LISTED = 12  # gaps beside the map
NAMED, DENSE = 60, 9  # up to so many stations have room for their names; from so many stages on the list stands below


@dataclass(frozen=True)
class Cell:
    """One stage in one channel: its stations, and how the track comes in and leaves."""

    channel: str
    ends: Ends
    stations: list[Holding]


@dataclass(frozen=True)
class Column:
    """One stage of the line, or (`stage` None) the place between pre-sale and post-sale."""

    stage: Stage | None
    kind: str
    heads: str  # the name of its rail, on the first stage of each
    part: Part
    ends: Ends
    cells: list[Cell]
    onward: Span | None = None  # the passage to the next stage; None after the last
    to: str = ""  # the name of the next stage


@dataclass(frozen=True)
class Break:
    """A passage that nothing spans."""

    before: str
    after: str
    sale: bool


@dataclass(frozen=True)
class Line:
    columns: list[Column] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)

    @property
    def first_break(self) -> Break:
        """The one at the sale when there is one; else the first that the customer meets."""
        return next((one for one in self.breaks if one.sale), self.breaks[0])


def draw(stages: list[Stage], channels: list[Channel], found: list[Holding], shown: set[str], facts: Facts) -> Line:
    """Lay the line: by stage and channel, with its breaks."""
    placed: dict[tuple[int, int], list[Holding]] = defaultdict(list)
    by_stage: dict[int, list[Holding]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (-one.weight, one.reference)):
        placed[one.stage, one.channel].append(one)
        by_stage[one.stage].append(one)
    used = [channel for channel in channels if any((stage.pk, channel.pk) in placed for stage in stages)]
    rows = {channel.pk: _row(stages, [placed[stage.pk, channel.pk] for stage in stages], facts) for channel in used}
    columns: list[Column] = []
    spans = [_onward(here, there, by_stage, facts) for here, there in pairwise(stages)]
    for place, stage in enumerate(stages):
        cells = [
            Cell(channel.name, rows[channel.pk][place], [one for one in placed[stage.pk, channel.pk] if one.reference in shown])
            for channel in used
        ]
        onward = spans[place] if place < len(spans) else None
        ends = Ends(_kind(spans[place - 1] if place else None), _kind(onward))
        heads = "" if place and stages[place - 1].kind == stage.kind else str(StageKind(stage.kind).label)
        following = stages[place + 1].title if onward is not None else ""
        columns.append(Column(stage, stage.kind, heads, Part.of(by_stage[stage.pk]), ends, cells, onward, following))
    return Line(list(_with_sale(columns)), used, list(_breaks(columns)))


def _row(stages: list[Stage], cells: list[list[Holding]], facts: Facts) -> list[Ends]:
    """The tracks of one channel: one along the customer's stages, one along the employees'."""
    drawn = [Ends() for _ in cells]
    for rail in ((StageKind.PRE_SALE, StageKind.POST_SALE), (StageKind.EMPLOYEE,)):
        places = [place for place, stage in enumerate(stages) if stage.kind in rail]
        for place, ends in zip(places, tracks([cells[place] for place in places], facts), strict=True):
            drawn[place] = ends
    return drawn


def _onward(here: Stage, there: Stage, by_stage: dict[int, list[Holding]], facts: Facts) -> Span | None:
    """What spans two neighbouring stages; None where the customer's line ends and the employees' begins."""
    if (here.kind == StageKind.EMPLOYEE) != (there.kind == StageKind.EMPLOYEE):
        return None
    return span_of_stages(by_stage[here.pk], by_stage[there.pk], (here.pk, there.pk), facts)


def _kind(found: Span | None) -> str:
    return NOTHING if found is None else found.kind


def _with_sale(columns: list[Column]) -> Iterator[Column]:
    """The same columns with the place of the sale between the rails; the tracks pass through it as they leave."""
    for here, there in pairwise([*columns, None]):
        assert here is not None
        yield here
        if there is not None and (here.kind, there.kind) == CUSTOMER:
            cells = [Cell(cell.channel, Ends(*[cell.ends.out] * 2), []) for cell in here.cells]
            yield Column(None, "", "", Part.of(()), Ends(here.ends.out, here.ends.out), cells, here.onward)


def _breaks(columns: list[Column]) -> Iterator[Break]:
    for here, there in pairwise(columns):
        if here.onward is not None and here.onward.broken and here.stage and there.stage:
            yield Break(here.stage.title, there.stage.title, here.kind != there.kind)


def facts_for(user: User) -> Facts:
    """What could span a passage, as far as the reader may see it."""
    running = System.objects.visible_to(user).running().filter(touchpoints__in=Touchpoint.objects.visible_to(user))
    touched: dict[int, set[str]] = defaultdict(set)
    for system, reference in running.order_by().values_list("pk", "touchpoints__reference"):
        touched[system].add(reference)
    return Facts(handoffs=agreed_pairs(user), systems_of_stages=stages_of_systems(user), systems_of_touchpoints=touched)


def map_page(user: User, query: QueryDict, day: date | None = None) -> dict[str, Any]:
    """The whole map at the end of `day`, None is today; its queries do not grow with it."""
    departments = {one.pk: one for one in Department.objects.visible_to(user)}
    look = Look.of(query, {one.code for one in departments.values()}, day)
    held = holdings(user, day)
    stages = _stages(user, held, day)
    known = {stage.pk for stage in stages}
    found = [one for one in held if one.stage in known]
    chosen = [one for one in found if look.shows(one, departments)]
    facts = facts_for(user) if day is None else Facts(known=False)
    line = draw(stages, list(Channel.objects.order_by("position")), found, {one.reference for one in chosen}, facts)
    missing = gaps(chosen)
    return {
        "look": look,
        "day": day,
        "today": today(),
        "line": line,
        "rails": Rails.of(found),
        "found": len(found),
        "chosen": chosen,
        "gaps": missing[:LISTED],
        "more_gaps": max(len(missing) - LISTED, 0),
        "departments": departments,
        "hues": hue_of(list(departments.values())),
        "keyed": [departments[pk] for pk in sorted({one.department for one in chosen if one.department})],
        "dense": len(stages) > DENSE,
        "named": look.view == "names",
        "some_hidden": not user.standing.sees_everything,
        "views": [(view, words, look.query(view=view)) for view, words in Look.VIEWS.items()],
        "offered": sorted(departments.values(), key=lambda one: one.name),
        "touchpoints": reverse("journey:touchpoint", args=["x"]).removesuffix("x/"),
        "query": look.query(),
        "askable": _askable(user, missing[:LISTED], stages) if day is None else set(),
        "clear": replace(Look(), view=look.view, as_of=day).query(),
    }


def _stages(user: User, held: list[Holding], day: date | None) -> list[Stage]:
    """The stages in use; of an earlier day also those in which something stood then, though they are archived today."""
    seen = Stage.objects.visible_to(user).select_related("owned")
    then = {one.stage for one in held}
    kept = seen.in_use() if day is None else [one for one in seen if one.owned.archived_on is None or one.pk in then]
    return sorted(kept, key=lambda one: (StageKind.values.index(one.kind), one.position))


def _askable(user: User, missing: list[Holding], stages: list[Stage]) -> set[str]:
    """The references for which this person may ask a department: any, the own one, or in a stage of theirs."""
    anywhere = user.standing.holds("cxo") or bool(user.standing.heads)
    theirs = {stage.pk for stage in stages if stage.is_owned_by(user)}
    return {one.reference for one in missing if one.state in OFFERED and (anywhere or one.stage in theirs)}


def gap_opened(user: User, query: QueryDict) -> dict[str, Any]:
    """What the URL opens beside the map. What may not be seen and what does not exist give the same answer."""
    reference, rest = query.get("open", "")[:40], query.copy()
    rest.pop("open", None)
    back = f"{reverse('journey:map')}?{rest.urlencode()}".rstrip("?")
    found = OwnedObject.objects.visible_to(user).filter(kind=Kind.TOUCHPOINT, reference=reference).select_related("department")
    owned = found.first() if reference else None
    opened: dict[str, Any] = {"open": reference, "back": back, "owned": owned}
    if owned is None:
        return opened
    return {**opened, **propose_page(owned, user), "may_call": user.has_perm("journey.call_owned", owned)}
