"""How the demo's money is kept: limits of authority, a delegate, guardrails, horizons, and pools with rules of their own."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from cxgov.demo.world import EQUIPMENT
from initiatives.core import clock
from initiatives.funding.models import (
    Account,
    ApprovalLimit,
    BudgetChange,
    CarryOver,
    ControlChange,
    CostObject,
    Delegation,
    ExchangeRate,
    FundingRequest,
    Guardrail,
    Kind,
    Period,
    Pool,
    Way,
)
from initiatives.journey.models import Stage as MapStage
from initiatives.portfolio.models import OVER, Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

AUDIT = "The audit of the spring asks for written limits."
LIMITS: list[tuple[str, str]] = [("head", "100000"), ("deputy", "25000"), ("finance", "500000")]
BANDS = [("pre_sale", 10, 40), ("post_sale", 50, 80), ("employee", 5, 15)]
BOARD = "As the board set it with the budget: not everything to the terminal."
NEW = "We only repair; the board wants a twentieth for what nobody does yet."
KEPT = "As finance and the heads agreed it with the budget of the year."
BARRIERS = "The supplier keeps the price until Friday; the board was asked by telephone and agreed."
LATER = "The hall is handed over a year late, and the shops open then."
FAIR = "The travel fair was cancelled; its stand is not paid."
SUMMER = "The board of Tuesday: two more security lanes before the summer."
HORIZONS = {
    "Order food to the gate": 2,
    "Help for passengers who need it, booked once": 2,
    "Loyalty across parking, shops and lounge": 2,
    "Biometric boarding for all": 3,
}  # the rest repairs what runs today


class Keeping:
    """The rules entered into the company's script, after the pools were opened and first drawn on."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(330, self.carry_forward)
        self.plan(328, self.close_last_year)
        self.plan(50, self.say_horizons)
        self.plan(48, self.propose_bands)
        self.plan(46, self.enter_rates)
        self.plan(45, self.confirm_bands)
        self.plan(44, self.keep_pools)
        for kind, amount in LIMITS:
            self.plan(34, partial(self.propose_limit, kind, amount, AUDIT))
        self.plan(38, self.pay_in_dollars)
        self.plan(31, self.confirm_limits)
        self.plan(20, self.let_pass)
        self.plan(5, self.ask_apart)
        self.plan(4, partial(self.band, "horizon_3", 5, 15, NEW))
        self.plan(3, partial(self.propose_limit, "deputy", "40000", "Deputies ask too often for small purchases."))
        self.plan(2, self.name_delegate)
        self.plan(1, self.change_budgets)

    def carry_forward(self) -> None:
        """The shops in the hall open a year later than planned; their money goes on."""
        left = Pool.objects.get(year=self.company.last_year)
        carry = CarryOver.objects.propose(left, left.free, by=self.company.finance, reason=LATER)
        carry.confirm(by=self.company.second_finance)

    def close_last_year(self) -> None:
        last = Period.objects.filter(year=self.company.last_year).latest("number")
        last.propose(by=self.company.finance)
        last.close(by=self.company.second_finance)

    def say_horizons(self) -> None:
        for initiative in Initiative.objects.exclude(status__in=OVER).order_by("pk"):
            horizon = {"horizon": HORIZONS.get(initiative.title, 1)}
            initiative.edit(horizon, version=initiative.version, by=self.company.cxo)

    def band(self, share: str, low: int, high: int, reason: str) -> Guardrail:
        year = self.company.year
        return Guardrail.objects.propose(year=year, share=share, low=low, high=high, reason=reason, by=self.company.finance)

    def propose_bands(self) -> None:
        for share, low, high in BANDS:
            self.band(share, low, high, BOARD)

    def confirm_bands(self) -> None:
        for band in Guardrail.objects.waiting().order_by("pk"):
            band.confirm(by=self.company.cxo)

    def keep_pools(self) -> None:
        """Marketing pays for stages before the sale only, Digital for what lasts only; Parking keeps a reserve, Terminal sows."""
        before = list(MapStage.objects.filter(kind="pre_sale"))
        self.keep("MKT", stages=before)
        self.keep("DIG", nature="capex")
        self.keep(EQUIPMENT, nature="capex")
        self.keep("TER", "warn", seed_limit=Decimal(5000), alert_levels=[50, 80, 95])
        self.keep("PAR", post_control="stop", post_limit=15, post_tolerance=10)

    def keep(self, code: str, control: str = "stop", stages: Sequence[MapStage] = (), **rules: Any) -> None:
        pool = Pool.objects.get(pk=self.company.pools[code].pk)
        asked = {"control": control, "tolerance": 5, "for_stages": stages, **rules}
        change = ControlChange.objects.propose(pool, by=self.company.finance, reason=KEPT, **asked)
        change.confirm(by=self.company.second_finance)

    def change_budgets(self) -> None:
        """Marketing gave back what the fair did not cost, and the CXO asks for more for the terminal."""
        cut = self.change("MKT", Way.CUT, 4_000, FAIR)
        cut.confirm(by=self.company.second_finance)
        self.change("TER", Way.RAISE, 60_000, SUMMER)

    def change(self, code: str, way: Way, amount: int, reason: str) -> BudgetChange:
        pool = self.company.pools[code]
        return BudgetChange.objects.propose(pool, way, Decimal(amount), by=self.company.cxo, reason=reason)

    def enter_rates(self) -> None:
        ExchangeRate.objects.enter("USD", clock.company_day(), Decimal("0.9215"), by=self.company.finance)

    def pay_in_dollars(self) -> None:
        """Airlines pay a part of the Wi-Fi at their gates, from the pool that is kept in their currency."""
        thing = Initiative.objects.get(title="Wi-Fi that signs in once").cost_object
        assert thing.owner is not None
        lines = [(self.company.pools["AIR"], Decimal(42_000))]
        request = FundingRequest.objects.draft(thing, lines=lines, purpose="Access points at the airlines’ gates", by=thing.owner)
        request.submit(by=thing.owner)
        request.approve(by=self.company.head("AIR"))
        request.approve(by=self.company.second_finance)
        thing.commit(self.company.pools["AIR"], Decimal(18_000), by=thing.owner, memo="Access points, pier B")

    def ask_apart(self) -> None:
        """The controllers of the Wi-Fi last for years, their care is paid each year: one request, one pool, two lines."""
        thing = Initiative.objects.get(title="Wi-Fi that signs in once").cost_object
        assert thing.owner is not None
        pool = self.company.pools["ITS"]
        lines = [(pool, Decimal(24_000), "capex"), (pool, Decimal(6_000), "opex")]
        request = FundingRequest.objects.draft(
            thing, lines=lines, purpose="Controllers for pier C and their care", by=thing.owner
        )
        request.submit(by=thing.owner)

    def propose_limit(self, kind: str, amount: str, reason: str) -> None:
        ApprovalLimit.objects.propose(kind=kind, amount=Decimal(amount), reason=reason, by=self.company.administrator)

    def confirm_limits(self) -> None:
        for limit in ApprovalLimit.objects.waiting().order_by("pk"):
            limit.confirm(by=self.company.cxo)

    def let_pass(self) -> None:
        """One order beyond the reserve of Parking, and why."""
        pool = self.company.pools["PAR"]
        given = Account.objects.filter(pool=pool, kind=Kind.ALLOCATED, balance__gte=4000).order_by("-balance", "pk")
        thing = CostObject.objects.get(pk=given.values("cost_object")[:1])
        thing.commit(pool, Decimal(4000), by=self.company.finance, memo="Barriers for two exits", because=BARRIERS)

    def name_delegate(self) -> None:
        today = clock.company_day()
        terms = {"starts": today, "ends": today + timedelta(days=14), "cap": Decimal(20_000)}
        head, delegate = self.company.head("ITS"), self.company.people["Sara Lind"]
        where = self.company.departments["ITS"]
        Delegation.objects.appoint(where, delegate, by=head, reason="On the supplier’s site until the servers run.", **terms)
