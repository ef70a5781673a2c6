"""The page of coverage: figures first, each with the list of the records that it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from initiatives.journey.models import Channel, MapPolicy, Stage, StageKind, State
from initiatives.journey.reports.attestation import AttestationRate, attestation_rates
from initiatives.journey.reports.chart import curve
from initiatives.journey.reports.coverage import CUSTOMER, GAPS, Concentration, Day, Part, Rails, gaps, history, parts_by
from initiatives.journey.reports.handoffs import Agreement, paths
from initiatives.journey.reports.holdings import Holding, holdings
from initiatives.journey.reports.hues import hue_of
from initiatives.journey.reports.sight import views
from initiatives.journey.reports.split import split
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today

LISTED = 10


def touchpoints(**chosen: str | Iterable[str]) -> str:
    """The list of the touchpoints that these filters choose."""
    asked = urlencode({name: [value] if isinstance(value, str) else list(value) for name, value in chosen.items()}, doseq=True)
    return f"{reverse('journey:touchpoints')}?{asked}" if asked else reverse("journey:touchpoints")


@dataclass(frozen=True)
class Row:
    """One stage or channel: its part of the map, the list of its touchpoints, and of those without an owner."""

    name: str
    kind: str
    part: Part
    url: str
    gaps_url: str


@dataclass(frozen=True)
class Owner:
    """One department: what it has accepted, its share of all accepted weight (0 to 1), and its sight."""

    department: Department
    number: int
    share: Decimal
    url: str
    view: Any = None
    attested: AttestationRate | None = None


def coverage_page(user: User, day: date | None) -> dict[str, Any]:
    """Coverage at the end of `day`; None is today. Sight and handoffs are known for today only."""
    policy = MapPolicy.objects.current()
    found, past = holdings(user, day), day is not None
    departments = {one.pk: one for one in Department.objects.visible_to(user)}
    known = Stage.objects.visible_to(user).select_related("owned")
    stages = sorted(known, key=lambda one: (StageKind.values.index(one.kind), one.position))
    concentration = Concentration.of(found, policy)
    days, missing = history(user, day), gaps(found)
    return {
        "day": day,
        "today": today(),
        "rails": Rails.of(found),
        "urls": None if past else _urls([one for one in stages if one.owned.archived_on is None]),
        "stages": _stages(stages, found, past),
        "channels": _channels(found, past),
        "concentration": concentration,
        "alarm": concentration.sentence(departments),
        "policy": policy,
        "owners": _owners(user, found, departments, concentration, policy, past),
        "gaps": missing[:LISTED],
        "gaps_total": len(missing),
        "splits": split(user, found, day),
        "agreement": None if past else Agreement.of(paths(user, found)),
        "curves": _curves(days),
        "days": [one for one in reversed(days) if one.whole is not None],
        "span": len(days) - 1,
        "change": _change(days),
        "departments": departments,
        "hues": hue_of(list(departments.values())),
        "some_hidden": not user.standing.sees_everything,
    }


def _urls(stages: list[Stage]) -> dict[str, str]:
    """What the figures at the top open."""
    by_kind = {kind: [one.reference for one in stages if one.kind == kind] for kind in StageKind.values}
    before, after = (by_kind[kind] for kind in CUSTOMER)
    return {
        "all": touchpoints(),
        "gaps": touchpoints(state=GAPS),
        "before": touchpoints(stage=before) if before else "",
        "after": touchpoints(stage=after) if after else "",
        "gaps_after": touchpoints(stage=after, state=GAPS) if after else "",
    }


def _stages(stages: list[Stage], found: list[Holding], past: bool) -> list[Row]:
    parts = parts_by(found, lambda one: one.stage)
    return [
        Row(
            stage.title,
            stage.get_kind_display(),
            parts[stage.pk],
            "" if past else touchpoints(stage=stage.reference),
            "" if past else touchpoints(stage=stage.reference, state=GAPS),
        )
        for stage in stages
        if stage.pk in parts
    ]


def _channels(found: list[Holding], past: bool) -> list[Row]:
    parts = parts_by(found, lambda one: one.channel)
    return [
        Row(
            channel.name,
            "",
            parts[channel.pk],
            "" if past or channel.archived_on else touchpoints(channel=str(channel.pk)),
            "" if past or channel.archived_on else touchpoints(channel=str(channel.pk), state=GAPS),
        )
        for channel in Channel.objects.order_by("position")
        if channel.pk in parts
    ]


def _owners(
    user: User, found: list[Holding], departments: dict[int, Department], held: Concentration, policy: MapPolicy, past: bool
) -> list[Owner]:
    """The departments that own something, by their share, then those that own nothing."""
    parts = parts_by((one for one in found if one.accepted), lambda one: one.department)
    there = [pk for pk, one in departments.items() if one.closed_on is None or pk in parts]
    seen = {} if past else {view.department: view for view in views(user, found, there, policy)}
    rates = {} if past else {rate.department_id: rate for rate in attestation_rates(user)}
    rows = [
        Owner(
            departments[pk],
            parts[pk].number if pk in parts else 0,
            held.shares.get(pk, Decimal(0)),
            "" if past or pk not in parts else touchpoints(department=departments[pk].code, state=State.OWNED),
            seen.get(pk),
            rates.get(pk),
        )
        for pk in there
    ]
    return sorted(rows, key=lambda row: (-row.share, -row.number, row.department.name))


def _curves(days: list[Day]) -> list[Any]:
    lines = {"before": ("Pre-sale", "before"), "after": ("Post-sale", "after")}
    drawn = [curve(key, words, [(one.day, getattr(one, name)) for one in days]) for key, (words, name) in lines.items()]
    return [one for one in drawn if one.marks]


def _change(days: list[Day]) -> dict[str, Any] | None:
    """From the first day of the chart of which something is known to the last: what the chart's title says."""
    known = [one for one in days if one.whole is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    return {"first": first, "last": last, "days": (last.day - first.day) // timedelta(days=1)}
