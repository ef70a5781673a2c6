"""?q=words &state=answered &severity=5 &stage=STG-002 &touchpoint=TP-014 &sweep=2 &old=1: how problems are looked at."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from initiatives.core.looks import number_of, one_of, words_of
from initiatives.journey.models import ProblemState, ProblemTouchpoint, Sweep
from initiatives.journey.models.posing import ProblemQuerySet

ANSWERED, UNANSWERED = "answered", "unanswered"
STATES = [
    (ProblemState.OPEN, "Open"),
    (UNANSWERED, "Open, no initiative"),
    (ANSWERED, "Open, an initiative answers"),
    (ProblemState.SOLVED, "Solved"),
    (ProblemState.DISMISSED, "Dismissed"),
]


@dataclass(frozen=True)
class ProblemLook:
    """One way of looking at the problems, as its URL says it. Without a state it is the open ones."""

    q: str = ""
    state: str = ""
    severity: str = ""
    stage: str = ""
    touchpoint: str = ""
    sweep: str = ""
    old: bool = False

    @classmethod
    def of(cls, query: QueryDict, stages: Iterable[str]) -> "ProblemLook":
        """Read the parameters; `stages` are the references that the reader may know."""
        return cls(
            q=words_of(query),
            state=one_of(query, "state", [state for state, _ in STATES]),
            severity=one_of(query, "severity", "12345"),
            stage=one_of(query, "stage", stages),
            touchpoint=query.get("touchpoint", "")[:40],
            sweep=number_of(query, "sweep"),
            old=one_of(query, "old", ("1",)) == "1",
        )

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes."""
        query = QueryDict(mutable=True)
        look = replace(self, **changes)
        for name in ("q", "state", "severity", "stage", "touchpoint", "sweep"):
            if value := getattr(look, name):
                query[name] = value
        if look.old:
            query["old"] = "1"
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        return self != ProblemLook()

    def narrow(self, seen: ProblemQuerySet, answered: Collection[int]) -> ProblemQuerySet:
        """Of what this person sees, what this look asks for; `answered` are the problems that an initiative answers."""
        for word in self.q.split():
            seen = seen.filter(Q(title__icontains=word) | Q(reference__icontains=word))
        if self.severity:
            seen = seen.filter(severity=int(self.severity))
        there = ProblemTouchpoint.objects.filter(problem=OuterRef("pk"))
        if self.stage:
            seen = seen.filter(Exists(there.filter(touchpoint__stage__reference=self.stage)))
        if self.touchpoint:
            seen = seen.filter(Exists(there.filter(touchpoint__reference=self.touchpoint)))
        if self.state in (ProblemState.SOLVED, ProblemState.DISMISSED):
            return seen.filter(state=self.state)
        if self.sweep:
            swept = [sweep.problems().values("pk") for sweep in Sweep.objects.filter(number=self.sweep)]
            seen = seen.filter(pk__in=swept[0]) if swept else seen.none()
            if not self.state:  # what became of them meanwhile does not matter
                return seen
        seen = seen.open_now()
        if self.state == ANSWERED:
            return seen.filter(pk__in=answered)
        return seen.exclude(pk__in=answered) if self.state == UNANSWERED else seen
