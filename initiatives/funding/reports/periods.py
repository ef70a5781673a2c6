"""The periods of a fiscal year, and what is in one that is to be closed."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from initiatives.core.models import Event
from initiatives.funding.models import Act, ActualLine, FiscalYear, Period, Pool, Transfer
from initiatives.organization.models import User


@dataclass
class Sums:
    """What was posted in one pool for one reason."""

    pool: Pool
    act: str
    entries: int
    amount: Decimal


@dataclass
class PeriodPage:
    period: Period
    sums: list[Sums]
    entries: int
    shown: str
    events: list[Event]
    obstacles: dict[str, str | None]
    before: list[Period]  # still open and closed along with it
    waiting: int = 0  # lines of finance's files of these days that are not in the ledger yet


def periods(year: FiscalYear) -> list[Period]:
    found = list(Period.objects.filter(year=year).with_people().in_order())
    counted = dict(
        Transfer.objects.filter(source__pool__year=year, journal__on__range=(year.starts, year.ends))
        .order_by()
        .values("journal__on")
        .annotate(n=Count("journal", distinct=True))
        .values_list("journal__on", "n")
    )
    for period in found:
        period.year = year
        period.posted = sum(n for on, n in counted.items() if period.starts <= on <= period.ends)
    return found


def period_page(user: User, period: Period) -> PeriodPage:
    entries = period.entries()
    rows = (
        Transfer.objects.filter(journal__in=entries, source__pool__year=period.year)
        .order_by("source__pool", "journal__act")
        .values_list("source__pool", "journal__act")
        .annotate(n=Count("journal", distinct=True), amount=Sum("amount"))
    )
    pools = Pool.objects.filter(year=period.year).in_order()
    named = {pool.pk: pool for pool in pools}
    order = {pk: place for place, pk in enumerate(named)}
    sums = [Sums(named[pool], str(Act(act).label), n, amount) for pool, act, n, amount in rows]
    sums.sort(key=lambda row: order[row.pool.pk])
    obstacles = {
        "propose": period.obstacle_to_propose(user),
        "close": period.obstacle_to_close(user),
        "keep_open": period.obstacle_to_keep_open(user),
    }
    before = [] if period.closed_at else period.closed_along()
    events = list(Event.objects.about(period).newest_first()[:20])
    waiting = ActualLine.objects.visible_to(user).unsettled().filter(day__range=(period.closes_from, period.ends)).count()
    return PeriodPage(period, sums, entries.count(), period.shown(), events, obstacles, before, waiting)
