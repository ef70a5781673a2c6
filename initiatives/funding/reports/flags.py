"""What is allowed and yet looked at: people who approve for each other, and one purpose asked for in slices below a limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from initiatives.funding.above import Name
from initiatives.funding.models import FundingRequest
from initiatives.funding.reports.requests import RequestRow, request_rows
from initiatives.organization.models import User

DAYS_OF_EACH_OTHER, DAYS_OF_SLICES = 90, 7
MOST = 200  # flags of a kind, the newest; more say no more

# A delegate and the head both count as who approved. Of two requests the one that was approved later is named second.
EACH_OTHER = """
WITH given AS (
    SELECT approval.request_id, request.requester_id AS asker, approver.id AS approver, max(approval.at) AS at
    FROM funding_approval approval
    JOIN funding_fundingrequest request ON request.id = approval.request_id
    CROSS JOIN LATERAL (VALUES (approval.by_id), (approval.on_behalf_of_id)) AS approver(id)
    WHERE approver.id IS NOT NULL GROUP BY 1, 2, 3)
SELECT first.approver, second.approver, first.request_id, second.request_id, second.at
FROM given first JOIN given second ON first.approver = second.asker AND second.approver = first.asker
WHERE (first.at, first.request_id) < (second.at, second.request_id) AND second.at - first.at <= make_interval(days => %s)
ORDER BY second.at DESC, second.request_id DESC LIMIT %s
"""

# Requests of one person for one cost object, submitted within some days up to the one that was approved, which together are
# above what that approval could reach.
SLICES = """
SELECT approval.by_id, request.requester_id, approval.request_id, slices.ids, approval.at, approval."limit", slices.total
FROM funding_approval approval
JOIN funding_fundingrequest request ON request.id = approval.request_id
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT other.id) AS ids, sum(line.amount) AS total
    FROM funding_fundingrequest other JOIN funding_requestline line ON line.request_id = other.id
    WHERE other.requester_id = request.requester_id AND other.cost_object_id = request.cost_object_id
        AND other.currency = request.currency
        AND other.state IN ('submitted', 'returned', 'allocated')
        AND other.submitted_at > request.submitted_at - make_interval(days => %s) AND other.submitted_at <= request.submitted_at
        AND (approval.pool_id IS NULL OR line.pool_id = approval.pool_id)) slices
WHERE slices.total > approval."limit" AND cardinality(slices.ids) > 1
ORDER BY approval.at DESC, approval.id DESC LIMIT %s
"""


@dataclass
class Flag:
    """Who approved for whom, by which requests. What the reader may not open says not who asked."""

    rows: list[RequestRow]
    approvers: list[User]
    askers: list[User] | None  # None: withheld
    at: datetime
    name: Name
    limit: Decimal | None = None
    total: Decimal | None = None


@dataclass
class FlagsPage:
    each_other: list[Flag]
    slices: list[Flag]
    days_of_each_other: int = DAYS_OF_EACH_OTHER
    days_of_slices: int = DAYS_OF_SLICES

    @property
    def count(self) -> int:
        return len(self.each_other) + len(self.slices)


def flags_page(user: User) -> FlagsPage:
    pairs = _rows(EACH_OTHER, DAYS_OF_EACH_OTHER)
    slices = _rows(SLICES, DAYS_OF_SLICES)
    rows = _requests(user, {pk for pair in pairs for pk in pair[2:4]} | {pk for one in slices for pk in one[3]})
    people = User.objects.in_bulk({pk for pair in pairs for pk in pair[:2]} | {one[0] for one in slices})
    return FlagsPage(
        [_each_other(pair, rows, people) for pair in pairs if {pair[2], pair[3]} <= rows.keys()],
        [_sliced(one, rows, people) for one in slices if set(one[3]) <= rows.keys()],
    )


def _each_other(pair: tuple[Any, ...], rows: dict[int, RequestRow], people: dict[int, User]) -> Flag:
    first, second, one, other, at = pair
    named = [rows[one], rows[other]]
    known = all(row.named for row in named)
    both = [people[first], people[second]]
    return Flag(named, both if known else [], both if known else None, at, named[1].name)


def _sliced(one: tuple[Any, ...], rows: dict[int, RequestRow], people: dict[int, User]) -> Flag:
    approver, _, request, slices, at, limit, total = one
    row = rows[request]
    asker = [row.request.requester] if row.named else None
    return Flag([rows[pk] for pk in sorted(slices)], [people[approver]], asker, at, row.name, limit, total)


def _requests(user: User, ids: Iterable[int]) -> dict[int, RequestRow]:
    found = FundingRequest.objects.visible_to(user).with_people().filter(pk__in=set(ids))
    return {row.request.pk: row for row in request_rows(user, found)}


def _rows(sql: str, days: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [days, MOST])
        return list(cursor.fetchall())
