"""The money of one cost object, for the page of what it stands for."""

from dataclasses import dataclass, field
from decimal import Decimal

from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Account, CostObject, FundingRequest, Pool, Transfer
from initiatives.funding.models.idle import idle_accounts
from initiatives.funding.reports.forecast import Forecast, forecast
from initiatives.funding.reports.journals import NONE, Given, Page, journal
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
    forecast: Forecast | None = None
    idle: Decimal = NONE  # what lies in pools without a commitment for too long


def money_panel(user: User, cost_object: CostObject, *, name: Name = above.RESTRICTED) -> Panel:
    """What templates/funding/cost_object.html shows on the page of what the cost object stands for.

    Requests are listed while some of them wait; afterwards they stand on the cost object's own page.
    """
    if not cost_object.amounts_open_to(user):
        return Panel(cost_object, open=False, name=name, may_ask=above.may_ask(user, cost_object))
    requests = _requests(user, cost_object, name) if cost_object.asked else []
    return Panel(cost_object, open=True, name=name, requests=requests, may_ask=above.may_ask(user, cost_object))


def money_page(user: User, cost_object: CostObject, *, name: Name = above.RESTRICTED) -> Panel:
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
    panel.idle = sum((account.balance for account in idle_accounts().filter(cost_object=cost_object)), NONE)
    if rows:
        panel.forecast = forecast(cost_object, max(pool.year.ends for pool, _ in rows))
    panel.obstacles = {
        "commit": cost_object.obstacle_to_commit(user),
        "spend": cost_object.obstacle_to_spend(user),
        "release": cost_object.obstacle_to_release(user),
    }
    return panel


def _requests(user: User, cost_object: CostObject, name: Name) -> list[RequestRow]:
    asked = FundingRequest.objects.visible_to(user).filter(cost_object=cost_object).with_people().newest_first()
    return [RequestRow(request, name, request.total, named=True) for request in asked.with_lines()]


def cost_object_entries(user: User, cost_object: CostObject, *, before: int | None = None) -> Page:
    return journal(user, Transfer.objects.of_cost_object(cost_object), one_by_one=True, before=before)
