"""What is allowed and yet looked at: people who approve for each other, and one purpose asked for in slices below a limit.

Requests for money and transfers between pools alike.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from initiatives.core.rules import BadInput
from initiatives.funding.above import Name
from initiatives.funding.models import FlagAnswer, FundingRequest, Virement
from initiatives.funding.models.flag_answers import Found, answers_flags
from initiatives.funding.models.posting import content_of
from initiatives.funding.reports.requests import request_rows
from initiatives.organization.models import User

DAYS_OF_EACH_OTHER, DAYS_OF_SLICES = 90, 7
MOST = 200  # flags of a kind, the newest; more say no more
REQUEST, VIREMENT = "request", "virement"

# A delegate and the head both count as who approved. Of two the one that was approved later is named second. Who proposes a
# transfer agrees for the own side by that; this is no approval for another.
EACH_OTHER = """
WITH given AS (
    SELECT 'request' AS sort, approval.request_id AS thing, request.requester_id AS asker, approver.id AS approver,
        max(approval.at) AS at
    FROM funding_approval approval
    JOIN funding_fundingrequest request ON request.id = approval.request_id
    CROSS JOIN LATERAL (VALUES (approval.by_id), (approval.on_behalf_of_id)) AS approver(id)
    WHERE approver.id IS NOT NULL GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'virement', consent.virement_id, virement.by_id, approver.id, max(consent.at)
    FROM funding_consent consent
    JOIN funding_virement virement ON virement.id = consent.virement_id
    CROSS JOIN LATERAL (VALUES (consent.by_id), (consent.on_behalf_of_id)) AS approver(id)
    WHERE approver.id <> virement.by_id AND consent.by_id <> virement.by_id GROUP BY 1, 2, 3, 4)
SELECT ARRAY[first.approver, second.approver], ARRAY[first.sort, second.sort], ARRAY[first.thing, second.thing], second.at,
    ARRAY[first.approver, second.approver], NULL, NULL
FROM given first JOIN given second ON first.approver = second.asker AND second.approver = first.asker
WHERE (first.at, first.sort, first.thing) < (second.at, second.sort, second.thing)
    AND second.at - first.at <= make_interval(days => %s)
ORDER BY second.at DESC, second.thing DESC LIMIT %s
"""

# What one person asked for one cost object of the pools of one department, or to move from one pool to the same other one,
# within some days up to what was approved, which together is above what that approval could reach.
SLICES = """
SELECT * FROM (
    SELECT ARRAY[approval.by_id] AS approvers, array_fill('request'::text, ARRAY[cardinality(slices.ids)]) AS sorts, slices.ids,
        approval.at, ARRAY[request.requester_id] AS askers, approval."limit", slices.total
    FROM funding_approval approval
    JOIN funding_fundingrequest request ON request.id = approval.request_id
    LEFT JOIN funding_pool pool ON pool.id = approval.pool_id
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT other.id ORDER BY other.id) AS ids, sum(line.amount) AS total
        FROM funding_fundingrequest other JOIN funding_requestline line ON line.request_id = other.id
            JOIN funding_pool asked ON asked.id = line.pool_id
        WHERE other.requester_id = request.requester_id AND other.cost_object_id = request.cost_object_id
            AND other.currency = request.currency
            AND other.state IN ('submitted', 'returned', 'allocated')
            AND other.submitted_at > request.submitted_at - make_interval(days => %(days)s)
            AND other.submitted_at <= request.submitted_at
            AND (approval.pool_id IS NULL OR asked.department_id IS NOT DISTINCT FROM pool.department_id)) slices
    UNION ALL
    SELECT ARRAY[consent.by_id], array_fill('virement'::text, ARRAY[cardinality(slices.ids)]), slices.ids,
        consent.at, ARRAY[virement.by_id], consent."limit", slices.total
    FROM funding_consent consent
    JOIN funding_virement virement ON virement.id = consent.virement_id
    CROSS JOIN LATERAL (
        SELECT array_agg(other.id ORDER BY other.id) AS ids, sum(other.amount) AS total
        FROM funding_virement other
        WHERE other.by_id = virement.by_id AND other.giver_id = virement.giver_id AND other.taker_id = virement.taker_id
            AND other.state IN ('proposed', 'made')
            AND other.at > virement.at - make_interval(days => %(days)s) AND other.at <= virement.at) slices) found
WHERE found.total > found."limit" AND cardinality(found.ids) > 1
ORDER BY found.at DESC, found.ids DESC LIMIT %(most)s
"""


@dataclass
class Row:
    """A request or a transfer that a flag names."""

    thing: FundingRequest | Virement
    name: Name
    amount: Decimal
    currency: str
    named: bool  # whether the reader may know what the money is for, and so who asks for it


@dataclass
class Flag:
    """Who approved for whom, by what. What the reader may not open says not who asked."""

    key: str  # the hash of what it is raised on
    rows: list[Row]
    approvers: list[User]
    askers: list[User] | None  # None: withheld
    at: datetime
    name: Name
    parties: set[int]
    limit: Decimal | None = None
    total: Decimal | None = None
    answer: FlagAnswer | None = None
    obstacle: str | None = None  # what keeps the reader from answering

    @property
    def about(self) -> str:
        return ", ".join(str(row.thing) for row in self.rows)


@dataclass
class FlagsPage:
    each_other: list[Flag]
    slices: list[Flag]
    answered: list[Flag]
    answers: bool  # whether the reader answers flags
    days_of_each_other: int = DAYS_OF_EACH_OTHER
    days_of_slices: int = DAYS_OF_SLICES

    @property
    def count(self) -> int:
        return len(self.each_other) + len(self.slices)


def flags_page(user: User) -> FlagsPage:
    each_other, slices = _flags(user)
    both = [*each_other, *slices]
    return FlagsPage(
        [flag for flag in each_other if flag.answer is None],
        [flag for flag in slices if flag.answer is None],
        sorted((flag for flag in both if flag.answer), key=lambda flag: flag.answer.at if flag.answer else flag.at, reverse=True),
        answers_flags(user),
    )


def answer_flag(key: str, *, found: Found, reason: str, by: User) -> FlagAnswer:
    """Answer a flag that this person sees now."""
    flag = next((flag for flags in _flags(by) for flag in flags if flag.key == key), None)
    if flag is None:
        raise BadInput("This flag is not raised any more. Open the page again.")
    return FlagAnswer.objects.answer(key, about=flag.about[:300], parties=flag.parties, found=found, reason=reason, by=by)


def _flags(user: User) -> tuple[list[Flag], list[Flag]]:
    """Those of each kind that the reader sees, with their newest answers."""
    raised = [_rows(EACH_OTHER, [DAYS_OF_EACH_OTHER, MOST]), _rows(SLICES, {"days": DAYS_OF_SLICES, "most": MOST})]
    pairs = {(sort, pk) for rows in raised for row in rows for sort, pk in zip(row[1], row[2], strict=True)}
    things = _things(user, pairs)
    people = User.objects.in_bulk({pk for rows in raised for row in rows for pk in (*row[0], *row[4])})
    each_other, slices = ([flag for row in rows if (flag := _flag(row, things, people))] for rows in raised)
    keys = [flag.key for flag in (*each_other, *slices)]
    known = FlagAnswer.objects.visible_to(user).filter(key__in=keys).select_related("by").order_by("id")
    answers = {answer.key: answer for answer in known}
    for flag in (*each_other, *slices):
        flag.answer = answers.get(flag.key)
        flag.obstacle = FlagAnswer.objects.obstacle_to_answer(flag.parties, user)
    return each_other, slices


def _flag(row: tuple[Any, ...], things: dict[tuple[str, int], Row], people: dict[int, User]) -> Flag | None:
    """The flag of one row of the database; None when the reader does not see all that it names."""
    approvers, sorts, ids, at, askers, limit, total = row
    pairs = list(zip(sorts, ids, strict=True))
    if not set(pairs) <= things.keys():
        return None
    rows = [things[pair] for pair in pairs]
    known, each_other = all(one.named for one in rows), limit is None
    return Flag(
        content_of("flag", approvers=approvers, askers=askers, things=pairs, sliced=not each_other),
        rows,
        [people[pk] for pk in approvers] if known or not each_other else [],
        [people[pk] for pk in askers] if known else None,
        at,
        rows[-1].name,
        {*approvers, *askers},
        limit,
        total,
    )


def _things(user: User, pairs: set[tuple[str, int]]) -> dict[tuple[str, int], Row]:
    """What the reader sees of these requests and transfers."""
    requests = FundingRequest.objects.visible_to(user).with_people().filter(pk__in=[pk for sort, pk in pairs if sort == REQUEST])
    found = {
        (REQUEST, row.request.pk): Row(row.request, row.name, row.amount, row.request.currency, row.named)
        for row in request_rows(user, requests)
    }
    moved = [pk for sort, pk in pairs if sort == VIREMENT]
    for virement in Virement.objects.visible_to(user).with_pools().filter(pk__in=moved) if moved else ():
        name = Name(f"{virement.giver} → {virement.taker}", "")
        found[VIREMENT, virement.pk] = Row(virement, name, virement.amount, virement.giver.currency, True)
    return found


def _rows(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
