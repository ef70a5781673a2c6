"""The named query of consistency and contact pressure by stage: each figure with the readings that it is made of."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from initiatives.core import clock
from initiatives.journey.models import Channel, MapPolicy, ProblemState, Reading, ReadingKind, Stage
from initiatives.journey.models.breaches import Breach
from initiatives.journey.models.consistency import Pressure, Score, consistency, pressures, scores
from initiatives.journey.models.pain import a_year_before
from initiatives.journey.models.reading_words import Limit
from initiatives.organization.models import Department, User


def readings_behind(**chosen: str) -> str:
    """The list of the readings that a figure is made of."""
    return f"{reverse('journey:readings')}?{urlencode({**chosen, 'counting': '1'})}"


@dataclass(frozen=True)
class Rated:
    """One channel of a stage: its score, and whether it is compared."""

    name: str
    score: Score
    counts: bool
    url: str


@dataclass(frozen=True)
class Scale:
    """The channels of a stage that were rated on one scale, and how alike they are; None is not measured."""

    low: int
    high: int
    channels: list[Rated]
    value: Decimal | None


@dataclass(frozen=True)
class Row:
    """One stage: its consistency on each scale, how often its customers are contacted, and the problem that this opened."""

    stage: Stage
    scales: list[Scale]
    pressure: Pressure | None
    over: bool
    url: str
    breach: Breach | None

    @property
    def least(self) -> Decimal | None:
        """Its lowest consistency."""
        return min((one.value for one in self.scales if one.value is not None), default=None)


@dataclass(frozen=True)
class Sender:
    """One department: the contacts that it sends in 30 days, and the breaches that count against it."""

    department: Department
    sent: Decimal
    breaches: list[tuple[str, bool]]  # references of the problems, and whether each is open
    url: str


def stage_rows(user: User, stages: Iterable[Stage], policy: MapPolicy) -> list[Row]:
    """These stages, as far as the reader may see their readings: four queries."""
    today, seen = clock.company_day(), Reading.objects.visible_to(user)
    kept = list(stages)
    here = seen.filter(touchpoint__stage__in=[stage.pk for stage in kept])
    channels = {one.pk: (one.position, one.name) for one in Channel.objects.all()}
    rated, sent = scores(here, today, "touchpoint__channel"), pressures(here, today)
    broken = Breach.objects.visible_to(user).open_now().filter(limit=Limit.CAP, stage__in=kept).select_related("problem")
    breaches = {one.stage_id: one for one in broken.order_by("pk")}
    return [
        Row(
            stage,
            _scales(stage, rated.get(stage.pk, []), channels, policy),
            sent.get(stage.pk),
            stage.pk in sent and sent[stage.pk].is_over(policy.contact_cap),
            readings_behind(kind=ReadingKind.CONTACTS, stage=stage.reference),
            breaches.get(stage.pk),
        )
        for stage in kept
    ]


def _scales(stage: Stage, found: list[Score], channels: dict[int, tuple[int, str]], policy: MapPolicy) -> list[Scale]:
    made = []
    for low, high in sorted({(score.low, score.high) for score in found}):
        on_it = sorted((one for one in found if (one.low, one.high) == (low, high)), key=lambda one: channels[one.place])
        rows = [
            Rated(
                channels[score.place][1],
                score,
                score.is_enough(policy.rating_n_min),
                readings_behind(kind=ReadingKind.RATING, stage=stage.reference, channel=str(score.place)),
            )
            for score in on_it
        ]
        made.append(Scale(low, high, rows, consistency(on_it, policy.rating_n_min)))
    return made


def consistency_page(user: User) -> dict[str, Any]:
    """All stages in use, in order; and which departments turn to customers."""
    policy = MapPolicy.objects.current()
    rows = stage_rows(user, Stage.objects.visible_to(user).in_use().order_by("position"), policy)
    measured = [row for row in rows if row.least is not None]
    return {
        "rows": rows,
        "policy": policy,
        "measured": len(measured),
        "worst": min(measured, key=lambda row: row.least or Decimal(0), default=None),
        "over": [row for row in rows if row.over],
        "senders": _senders(user, rows),
        "may_keep": user.standing.holds("cxo"),
        "may_import": user.has_perm("journey.import_readings"),
        "some_hidden": not user.standing.sees_everything,
    }


def _senders(user: User, rows: list[Row]) -> list[Sender]:
    """The departments that sent something or that a breach of the last twelve months counts against, most first."""
    sent: Counter[int] = Counter()
    for row in rows:
        for department, contacts in (row.pressure.sent if row.pressure else {}).items():
            sent[department] += contacts  # type: ignore[assignment]  # a Decimal counts as well
    since = a_year_before(clock.company_day())
    against = Breach.objects.visible_to(user).filter(limit=Limit.CAP, at__date__gte=since)
    broken: dict[int, list[tuple[str, bool]]] = {}
    for pk, reference, state in against.order_by("-pk").values_list("departments", "problem__reference", "problem__state"):
        broken.setdefault(pk, []).append((reference, state == ProblemState.OPEN))
    departments = Department.objects.visible_to(user).filter(pk__in={*sent, *broken})
    made = [
        Sender(one, Decimal(sent[one.pk]), broken.get(one.pk, []), readings_behind(department=one.code)) for one in departments
    ]
    return sorted(made, key=lambda one: (-len(one.breaches), -one.sent, one.department.name))
