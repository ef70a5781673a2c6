"""The money of one cost object, for the page of what it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import Account, CostObject, FundingRequest, Kind, Pool, Transfer
from initiatives.funding.reports.journals import Entry, Given, journal
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


def money_panel(user: User, cost_object: CostObject, *, name: Name = above.RESTRICTED) -> Panel:
    """What templates/funding/cost_object.html shows, on the page of what the cost object stands for or on its own."""
    if not cost_object.amounts_open_to(user):
        return Panel(cost_object, open=False, name=name, may_ask=above.may_ask(user, cost_object))
    rows: dict[Pool, Given] = {}
    accounts = Account.objects.filter(cost_object=cost_object).select_related("pool__department", "pool__year")
    for account in accounts.order_by("pool_id"):
        row = rows.setdefault(account.pool, Given(name))
        setattr(row, "left" if account.kind == Kind.ALLOCATED else account.kind, account.balance)
    asked = FundingRequest.objects.visible_to(user).filter(cost_object=cost_object).with_people().newest_first()
    return Panel(
        cost_object,
        open=True,
        name=name,
        pools=list(rows.items()),
        requests=_rows_named(asked.with_lines(), name),
        obstacles={
            "commit": cost_object.obstacle_to_commit(user),
            "spend": cost_object.obstacle_to_spend(user),
            "release": cost_object.obstacle_to_release(user),
        },
        may_ask=above.may_ask(user, cost_object),
    )


def _rows_named(requests: Iterable[FundingRequest], name: Name) -> list[RequestRow]:
    return [RequestRow(request, name, request.total) for request in requests]


def cost_object_entries(user: User, cost_object: CostObject) -> list[Entry]:
    return journal(user, Transfer.objects.of_cost_object(cost_object), one_by_one=True)
