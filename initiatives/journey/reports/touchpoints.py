"""The named queries of the list of touchpoints: table, filters, export."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from initiatives.core.exports import Cell
from initiatives.core.looks import chosen_of, filter_of
from initiatives.core.templatetags.marks import department, status
from initiatives.core.templatetags.words import number
from initiatives.journey.models import Channel, OwnableQuerySet, Stage, State, Touchpoint
from initiatives.journey.reports.looking import SEVERAL, Choices, Look
from initiatives.organization.models import Department, User

ROWS = 100
SHOWN = (
    "reference",
    "title",
    "stage__title",
    "channel__name",
    "owned__department",
    "owned__person__name",
    "owned__state",
    "owned__restricted",
    "owned__weight",
    "reach",
    "moment_of_truth",
)
WORDS = {"stage": "Stage", "channel": "Channel", "department": "Owner", "state": "State"}


class Touchpoints:
    """What one reader sees of the touchpoints in use, looked at in one way."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.departments = list(Department.objects.visible_to(user).in_order())
        stages = Stage.objects.visible_to(user).in_use().values_list("reference", "pk", "title")
        channels = Channel.objects.filter(archived_on=None).values_list("pk", "name")
        self.choices = Choices(
            stage={reference: (pk, title) for reference, pk, title in stages},
            channel={str(pk): (pk, name) for pk, name in channels},
            department={one.code: (one.pk, one.name) for one in self.departments},
        )
        self.look = Look.of(query, self.choices)
        self.seen: OwnableQuerySet = Touchpoint.objects.visible_to(user).in_use()
        self.found = self.look.narrow(self.seen, self.choices)

    def frame(self) -> dict[str, Any]:
        """Filters, and what is chosen now."""
        return {
            "look": self.look,
            "filters": [filter_of(self.look, name, WORDS[name], self.choices.words(name)) for name in SEVERAL],
            "chosen": list(_chosen(self.look, {name: dict(self.choices.words(name)) for name in SEVERAL})),
            "query": self.look.query(),
            "may_export": self.user.has_perm("journey.export_touchpoints"),
        }

    def written(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Each row as the template shows it; chips and badges are drawn once for each distinct value."""
        by_pk = {one.pk: one for one in self.departments}
        chip = cache(lambda pk: department(by_pk.get(pk)))
        badge = cache(lambda state: status(state, str(State(state).label)))
        for row in rows:
            drawn = {"chip": chip(row["owned__department"]), "state": badge(row["owned__state"])}
            yield {**row, **drawn, "reach_written": number(row["reach"]), "weight_written": number(row["owned__weight"])}


def _chosen(look: Look, words: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """(words, query without it) of everything that is filtered now."""
    if look.q:
        yield f"“{look.q}”", look.query(q="")
    if look.moment:
        yield "Moments of truth", look.query(moment=False)
    yield from chosen_of(look, WORDS, words)


def touchpoints_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The table: at most ROWS rows in a total order, how many there are in all, and how many of them are owned."""
    list_of = Touchpoints(user, query)
    found: QuerySet[Any, dict[str, Any]] = list_of.found.order_by(*list_of.look.order()).values(*SHOWN)
    counted = list_of.found.tally()
    pages = Paginator(found, ROWS)
    pages.count = counted["count"]
    here = pages.get_page(query.get("page"))
    return {
        **list_of.frame(),
        "page": here,
        "rows": list(list_of.written(here.object_list)),
        "total": counted["count"],
        "without_owner": counted["count"] - counted["with_owner"],
        "sort": list_of.look.sort,
    }


EXPORTED = {
    "Reference": "reference",
    "Title": "title",
    "Stage": "stage__title",
    "Channel": "channel__name",
    "Contacts a year": "reach",
    "Moment of truth": "moment_of_truth",
    "Weight": "owned__weight",
    "State of ownership": "owned__state",
    "Owning department": "owned__department__code",
    "Accountable person": "owned__person__name",
    "Restricted": "owned__restricted",
    "Description": "description",
    "External source": "external_source",
    "External id": "external_id",
}


def export_rows(user: User, query: QueryDict) -> tuple[list[str], Iterable[list[Cell]]]:
    """Header and rows of the file: what the list shows, all pages, as far as it may leave the building."""
    list_of = Touchpoints(user, query)
    rows = list_of.found.exportable_by(user).order_by(*list_of.look.order()).values_list(*EXPORTED.values())
    return list(EXPORTED), (list(row) for row in rows)
