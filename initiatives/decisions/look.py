"""?kind=Money &q=words &papers=missing: how the decision log is looked at."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from initiatives.core.looks import one_of, words_of
from initiatives.core.models import EventQuerySet
from initiatives.decisions.models import Paper
from initiatives.decisions.models.log import KINDS, VERBS
from initiatives.decisions.models.wanted import lacking

PAPERS = {"wanted": "Paper missing", "missing": "Nothing written down", "there": "Written down", "review": "To be reviewed"}


@dataclass(frozen=True)
class LogLook:
    """One way of looking at the log, as its URL says it."""

    kind: str = ""
    q: str = ""
    papers: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "LogLook":
        return cls(kind=one_of(query, "kind", KINDS), q=words_of(query), papers=one_of(query, "papers", PAPERS))

    def query(self, **changes: Any) -> str:
        """The URL's query string, with these changes."""
        query = QueryDict(mutable=True)
        for name, value in vars(replace(self, **changes)).items():
            if value:
                query[name] = value
        return query.urlencode()

    @property
    def narrows(self) -> bool:
        return self != LogLook()

    def narrow(self, found: EventQuerySet) -> EventQuerySet:
        """Of these decisions, what this look asks for."""
        if self.kind:
            found = found.filter(verb__in=[verb for verb, words in VERBS.items() if words == self.kind])
        papers = Paper.objects.newest().filter(event=OuterRef("pk"))
        for word in self.q.split():
            said = Q(rationale__icontains=word) | Q(options__icontains=word) | Q(dissent__icontains=word)
            found = found.filter(Q(reason__icontains=word) | Q(actor_name__icontains=word) | Q(Exists(papers.filter(said))))
        match self.papers:
            case "wanted":
                return lacking(found)
            case "missing":
                return found.filter(~Exists(papers))
            case "there":
                return found.filter(Exists(papers))
            case "review":
                return found.filter(Exists(papers.exclude(review_on=None)))
        return found
