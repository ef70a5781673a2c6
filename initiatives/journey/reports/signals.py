"""Signals as pages show them: the list, one signal with what may be the same, the panel of a touchpoint, the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce
from django.http import QueryDict

from initiatives.core.exports import Cell
from initiatives.core.models import Event
from initiatives.journey.looks.narrowed import narrowed_to
from initiatives.journey.looks.signals import SignalLook
from initiatives.journey.models import Disposition, Problem, Signal, Source, Stage, Touchpoint, Voice
from initiatives.journey.models.signals import SignalQuerySet
from initiatives.journey.outcomes import outcome_of
from initiatives.organization.models import User

ROWS, ALIKE_SHOWN, PANEL_ROWS = 100, 5, 5
TONES = {"open": "warn", "gathered": "info", "answered": "good", "duplicate": "", "dismissed": ""}
SHOWN = (
    "reference", "title", "state", "source", "observed_on", "customers", "raised_at", "raised_by__name",
    "touchpoint__reference", "touchpoint__title", "touchpoint__stage", "heard",
)  # fmt: skip


@dataclass(frozen=True)
class Signals:
    """What one reader sees of the signals, looked at in one way."""

    user: User
    stages: list[tuple[int, str, str]]  # id, reference, title of those that the reader may see
    look: SignalLook

    @classmethod
    def of(cls, user: User, query: QueryDict) -> "Signals":
        stages = list(Stage.objects.visible_to(user).order_by("position").values_list("pk", "reference", "title"))
        return cls(user, stages, SignalLook.of(query, [reference for _, reference, _ in stages]))

    def found(self) -> SignalQuerySet:
        return self.look.narrow(Signal.objects.visible_to(self.user), self.user)

    def rows(self) -> Any:
        """The newest first, as plain values; `heard` counts who says the same: voices, and duplicates seen with theirs."""
        seen = Signal.objects.visible_to(self.user)
        here = Q(signal=OuterRef("pk")) | Q(signal__duplicate_of=OuterRef("pk"), signal__in=seen.values("pk"))
        voices, duplicates = _counted(Voice.objects.filter(here)), _counted(seen.filter(duplicate_of=OuterRef("pk")))
        return self.found().annotate(heard=voices + duplicates).order_by("-raised_at", "-id").values(*SHOWN)

    def drawn(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each row with its words; a stage that the reader may not see has no name."""
        titles = {pk: title for pk, _, title in self.stages}
        return [
            {
                **row,
                "stage": titles.get(row["touchpoint__stage"], ""),
                "words": Disposition(row["state"]).label,
                "tone": TONES[row["state"]],
                "from": Source(row["source"]).label,
            }
            for row in rows
        ]


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, as a subquery of a row beyond."""
    return Coalesce(Subquery(rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")), 0)


def signals_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The list: at most ROWS rows, and how many there are in all."""
    signals = Signals.of(user, query)
    pages = Paginator(signals.rows(), ROWS)
    pages.count = signals.found().count()
    here = pages.get_page(query.get("page"))
    return {
        "look": signals.look,
        "filters": [
            ("state", "State", Disposition.choices, signals.look.state),
            ("source", "Source", Source.choices, signals.look.source),
            ("stage", "Stage", [(reference, title) for _, reference, title in signals.stages], signals.look.stage),
        ],
        "query": signals.look.query(),
        "narrowed": narrowed_to(signals.look),
        "page": here,
        "total": pages.count,
        "rows": signals.drawn(here.object_list),
        "may_export": user.has_perm("journey.export_signals"),
    }


EXPORTED = {
    "Reference": "reference",
    "What fails": "title",
    "State": "state",
    "Reason": "reason",
    "Touchpoint": "touchpoint__reference",
    "Touchpoint title": "touchpoint__title",
    "Source": "source",
    "Day observed": "observed_on",
    "Customers": "customers",
    "What was observed": "text",
    "Raised by": "raised_by__name",
    "Problem": "problem__reference",
}


def exported_signals(user: User, query: QueryDict) -> tuple[list[str], Iterable[list[Cell]]]:
    """Header and rows of the file: what the list shows, all pages, as far as it and its problems may leave."""
    found = Signals.of(user, query).found().exportable_by(user).order_by("pk")
    hidden = set() if user.standing.sees_everything else set(_hidden_problems(found, user))
    names = [*EXPORTED.values()]
    place = names.index("problem__reference")
    rows = ([*row[:place], None if row[place] in hidden else row[place], *row[place + 1 :]] for row in found.values_list(*names))
    return list(EXPORTED), rows


def _hidden_problems(found: SignalQuerySet, user: User) -> Iterable[str]:
    seen = Problem.objects.visible_to(user).exportable_by(user).values("pk")
    return found.exclude(problem=None).exclude(problem__in=seen).values_list("problem__reference", flat=True)


def known_already(user: User, title: str, touchpoints: Iterable[Touchpoint]) -> list[Signal]:
    """The living signals that may say the same as what is being typed, the most alike first."""
    seen = Signal.objects.visible_to(user).living().alike(title, [one.pk for one in touchpoints])
    return list(seen.select_related("touchpoint", "raised_by")[:ALIKE_SHOWN])


def signal_page(signal: Signal, user: User) -> dict[str, Any]:
    """One signal: what was observed, who says the same, what became of it; for who decides, what it may belong to."""
    links = list(signal.links.select_related("touchpoint__owned", "touchpoint__stage__owned", "touchpoint__channel"))
    may_triage = signal.may_triage(user)
    same = Signal.objects.visible_to(user).filter(duplicate_of=signal)
    duplicates = list(same.select_related("raised_by").order_by("id"))
    voices = Voice.objects.filter(Q(signal=signal) | Q(signal__in=same.values("pk"))).select_related("person").order_by("id")
    return {
        "signal": signal,
        "tone": TONES[signal.state],
        "touchpoints": [link.touchpoint for link in links],
        "heard": [one.raised_by for one in duplicates] + [voice.person for voice in voices],
        "duplicates": duplicates,
        "outcome": outcome_of(signal, user),
        "may_triage": may_triage,
        **(_may_be(signal, [link.touchpoint_id for link in links], user) if may_triage and signal.is_open else {}),
        "support_obstacle": signal.obstacle_to_support(user),
        "may_reopen": signal.obstacle_to_reopen(user) is None,
        "asked": signal.asks().select_related("person").first() if signal.is_open else None,
        "events": Event.objects.about(signal).newest_first()[:12],
    }


def _may_be(signal: Signal, touchpoints: list[int], user: User) -> dict[str, Any]:
    """Other signals that may say the same, and open problems that this one may belong to, the most alike first."""
    others = Signal.objects.visible_to(user).living().exclude(pk=signal.pk).alike(signal.title, touchpoints)
    problems = Problem.objects.visible_to(user).open_now().alike(signal.title, touchpoints)
    return {
        "alike": list(others.select_related("touchpoint")[:ALIKE_SHOWN]),
        "near_problems": list(problems.select_related("touchpoint")[:ALIKE_SHOWN]),
    }


def signals_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What a touchpoint's page shows of its signals: how many wait, and the newest."""
    found = Signal.objects.visible_to(user).at(touchpoint.reference).annotate(total=Window(Count("pk")))
    newest = found.order_by("-raised_at", "-id").values("reference", "title", "state", "raised_at", "customers", "total")
    rows = [{**row, "words": Disposition(row["state"]).label, "tone": TONES[row["state"]]} for row in newest[:PANEL_ROWS]]
    total = rows[0]["total"] if rows else 0
    return {"signals": rows, "signals_total": total, "may_raise": user.has_perm("journey.raise_signal")}
