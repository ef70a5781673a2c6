"""The shares of a year's money beside their guardrails, today and with a request that is being decided."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings

from initiatives.funding import above
from initiatives.funding.models import FiscalYear, FundingRequest, Guardrail, State
from initiatives.funding.models.guardrails import Share, may_propose
from initiatives.funding.reports.currencies import Counted, in_one_currency
from initiatives.funding.reports.so_far import Asked, given
from initiatives.journey.models import Stage
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

NONE, HUNDRED = Decimal(0), Decimal(100)
STAGES, HORIZONS = list(Share)[:3], list(Share)[3:]
NO_STAGE, NO_HORIZON = "no_stage", "no_horizon"
OPENED = (*Share.values, NO_STAGE, NO_HORIZON)  # what a figure of the page is about


@dataclass
class Money:
    """What is allocated in a year, in all and by share, in the company's currency. Each stage of several counts alike."""

    total: Decimal = NONE
    by_share: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(OPENED, NONE))

    @property
    def no_stage(self) -> Decimal:
        return self.by_share[NO_STAGE]

    @property
    def no_horizon(self) -> Decimal:
        return self.by_share[NO_HORIZON]

    def percent(self, amount: Decimal) -> Decimal | None:
        """Of all that is allocated, to a tenth; None while nothing is."""
        return (amount * HUNDRED / self.total).quantize(Decimal("0.1")) if self.total else None


def pieces(amounts: Mapping[int, Decimal]) -> Iterator[tuple[int, str, Decimal]]:
    """These amounts, by cost object, each with the share in which it counts: one of a stage or none, one of a horizon or none."""
    aims = above.aims(amounts)
    known = {stage for aim in aims.values() for stage in aim.stages}
    kinds = dict(Stage.objects.filter(pk__in=known).values_list("pk", "kind")) if known else {}
    for thing, amount in amounts.items():
        aim = aims.get(thing, above.Aims())
        for stage in aim.stages:
            yield thing, kinds[stage], amount / len(aim.stages)
        if not aim.stages:
            yield thing, NO_STAGE, amount
        yield thing, f"horizon_{aim.horizon}" if aim.horizon else NO_HORIZON, amount


def counted(amounts: Mapping[int, Decimal]) -> Money:
    """These amounts, counted by what each of them is for."""
    money = Money(sum(amounts.values(), NONE))
    for _, share, amount in pieces(amounts):
        money.by_share[share] += amount
    return money


def made_of(user: User, amounts: Mapping[int, Decimal], share: str) -> list[tuple[above.Name, Decimal]]:
    """What one share is made of, the most first; what the reader may not open is one line, without its name."""
    sums: dict[int, Decimal] = {}
    for thing, counts_in, amount in pieces(amounts):
        if counts_in == share:
            sums[thing] = sums.get(thing, NONE) + amount
    names = above.names(user, sums)
    rows = [(names[thing], amount) for thing, amount in sums.items() if thing in names]
    if hidden := sum((amount for thing, amount in sums.items() if thing not in names), NONE):
        rows.append((above.RESTRICTED, hidden))
    return sorted(rows, key=lambda row: (-row[1], row[0].label))


@dataclass
class Row:
    """One share beside its band, where there is one."""

    share: Share
    amount: Decimal
    percent: Decimal | None
    band: Guardrail | None

    @property
    def outside(self) -> str:
        """Below or above the band; nothing within it."""
        if self.band is None or self.percent is None or self.band.low <= self.percent <= self.band.high:
            return ""
        return "below" if self.percent < self.band.low else "above"


def rows_of(money: Money, bands: Mapping[str, Guardrail], shares: Iterable[Share] = Share) -> list[Row]:
    amounts = money.by_share
    return [Row(share, amounts[share], money.percent(amounts[share]), bands.get(share)) for share in shares]


@dataclass
class GuardrailPage:
    year: FiscalYear
    money: Money
    stages: list[Row]
    horizons: list[Row]
    waiting: list[tuple[Guardrail, str | None]]  # with what keeps the reader from deciding
    may_propose: bool
    of: str  # the share that is opened
    parts: list[tuple[above.Name, Decimal]]  # what it is made of
    counted: Counted
    currency: str = settings.CURRENCY

    @property
    def opened(self) -> str:
        return str(Share(self.of).label)

    @property
    def outside(self) -> list[Row]:
        return [row for row in (*self.stages, *self.horizons) if row.outside]

    @property
    def kept(self) -> int:
        """How many bands there are."""
        return sum(row.band is not None for row in (*self.stages, *self.horizons))


def guardrail_page(user: User, year: FiscalYear, of: str = "") -> GuardrailPage:
    """The year's shares beside their bands; with `of`, what that share is made of."""
    found, bands = given(year.pk), in_force([year.pk])
    money, parts = counted(found.amounts), made_of(user, found.amounts, of) if of else []
    waiting = Guardrail.objects.waiting().filter(year=year).select_related("by").order_by("share", "id")
    asked = [(band, band.obstacle_to_decide(user)) for band in waiting]
    rows = rows_of(money, bands, STAGES), rows_of(money, bands, HORIZONS)
    return GuardrailPage(year, money, *rows, asked, may_propose(user), of, parts, found)


def in_force(years: Iterable[int]) -> dict[str, Guardrail]:
    return {band.share: band for band in Guardrail.objects.in_force().filter(year__in=years)}


def outside_now(user: User, year: FiscalYear) -> tuple[int, int] | None:
    """How many bands the year's money is outside of, and of how many; None for who may not know, and while there are none."""
    if not user.standing.holds(*SEE_ALL_MONEY) or not (bands := in_force([year.pk])):
        return None
    return sum(bool(row.outside) for row in rows_of(counted(given(year.pk).amounts), bands)), len(bands)


def warnings(user: User, request: FundingRequest, lines: Iterable[Asked]) -> list[str]:
    """Of which bands the money of its year would be outside with these lines, and what no rate lets be counted.

    Bands, shares and sums of the company are for who answers for its money; others read no figure from which to infer one.
    """
    if request.state not in (State.SUBMITTED, State.RETURNED):
        return []
    found: list[str] = []
    lines = list(lines)
    for year in sorted({line.pool.year_id for line in lines}):
        if bands := in_force([year]):
            mine = [(request.cost_object_id, line.pool.currency, line.amount) for line in lines if line.pool.year_id == year]
            now, asked = given(year), in_one_currency(mine)
            open_ = user.standing.holds(*SEE_ALL_MONEY)
            found += _would_be(bands, now.amounts, asked.amounts, figures=open_)
            found += [f"{one} of this request has no exchange rate: guardrails do not count it." for one in asked.unpriced]
            found += [
                f"{one} is allocated without an exchange rate: guardrails do not count it." for one in now.unpriced if open_
            ]
    return found


def _would_be(
    bands: Mapping[str, Guardrail], now: Mapping[int, Decimal], asked: Mapping[int, Decimal], *, figures: bool
) -> Iterator[str]:
    then = {thing: now.get(thing, NONE) + asked.get(thing, NONE) for thing in {*now, *asked}}
    before = {row.share: row for row in rows_of(counted(now), bands)}
    for row in rows_of(counted(then), bands):
        if row.outside and row.band and figures:
            said = f"{row.share.label} would be {row.outside} their guardrail of {row.band.low} to {row.band.high} %"
            yield f"{said}: {before[row.share].percent or '0.0'} % now, {row.percent} % with this."
        elif row.outside:
            yield f"{row.share.label} would be outside their guardrail."
