"""?q=words &state=open &source=complaint &stage=STG-002 &touchpoint=TP-014 &sweep=2 &mine=1: how signals are looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from initiatives.core.looks import number_of, one_of, words_of
from initiatives.journey.models import Disposition, SignalTouchpoint, Source, Sweep
from initiatives.journey.models.signals import SignalQuerySet
from initiatives.organization.models import User


@dataclass(frozen=True)
class SignalLook:
    """One way of looking at the signals, as its URL says it."""

    q: str = ""
    state: str = ""
    source: str = ""
    stage: str = ""
    touchpoint: str = ""
    sweep: str = ""
    mine: bool = False

    @classmethod
    def of(cls, query: QueryDict, stages: Iterable[str]) -> "SignalLook":
        """Read the parameters; `stages` are the references that the reader may know."""
        return cls(
            q=words_of(query),
            state=one_of(query, "state", Disposition.values),
            source=one_of(query, "source", Source.values),
            stage=one_of(query, "stage", stages),
            touchpoint=query.get("touchpoint", "")[:40],
            sweep=number_of(query, "sweep"),
            mine=one_of(query, "mine", ("1",)) == "1",
        )

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes."""
        query = QueryDict(mutable=True)
        look = replace(self, **changes)
        for name in ("q", "state", "source", "stage", "touchpoint", "sweep"):
            if value := getattr(look, name):
                query[name] = value
        if look.mine:
            query["mine"] = "1"
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        return self != SignalLook()

    def narrow(self, seen: SignalQuerySet, user: User) -> SignalQuerySet:
        """Of what this person sees, what this look asks for."""
        for word in self.q.split():
            seen = seen.filter(Q(title__icontains=word) | Q(reference__icontains=word))
        plain = {"state": self.state, "source": self.source}
        seen = seen.filter(**{name: value for name, value in plain.items() if value})
        if self.stage:
            there = SignalTouchpoint.objects.filter(signal=OuterRef("pk"), touchpoint__stage__reference=self.stage)
            seen = seen.filter(Exists(there))
        if self.sweep:
            swept = [sweep.signals().values("pk") for sweep in Sweep.objects.filter(number=self.sweep)]
            seen = seen.filter(pk__in=swept[0]) if swept else seen.none()
        if self.touchpoint:
            seen = seen.at(self.touchpoint)
        return seen.of_person(user) if self.mine else seen
