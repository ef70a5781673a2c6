"""The decision log as one reader sees it: seven queries and one for each kind of thing decided about, however long it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import QueryDict

from initiatives.core.models import Event
from initiatives.decisions.look import PAPERS, LogLook
from initiatives.decisions.models import Paper
from initiatives.decisions.models.log import KINDS, VERBS, decisions, obstacle_to_weigh, subjects_of
from initiatives.decisions.models.wanted import DAYS_TO_WEIGH, PaperBound, lacking
from initiatives.funding.models import FundingRequest, Virement
from initiatives.organization.models import User

ROWS = 50


@dataclass(frozen=True)
class Entry:
    """One decision: the event, what it decided about, and the paper that counts, where somebody wrote one."""

    event: Event
    subject: models.Model
    paper: Paper | None
    lacks: bool = False  # whether its paper is wanted, and missing or without a day of review

    @property
    def kind(self) -> str:
        return VERBS[self.event.verb]

    @property
    def name(self) -> str:
        """What was decided about; a request is called by what the money is for, too."""
        if isinstance(self.subject, FundingRequest):
            return f"{self.subject}: {self.subject.cost_object.initiative}"
        return str(getattr(self.subject, "initiative", self.subject))

    @property
    def why(self) -> str:
        """What was weighed; else the reason given, or what was asked for and why, which a yes takes over."""
        if self.paper or self.event.reason:
            return self.paper.rationale if self.paper else self.event.reason
        if isinstance(self.subject, FundingRequest):
            return self.subject.purpose
        return self.subject.reason if isinstance(self.subject, Virement) else ""


def entries(events: list[Event]) -> Iterator[Entry]:
    subjects = subjects_of(events)
    papers = {paper.event_id: paper for paper in Paper.objects.newest().filter(event__in=events)}
    lacks = set(lacking(Event.objects.filter(pk__in=[event.pk for event in events])).values_list("pk", flat=True))
    return (Entry(event, subjects[event.pk], papers.get(event.pk), event.pk in lacks) for event in events)


def log_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The list, the newest first: at most ROWS rows, and how many there are in all."""
    look = LogLook.of(query)
    pages = Paginator(look.narrow(decisions(user)).select_related("actor").newest_first(), ROWS)
    here = pages.get_page(query.get("page"))
    return {
        "look": look,
        "kinds": KINDS,
        "papers": PAPERS.items(),
        "page": here,
        "total": pages.count,
        "entries": list(entries(list(here.object_list))),
    }


def decision_page(event: Event, user: User) -> dict[str, Any]:
    """One decision with every paper on it, the newest first."""
    papers = list(Paper.objects.about(event).select_related("by"))
    newest = papers[0] if papers else None
    return {
        "entry": next(entries([event])),
        "event": event,
        "papers": papers,
        "may_weigh": obstacle_to_weigh(event, user) is None,
        "review_due": newest is not None and newest.obstacle_to_review(user) is None,
    }


def bound_page(user: User) -> dict[str, Any]:
    """Above which amount papers are asked for, and was before."""
    return {"bounds": list(PaperBound.objects.visible_to(user).select_related("by").newest_first()[:ROWS]), "days": DAYS_TO_WEIGH}
