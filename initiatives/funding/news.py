"""Who is told that a budget changed: who owns what the money is for, who leads its department, and who leads the pool's.

That a pool got or lost money is told to the CXO and finance as well, and to who asks it for money: without how much it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from initiatives.core import clock
from initiatives.duties import compose, post
from initiatives.duties.models import Letter
from initiatives.duties.schedule import next_morning
from initiatives.funding import above
from initiatives.funding.models import Act, FundingRequest, RequestLine, Transfer
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import Role, RoleKind, User

CHANGED = "budget_changed"  # the letter: templates/letters/budget_changed.txt
OF_A_POOL = (Act.APPROPRIATED, Act.CUT, Act.CARRIED, Act.BROUGHT)
BUDGETS = (*OF_A_POOL, Act.ALLOCATED, Act.RELEASED, Act.TRANSFERRED)  # acts that change how much somebody has to spend
BACK = timedelta(days=3)  # days that are looked at again, should nothing have run meanwhile
LINES = 30  # a letter names so many; the rest is counted


@dataclass(frozen=True)
class Line:
    """One change, under a name that the reader may know."""

    act: str
    amount: Decimal | None  # None: not for who only asks for money
    currency: str
    pool: str
    name: str
    url: str


def changes(day: date) -> list[Transfer]:
    """What changed budgets on this day, as the company counts days."""
    begins = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
    rows = Transfer.objects.filter(journal__at__gte=begins, journal__at__lt=begins + timedelta(days=1))
    rows = rows.filter(Q(journal__act__in=BUDGETS) | Q(journal__act=Act.REVERSED, journal__reverses__act__in=BUDGETS))
    along = ("source__pool__year", "source__pool__department", "source__cost_object", "target__cost_object", "journal")
    return list(rows.select_related(*along).order_by("pk"))


def concerned(rows: Iterable[Transfer]) -> list[tuple[Transfer, set[int]]]:
    """Each change with the ids of those whom it concerns, without who made it."""
    rows, held = list(rows), dict[tuple[str, int | None], set[int]]()
    roles = Role.objects.current().held_by_the_active()
    for kind, department, person in roles.values_list("kind", "department_id", "person_id"):
        held.setdefault((kind, department), set()).add(person)
    heads = {department: people for (kind, department), people in held.items() if kind == RoleKind.HEAD}
    heads[None] = held.get((RoleKind.CXO, None), set())
    asking, found = askers({row.source.pool_id for row in rows if row.journal.act in OF_A_POOL}), []
    for row in rows:
        thing, pool = row.target.cost_object or row.source.cost_object, row.source.pool
        people = set(heads.get(pool.department_id, ()))
        if row.journal.act in OF_A_POOL:
            people |= held.get((RoleKind.DEPUTY, pool.department_id), set()) | heads[None]
            people |= held.get((RoleKind.FINANCE, None), set()) | asking.get(pool.pk, {}).keys()
        if thing is not None:
            people |= {thing.owner_id} if thing.owner_id else set()
            people |= heads.get(thing.department_id, set()) if thing.department_id else set()
        found.append((row, people - {row.journal.by_id}))
    return found


def askers(pools: Iterable[int]) -> dict[int, dict[int, FundingRequest]]:
    """By pool, whose request to it is not decided yet, and which one."""
    lines = RequestLine.objects.filter(pool__in=pools, request__in=FundingRequest.objects.undecided()).select_related("request")
    found: dict[int, dict[int, FundingRequest]] = {}
    for line in lines.order_by("pk"):
        found.setdefault(line.pool_id, {})[line.request.requester_id] = line.request
    return found


def tell() -> int:
    """Write a letter to everybody whom the changes of the last days concern: one a person and day, for their next morning."""
    today, now, written = clock.company_day(), clock.now(), 0
    for back in range(BACK.days, 0, -1):
        day = today - timedelta(days=back)
        people = set().union(*(ids for _, ids in concerned(changes(day))))
        calendar = Calendar.of() if people else Calendar()
        for person in User.objects.filter(pk__in=people, is_active=True).order_by("pk"):
            key = f"{CHANGED} {person.pk} {day}"
            written += post.write(CHANGED, person, key, leaves_at=next_morning(now, person, calendar), day=str(day)) is not None
    return written


def lines(reader: User, day: date) -> list[Line]:
    """What changed that concerns the reader, as far as they may see it now."""
    mine = [row for row, people in concerned(changes(day)) if reader.pk in people]
    things = {row.pk: row.target.cost_object or row.source.cost_object for row in mine}
    names, found = above.names(reader, {thing.pk for thing in things.values() if thing}), list[Line]()
    asking = askers({row.source.pool_id for row in mine if things[row.pk] is None})
    for row in mine:
        thing, pool = things[row.pk], row.source.pool
        sees = thing is not None and thing.amounts_open_to(reader)
        act = f"{row.journal.get_act_display()}"
        if not sees and not pool.seen_by(reader):
            if request := asking.get(pool.pk, {}).get(reader.pk):
                found.append(Line(act, None, pool.currency, str(pool), f"{request}", request.get_absolute_url()))
            continue
        name = names.get(thing.pk, above.RESTRICTED).label if thing else ""
        url = thing.get_absolute_url() if thing and sees and thing.pk in names else pool.get_absolute_url()
        found.append(Line(act, row.amount, pool.currency, str(pool), name, url))
    return found


def facts(letter: Letter) -> dict[str, Any]:
    """What the letter says, read when it is sent."""
    if letter.recipient is None:
        raise compose.Needless("It has no reader.")
    day = date.fromisoformat(letter.context["day"])
    found = lines(letter.recipient, day)
    if not found:
        raise compose.Needless("Its reader may not see what changed any more.")
    return {"lines": found[:LINES], "count": len(found), "more": max(len(found) - LINES, 0), "day": day}


compose.fresh(CHANGED, facts)
