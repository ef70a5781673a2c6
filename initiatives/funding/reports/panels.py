"""The money of one cost object, for the page of what it stands for."""

from dataclasses import dataclass, field
from decimal import Decimal

from initiatives.core import clock
from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Account, CostObject, FundingRequest, Pool, Transfer
from initiatives.funding.models.figures import Sums
from initiatives.funding.models.idle import idle_of
from initiatives.funding.reports.currencies import Together, together
from initiatives.funding.reports.estimates import NEEDS_PROGRESS, Estimate, Method, estimate
from initiatives.funding.reports.forecast import Forecast, forecast
from initiatives.funding.reports.journals import Given, Page, journal
from initiatives.funding.reports.requests import RequestRow
from initiatives.organization.models import User


@dataclass
class Panel:
    """The money of one cost object. `open` False: its amounts are withheld from the reader."""

    cost_object: CostObject
    open: bool
    name: Name
    pools: list[tuple[Pool, Given]] = field(default_factory=list)
    requests: list[RequestRow] = field(default_factory=list)
    obstacles: dict[str, str | None] = field(default_factory=dict)
    may_ask: bool = False
    forecasts: list[tuple[str, Forecast | Estimate]] = field(default_factory=list)  # by currency
    method: Method = Method.PACE  # of the forecasts
    idle_days: int = 0
    idle: dict[str, Decimal] = field(default_factory=dict)  # what lies without a commitment for too long, by currency
    money: Together | None = None  # where there are several currencies

    @property
    def figures(self) -> list[Sums]:
        """In each currency, its own first; that one only if there is something in it, or in no other."""
        if self.money is None:
            return [self.cost_object]
        return [book.figures for book in self.money.books if book.figures.allocated] or [self.cost_object]

    @property
    def methods(self) -> list[tuple[str, str]]:
        """By which methods the reader may have the forecast reckoned, with their names."""
        return list(Method.choices)

    @property
    def committed(self) -> bool:
        """Whether anything is committed that may be given up."""
        return any(row.committed for _, row in self.pools)

    @property
    def groups(self) -> list[tuple[Sums, list[tuple[Pool, Given]]]]:
        """What pools gave, by currency, with the sums."""
        kept = [book.figures for book in self.money.books] if self.money else [self.cost_object]
        found = [(sums, [row for row in self.pools if row[0].currency == sums.currency]) for sums in kept]
        return [(sums, rows) for sums, rows in found if rows]


def money_panel(user: User, cost_object: CostObject, *, name: Name = above.RESTRICTED) -> Panel:
    """What templates/funding/cost_object.html shows on the page of what the cost object stands for.

    Requests are listed while some of them wait; afterwards they stand on the cost object's own page.
    """
    if not cost_object.amounts_open_to(user):
        return Panel(cost_object, open=False, name=name, may_ask=above.may_ask(user, cost_object))
    money = together(cost_object)
    asked = cost_object.asked or any(book.figures.asked for book in (money.books if money else ()))
    requests = _requests(user, cost_object, name) if asked else []
    return Panel(cost_object, open=True, name=name, requests=requests, may_ask=above.may_ask(user, cost_object), money=money)


def money_page(user: User, cost_object: CostObject, *, name: Name = above.RESTRICTED, method: Method = Method.PACE) -> Panel:
    """The panel on the cost object's own page: with what each pool gave, and which postings are open to the reader."""
    panel = money_panel(user, cost_object, name=name)
    if not panel.open:
        return panel
    panel.requests = panel.requests or _requests(user, cost_object, name)
    rows: dict[tuple[Pool, str], Given] = {}
    accounts = Account.objects.filter(cost_object=cost_object).select_related("pool__department", "pool__year")
    for account in accounts.order_by("pool_id"):
        rows.setdefault((account.pool, account.nature), Given(name, nature=account.nature)).add(account.kind, account.balance)
    panel.pools = [(pool, row) for (pool, _), row in rows.items()]
    lying, panel.idle = idle_of(cost_object)
    panel.idle_days = (clock.company_day() - lying[0].since).days if lying else 0
    _forecast(panel, user, method)
    panel.obstacles = {
        "commit": cost_object.obstacle_to_commit(user),
        "decommit": cost_object.obstacle_to_decommit(user),
        "spend": cost_object.obstacle_to_spend(user),
        "release": cost_object.obstacle_to_release(user),
    }
    return panel


def _forecast(panel: Panel, user: User, method: Method) -> None:
    """What it will have cost by this method, in each currency."""
    thing, panel.method = panel.cost_object, method
    progress = above.progress(user, thing) if method in NEEDS_PROGRESS else None
    for sums, given in panel.groups:
        until = max(pool.year.ends for pool, _ in given)
        found = forecast(thing, sums, until) if method == Method.PACE else estimate(method, sums, progress, thing.currency)
        panel.forecasts.append((sums.currency, found))


def _requests(user: User, cost_object: CostObject, name: Name) -> list[RequestRow]:
    asked = FundingRequest.objects.visible_to(user).filter(cost_object=cost_object).with_people().newest_first()
    return [RequestRow(request, name, request.total, named=True) for request in asked.with_lines()]


def cost_object_entries(user: User, cost_object: CostObject, *, before: int | None = None) -> Page:
    return journal(user, Transfer.objects.of_cost_object(cost_object), one_by_one=True, before=before)
