"""The named queries of the portfolio's list: table, board, side panel, export."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict

from initiatives.core import clock
from initiatives.core.exports import Cell
from initiatives.core.looks import chosen_of, filter_of
from initiatives.organization.models import Department, User
from initiatives.organization.models.departments import chart
from initiatives.portfolio.filters import COLUMNS, GROUPS, HEALTHS, NOBODY, NUMBERS, Look
from initiatives.portfolio.models import CheckIn, Initiative, Milestone, SavedView, Status, Type
from initiatives.portfolio.models.initiative import InitiativeQuerySet
from initiatives.portfolio.tables import Writer, fields

ROWS = 100
CARDS = 20  # of each status on the board


class Portfolio:
    """What one reader sees of the portfolio, looked at in one way."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user, self.today = user, clock.today()
        self.departments = chart(user)
        self.by_code = {department.code: department.pk for department in self.departments}
        self.look = Look.of(query, self.by_code)
        self.seen = Initiative.objects.visible_to(user)
        self.found = self.look.narrow(self.seen, user=user, today=self.today, departments=self.by_code)

    def rows(self, names: Iterable[str]) -> Any:
        """The found rows as plain values; `hidden` holds the ranks that this reader may not know of."""
        rows = self.found.order_by(*self.look.order())
        if "rank" in names and not self.user.standing.sees_everything:
            rows = rows.annotate(hidden=ArraySubquery(Initiative.objects.hidden_ranks(self.user)))
            names = [*names, "hidden"]
        return rows.values(*names)

    def writer(self) -> Writer:
        return Writer({one.pk: one for one in self.departments}, self.today)

    def frame(self) -> dict[str, Any]:
        """Filters, what is chosen now, saved views: the same around every shape of the list."""
        choices = {
            "department": [(one.code, one.name) for one in self.departments],
            "accountable": [*((one.code, one.name) for one in self.departments), (NOBODY, "Nobody accepted")],
            "status": list(Status.choices),
            "health": list(HEALTHS.items()),
            "type": list(Type.choices),
        }
        return {
            "look": self.look,
            "filters": [filter_of(self.look, name, COLUMNS[name], values) for name, values in choices.items()],
            "chosen": list(_chosen(self.look, {name: dict(values) for name, values in choices.items()})),
            "groups": GROUPS.items(),
            "columns": [(key, words, key in self.look.columns) for key, words in COLUMNS.items()],
            "query": self.look.query(),
            "may_create": self.user.has_perm("portfolio.create_initiative"),
            "may_export": self.user.has_perm("portfolio.export_initiatives"),
        }


def _chosen(look: Look, words: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """(words, query without it) of everything that is filtered now."""
    if look.q:
        yield f"“{look.q}”", look.query(q="")
    if look.mine:
        yield "Mine", look.query(mine=False)
    if look.problem:
        yield "Answers no problem", look.query(problem="")
    if look.sponsor:
        yield f"Sponsor: {look.sponsor}", look.query(sponsor="")
    yield from chosen_of(look, COLUMNS, words)


def list_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The table: at most ROWS rows in a total order, and how many there are in all."""
    portfolio = Portfolio(user, query)
    look = portfolio.look
    pages = Paginator(portfolio.rows(fields(look)), ROWS)
    pages.count = portfolio.found.count()  # the rows' joins and hidden ranks are not counted along
    here = pages.get_page(query.get("page"))
    return {
        **portfolio.frame(),
        "view": "table",
        "page": here,
        "total": pages.count,
        "heads": [(key, COLUMNS[key], key in NUMBERS) for key in look.in_order],
        "width": len(look.columns) + 1,
        "rows": portfolio.writer().rows(look, here.object_list),
        "sort": look.sort,
        **opened(query.get("open", ""), user),
    }


def board_page(user: User, query: QueryDict) -> dict[str, Any]:
    """The same found initiatives as cards, a column for each status; of long columns the first CARDS."""
    portfolio = Portfolio(user, query)
    counts = dict(portfolio.found.order_by().values_list("status").annotate(count=Count("pk")))
    place = Window(RowNumber(), partition_by=[F("status")], order_by=portfolio.look.order())
    names = ("reference", "title", "confidential", "status", "health", "stale_on", "lead_department_id", "ends_on", "percent")
    cards = portfolio.found.annotate(place=place).filter(place__lte=CARDS).order_by("life", "place").values(*names)
    writer = portfolio.writer()
    department, health = writer.column("department"), writer.column("health")
    by_status: dict[str, list[dict[str, Any]]] = {status: [] for status in Status.values}
    for card in cards:
        by_status[card["status"]].append({**card, "department": department(card), "health_drawn": health(card)})
    columns = [
        {"status": status, "words": words, "count": counts[status], "cards": by_status[status]}
        for status, words in Status.choices
        if status in counts
    ]
    opening = opened(query.get("open", ""), user)
    return {**portfolio.frame(), "view": "board", "board": columns, "total": sum(counts.values()), **opening}


def opened(reference: str, user: User) -> dict[str, Any]:
    """The initiative beside the list. One that may not be seen and one that does not exist give the same answer."""
    if not reference:
        return {"open": ""}
    people = ("lead_department", "sponsor", "accountable_department", "accountable_person")
    found = Initiative.objects.visible_to(user).filter(reference=reference).select_related(*people).first()
    if found is None:
        return {"open": reference[:20], "opened": None}
    key, words = found.health_shown(clock.today())
    return {
        "open": found.reference,
        "opened": found,
        "stale": key == "stale",
        "health_words": words,
        "last": CheckIn.objects.filter(initiative=found).select_related("author").first(),
        "next_milestone": Milestone.objects.filter(initiative=found, met_on=None, dropped_on=None).first(),
    }


EXPORTED = {
    "Reference": "reference",
    "Title": "title",
    "Lead department": "lead_department__code",
    "Status": "status",
    "Health": "health",
    "Health reported on": "health_on",
    "Stale from": "stale_on",
    "Percent complete": "percent",
    "Accountable department": "accountable_department__code",
    "Accountable person": "accountable_person__name",
    "Sponsor": "sponsor__name",
    "Category": "category",
    "Type": "type",
    "Start": "starts_on",
    "End": "ends_on",
    "Confidential": "confidential",
    "Problem statement": "problem",
    "Hypothesis": "hypothesis",
    "External source": "external_source",
    "External id": "external_id",
}


def exportable(found: InitiativeQuerySet, user: User) -> InitiativeQuerySet:
    """What may leave the building: everything for who reads everything; no confidential one but of departments one heads;
    for finance the rest, for others what their departments lead or answer for."""
    standing = user.standing
    if standing.sees_everything:
        return found
    found = found.filter(Q(confidential=False) | Q(lead_department__in=standing.heads))
    if standing.holds("finance"):
        return found
    return found.filter(Q(lead_department__in=standing.belongs_to) | Q(accountable_department__in=standing.belongs_to))


def export_rows(user: User, query: QueryDict) -> tuple[list[str], Iterable[list[Cell]]]:
    """Header and rows of the file: what the list shows, all pages, as far as it may leave the building."""
    portfolio = Portfolio(user, query)
    found = exportable(portfolio.found, user).order_by(*portfolio.look.order())
    return list(EXPORTED), (list(row) for row in found.values_list(*EXPORTED.values()))


def look_of(user: User, text: str) -> Look:
    """The look that a query string means; BadInput when it means none."""
    codes = Department.objects.visible_to(user).values_list("code", flat=True)
    return Look.of(QueryDict(text), codes)


def saved_views(user: User) -> Any:
    """The reader's own saved views and those that colleagues share."""
    return SavedView.objects.visible_to(user).in_order().select_related("owner")
