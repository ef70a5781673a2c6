"""One department's money in one fiscal year: its pools and those below it, by initiative, by period, and where it leads.

What the reader may not open is one line without a period, as in the journal; then there is no forecast either, for its pace would
tell when that money moved.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from initiatives.core import clock
from initiatives.funding import above
from initiatives.funding.models import Act, FiscalYear, Kind, Period, Pool, Transfer
from initiatives.funding.models.ledger import TransferQuerySet
from initiatives.funding.reports.forecast import Forecast, reckon
from initiatives.funding.reports.journals import NONE, THING, Given, Page, journal
from initiatives.funding.reports.pools import Pools, given, totalled
from initiatives.organization.models import Department, User
from initiatives.organization.purview import departments_below


@dataclass
class Flow:
    """What moved in one period: given to initiatives, ordered, paid. Reversals and credit notes are counted off."""

    period: Period | None  # None: what the reader may not open, whenever it moved
    before: bool = False  # of days before the year begins
    given: Decimal = NONE
    ordered: Decimal = NONE
    paid: Decimal = NONE

    def add(self, source: str, target: str, amount: Decimal) -> None:
        """Count what moved from one kind of account to another one."""
        for name, kinds in STAGES.items():
            into = (target in kinds) - (source in kinds)
            setattr(self, name, getattr(self, name) + into * amount)

    @property
    def is_empty(self) -> bool:
        return not (self.given or self.ordered or self.paid)


STAGES = {
    "given": (Kind.ALLOCATED, Kind.COMMITTED, Kind.SPENT),
    "ordered": (Kind.COMMITTED, Kind.SPENT),
    "paid": (Kind.SPENT,),
}


@dataclass
class Group:
    """The pools of one currency."""

    pools: list[Pool]
    given: list[Given]
    flows: list[Flow]
    forecast: Forecast | None  # withheld where some of the money is restricted

    @property
    def currency(self) -> str:
        return self.pools[0].currency

    @property
    def total(self) -> Flow:
        """All periods together: what the pools say."""
        allocated, paid = self._sum("allocated"), self._sum("spent")
        return Flow(None, given=allocated, ordered=paid + self._sum("committed"), paid=paid)

    def _sum(self, name: str) -> Decimal:
        return sum((getattr(pool, name) for pool in self.pools), NONE)


@dataclass
class DepartmentYear:
    department: Department
    pools: Pools
    groups: list[Group] = field(default_factory=list)
    journal: Page = field(default_factory=lambda: Page([]))
    act: str = ""
    period: Period | None = None
    acts: Collection[str] = tuple(Act.values)

    @property
    def several(self) -> bool:
        """Whether its pools keep several currencies."""
        return len(self.groups) > 1


@dataclass(frozen=True)
class Look:
    """Which part of the journal is shown: of one act, one period (its number), older than an entry; or all of it."""

    act: str = ""
    period: int = 0
    before: int | None = None


def department_year(
    user: User, department: Department, years: list[FiscalYear], year: FiscalYear | None, look: Look
) -> DepartmentYear:
    """The pools of the department and of those below it in this year."""
    rows = Pool.objects.visible_to(user).filter(year=year, department__in=departments_below({department.pk}))
    report = DepartmentYear(department, totalled(list(rows.in_order()), years, year))
    if year is None or not report.pools.rows:
        return report
    periods = list(Period.objects.filter(year=year).in_order())
    report.act = look.act if look.act in Act.values else ""
    report.period = next((one for one in periods if one.number == look.period), None)
    by_currency: dict[str, list[Pool]] = {}
    for pool in report.pools.rows:
        by_currency.setdefault(pool.currency, []).append(pool)
    report.groups = [_group(user, year, periods, by_currency[currency]) for currency in sorted(by_currency)]
    report.journal = _entries(user, report, look.before)
    return report


def _entries(user: User, report: DepartmentYear, before: int | None) -> Page:
    """Of one period only what the reader may open, but for finance: when the rest moved is not told."""
    one_by_one, found = user.standing.holds("finance"), Transfer.objects.filter(source__pool__in=report.pools.rows)
    found = found.filter(journal__act=report.act) if report.act else found
    if report.period is None:
        return journal(user, found, one_by_one=one_by_one, before=before)
    found = found.filter(journal__on__range=(report.period.starts, report.period.ends))
    page = journal(user, found, one_by_one=one_by_one, before=before)
    page.entries = [entry for entry in page.entries if one_by_one or entry.name != above.RESTRICTED]
    return page


def _group(user: User, year: FiscalYear, periods: list[Period], pools: list[Pool]) -> Group:
    moved = Transfer.objects.filter(source__pool__in=pools).filter(
        Q(source__cost_object__isnull=False) | Q(target__cost_object__isnull=False)
    )
    names = set()
    if not (sees := user.standing.holds("finance")):
        things = set(moved.order_by().annotate(thing=THING).values_list("thing", flat=True).distinct())
        names = set(above.names(user, things))
    early, hidden, paid = Flow(None, before=True), Flow(None), dict[date, Decimal]()
    flows = {period.number: Flow(period) for period in periods}
    for thing, on, source, target, amount in _sums(moved):
        if not sees and thing not in names:
            hidden.add(source, target, amount)
            continue
        period = next((one for one in periods if one.starts <= on <= one.ends), None)
        (flows[period.number] if period else early).add(source, target, amount)
        if Kind.SPENT in (source, target):
            month = on.replace(day=1)
            paid[month] = paid.get(month, NONE) + (amount if target == Kind.SPENT else -amount)
    figures = {name: sum((getattr(pool, name) for pool in pools), NONE) for name in ("committed", "appropriated")}
    forecast = None
    if hidden.is_empty:
        forecast = reckon(paid, figures["committed"], figures["appropriated"], clock.company_day(), year.ends)
    return Group(pools, given(user, pools)[0], [*_told(early), *flows.values(), *_told(hidden)], forecast)


def _told(flow: Flow) -> Iterator[Flow]:
    if not flow.is_empty:
        yield flow


def _sums(moved: TransferQuerySet) -> "Iterator[tuple[int, date, str, str, Decimal]]":
    """(cost object, day, kind before, kind after, amount), a row for each combination: one query."""
    rows = moved.order_by().annotate(thing=THING).values_list("thing", "journal__on", "source__kind", "target__kind")
    yield from rows.annotate(amount=Sum("amount"))
