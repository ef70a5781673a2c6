"""What the pages of the ranking show. Each report costs the same number of queries for any number of candidates.

A reader sees the positions 1, 2, 3 … among the initiatives that they may see, of the order and of the model alike. Numbers that
were published for everything would say how many hidden initiatives stand between two visible ones (docs/ACCESS.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.db.models.functions import Length

from initiatives.decisions.models import Assessment, RankedItem, Ranking, Row
from initiatives.decisions.reports.rounds import Wish, wished
from initiatives.organization.models import User
from initiatives.portfolio.models import CANDIDATES, Initiative

ROWS = 100


@dataclass(frozen=True)
class Line:
    """One line of a ranking as one reader sees it. `was` is the position in the ranking before; None: it is new there."""

    item: RankedItem
    position: int
    model_position: int
    was: int | None
    first: bool  # there is no ranking before
    wish: Wish | None  # what heads would give, in the last round

    @property
    def change(self) -> int:
        """How many positions it went up; negative: down."""
        return (self.was or self.position) - self.position

    @property
    def distance(self) -> int:
        return abs(self.change)


def positions(items: Iterable[tuple[int, int]]) -> dict[int, int]:
    """{initiative: position among these}, of (initiative, published position)."""
    return {pk: place for place, (_, pk) in enumerate(sorted((place, pk) for pk, place in items), start=1)}


def published(user: User, ranking: Ranking | None, page: str = "", *, beside: bool = False) -> dict[str, Any]:
    """A published ranking as `user` sees it: 5 queries; with what heads would give `beside` it, 8 at most."""
    if ranking is None or ranking.number is None:
        return {"ranking": None, "lines": None, "rows": None}
    visible = ranking.items.all().visible_to(user)
    seen = list(visible.order_by("position").values_list("initiative_id", "position", "model_position"))
    decided = positions((pk, place) for pk, place, _ in seen)
    model = positions((pk, place) for pk, _, place in seen)
    before = Ranking.objects.published().filter(number=ranking.number - 1).first()
    was = positions(before.items.all().visible_to(user).values_list("initiative_id", "position")) if before else {}
    rows: Page[Any] = Paginator([pk for pk, _, _ in seen], ROWS).get_page(page)
    chosen = visible.filter(initiative__in=list(rows)).select_related("initiative__lead_department", "assessment").in_order()
    heads: dict[str, Any] = wished(user) if beside else {"round": None, "wishes": {}}
    lines = [
        Line(item, decided[pk], model[pk], was.get(pk), before is None, heads["wishes"].get(pk))
        for item in chosen
        for pk in (item.initiative_id,)
    ]
    return {
        "ranking": ranking,
        "before": before,
        "round": heads["round"],
        "lines": lines,
        "rows": rows,
        "total": len(seen),
        "overruled": sum(decided[pk] != model[pk] for pk, _, _ in seen),
        "entered": sum(pk not in was for pk, _, _ in seen) if before else 0,
        "left": len(was.keys() - decided.keys()),
        "some_hidden": not user.standing.sees_everything,
    }


def history(user: User) -> list[Ranking]:
    """All published rankings, the newest first, each with the number of its initiatives that `user` may see: 1 query."""
    shown = Q(items__initiative__in=Initiative.objects.visible_to(user))
    counted = Ranking.objects.published().select_related("published_by").annotate(shown=Count("items", filter=shown))
    return list(counted.newest_first())


@dataclass(frozen=True)
class Change:
    """Where a candidate of the draft stood in the ranking in force; None: it did not."""

    row: Row
    was: int | None
    wish: Wish | None  # what heads would give, in the last round

    @property
    def up(self) -> int:
        return (self.was or self.row.position) - self.row.position

    @property
    def distance(self) -> int:
        return abs(self.up)


def draft(user: User, page: str = "") -> dict[str, Any]:
    """The draft as the CXO sees it, and what is not assessed yet."""
    ranking, current = Ranking.objects.draft(), Ranking.objects.in_force()
    rows = ranking.rows()
    was = dict(current.items.values_list("initiative_id", "position")) if current else {}
    heads = wished(user)
    changes = [Change(row, was.get(row.initiative.pk), heads["wishes"].get(row.initiative.pk)) for row in rows]
    rest: Page[Any] = Paginator(changes[ROWS:], ROWS).get_page(page)
    unassessed = (
        Initiative.objects.visible_to(user)
        .candidates()
        .exclude(pk__in=Assessment.objects.current().values("initiative"))
        .select_related("lead_department")
        .order_by(Length("reference"), "reference")
    )
    return {
        "draft": ranking,
        "current": current,
        "round": heads["round"],
        "changes": changes[:ROWS],
        "rest": rest,
        "total": len(rows),
        "seen": ranking.mark(rows),
        "overruled": sum(row.placed for row in rows),
        "unexplained": sum(row.unexplained for row in rows),
        "moved": sum(change.was is not None and change.up != 0 for change in changes),
        "entered": sum(change.was is None for change in changes),
        "left": len(was.keys() - {row.initiative.pk for row in rows}),
        "unassessed": unassessed[:ROWS],
        "unassessed_total": unassessed.count(),
    }


def top(user: User, count: int = 10) -> list[tuple[int, RankedItem]]:
    """The first of the ranking in force, for the dashboard, with their positions among what `user` may see: 2 queries."""
    ranking = Ranking.objects.in_force()
    if ranking is None:
        return []
    items = ranking.items.all().visible_to(user).in_order().select_related("initiative__accountable_department")
    return list(enumerate(items[:count], start=1))


def standing_of(user: User, initiative: Initiative) -> dict[str, Any]:
    """How one initiative was judged, the newest first, and whether it can be judged now."""
    return {
        "initiative": initiative,
        "assessments": list(initiative.assessments.select_related("by").newest_first()),
        "candidate": initiative.status in CANDIDATES,
        "may_assess": user.has_perm("portfolio.assess_initiative", initiative),
    }
