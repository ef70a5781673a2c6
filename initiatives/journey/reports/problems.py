"""Problems as pages show them: ranked by pain, one with its evidence, the panel of a touchpoint, the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict

from initiatives.core import clock
from initiatives.core.exports import Cell
from initiatives.core.models import Event
from initiatives.journey import above
from initiatives.journey.looks.narrowed import narrowed_to
from initiatives.journey.looks.problems import ANSWERED, STATES, UNANSWERED, ProblemLook
from initiatives.journey.models import Problem, ProblemState, ReadingKind, Stage, Touchpoint
from initiatives.journey.models.posing import ProblemQuerySet
from initiatives.journey.models.problems import percent_of
from initiatives.journey.reports.consistency import readings_behind
from initiatives.organization.models import User

ROWS, PANEL_ROWS = 100, 5
TONES = {"open": "bad", "answered": "info", "solved": "good", "dismissed": ""}
SHOWN = (
    "pk", "reference", "title", "state", "severity", "frequency", "weight", "pain", "newest", "old", "touchpoint__title",
    "touchpoint__stage", "touchpoint__owned__department__name", "touchpoint__owned__person__name",
)  # fmt: skip


def shown_state(state: str, answered: bool) -> tuple[str, str]:
    """Words and tone of a state; an open problem that an initiative answers which the reader sees says so."""
    if state == ProblemState.OPEN and answered:
        return "Answered by an initiative", TONES["answered"]
    return str(ProblemState(state).label), TONES[state]


@dataclass(frozen=True)
class Problems:
    """What one reader sees of the problems, looked at in one way."""

    user: User
    stages: list[tuple[int, str, str]]  # id, reference, title of those that the reader may see
    look: ProblemLook

    @classmethod
    def of(cls, user: User, query: QueryDict) -> "Problems":
        stages = list(Stage.objects.visible_to(user).order_by("position").values_list("pk", "reference", "title"))
        return cls(user, stages, ProblemLook.of(query, [reference for _, reference, _ in stages]))

    def found(self) -> ProblemQuerySet:
        by_state = self.look.state in (ANSWERED, UNANSWERED)
        answered = above.initiatives_for(self.user, None) if by_state else {}
        found = self.look.narrow(Problem.objects.visible_to(self.user), list(answered))
        return found.with_old_evidence(clock.today()) if self.look.old else found

    def drawn(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each row with its words and the initiatives that answer it; a stage that the reader may not see has no name."""
        kept, titles = list(rows), {pk: title for pk, _, title in self.stages}
        work = above.initiatives_for(self.user, [row["pk"] for row in kept]) if kept else {}
        drawn = []
        for row in kept:
            words, tone = shown_state(row["state"], row["pk"] in work)
            drawn.append({
                **row, "words": words, "tone": tone, "work": work.get(row["pk"], ()),
                "stage": titles.get(row["touchpoint__stage"], ""), "percent": percent_of(row["frequency"]),
            })  # fmt: skip
        return drawn


def problems_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The list, what hurts most first: at most ROWS rows, and how many there are in all."""
    problems = Problems.of(user, query)
    found = problems.found()
    pages = Paginator(found.worst_first(clock.today()).values(*SHOWN), ROWS)
    pages.count = found.count()
    here = pages.get_page(query.get("page"))
    look = problems.look
    return {
        "look": look,
        "filters": [
            ("state", "State", STATES[1:], look.state),
            ("severity", "Severity", [(str(n), str(n)) for n in range(5, 0, -1)], look.severity),
            ("stage", "Stage", [(reference, title) for _, reference, title in problems.stages], look.stage),
        ],
        "query": look.query(),
        "narrowed": narrowed_to(look),
        "figures": problem_figures(user) if not look.narrows else None,
        "page": here,
        "total": pages.count,
        "rows": problems.drawn(here.object_list),
        "may_pose": user.has_perm("journey.pose_problem"),
        "may_export": user.has_perm("journey.export_signals"),
    }


def problem_figures(user: User) -> dict[str, Any]:
    """What the list begins with: open problems without initiative, with old evidence; and initiatives without a problem."""
    seen = Problem.objects.visible_to(user).open_now()
    answered = list(above.initiatives_for(user, None))
    return {
        "unanswered": seen.exclude(pk__in=answered).count(),
        "old": seen.with_old_evidence(clock.today()).count(),
        "aimless": above.aimless_for(user),
    }


EXPORTED = {
    "Reference": "reference",
    "Problem": "title",
    "State": "state",
    "Reason": "reason",
    "Touchpoint": "touchpoint__reference",
    "Touchpoint title": "touchpoint__title",
    "Department": "touchpoint__owned__department__code",
    "Weight": "weight",
    "Severity": "severity",
    "Share of contacts": "frequency",
    "Newest evidence": "newest",
    "Old evidence": "old",
    "Pain score": "pain",
    "Statement": "statement",
}


def exported_problems(user: User, query: QueryDict) -> tuple[list[str], Iterable[list[Cell]]]:
    """Header and rows of the file: what the list shows, all pages, as far as it may leave the building."""
    found: Any = Problems.of(user, query).found().exportable_by(user).worst_first(clock.today())
    return list(EXPORTED), (list(row) for row in found.values_list(*EXPORTED.values()))


def problem_page(problem: Problem, user: User) -> dict[str, Any]:
    """One problem: how much it hurts and why, what it rests on, who answers for it, what is done about it."""
    by_itself: Any = Problem.objects.filter(pk=problem.pk).with_pain(clock.today())
    scored = by_itself.values("weight", "pain", "newest", "old").get()
    work = above.initiatives_for(user, [problem.pk]).get(problem.pk, ())
    words, tone = shown_state(problem.state, bool(work))
    links = problem.links.select_related("touchpoint__channel").order_by("pk")
    evidence = list(problem.evidence.living().select_related("signal", "added_by").order_by("-observed_on", "-id"))
    return {
        **scored,
        "problem": problem,
        "words": words,
        "tone": tone,
        "owned": problem.touchpoint.owned,
        "touchpoints": [link.touchpoint for link in links],
        "evidence": evidence,
        "customers": sum(piece.customers for piece in evidence),
        "work": work,
        "may_work": problem.may_work(user),
        "read": readings_of(problem),
        "events": Event.objects.about(problem).newest_first()[:12],
    }


def readings_of(problem: Problem) -> str:
    """The list of the readings that opened the problem; nothing where people posed it."""
    breach = problem.breaches.select_related("stage", "touchpoint").order_by("pk").first()
    if breach is not None and breach.stage is not None:
        return readings_behind(kind=ReadingKind.CONTACTS, stage=breach.stage.reference)
    if breach is not None and breach.touchpoint is not None:
        return readings_behind(kind=ReadingKind.RATING, touchpoint=breach.touchpoint.reference)
    return ""


def problems_panel(touchpoint: Touchpoint, user: User) -> dict[str, Any]:
    """What a touchpoint's page shows of its problems: the open ones that hurt most."""
    there = Problem.objects.visible_to(user).open_now().filter(links__touchpoint=touchpoint)
    worst: Any = there.worst_first(clock.today())
    rows = list(worst.values("reference", "title", "severity", "pain", "old")[:PANEL_ROWS])
    return {"problems": rows, "may_pose": user.has_perm("journey.pose_problem")}
