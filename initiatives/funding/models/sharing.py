"""How an actual that names no pool is shared by the pools that gave: by what each has committed and not yet paid."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from initiatives.core import clock
from initiatives.core.money import split
from initiatives.core.rules import RuleBroken
from initiatives.funding.models.accounts import Account, Kind, Move
from initiatives.funding.models.posting import Act, content_of
from initiatives.funding.models.years import nearest_day

Heap = tuple[int, str]  # a pool, and the kind of expenditure
Place = TypeVar("Place", int, Heap)
COMMITTED = "Committed and not spent"


def shares(amount: Decimal, left: Mapping[Place, Decimal]) -> dict[Place, Decimal]:
    """What each place pays of `amount`, by what it has left; exact to the cent, never more than it has, never nothing.

    Largest remainder method (Hamilton); where remainders are equal the place with the lower key pays the cent.
    """
    places = sorted(place for place, balance in left.items() if balance > 0)
    if amount > sum(left[place] for place in places):
        raise ValueError("There is not that much left.")
    parts = split(amount, [left[place] for place in places])
    return {place: part for place, part in zip(places, parts, strict=True) if part}


def paying(
    accounts: Iterable[Account],
    on: date | None,
    nature: str | None = None,
    *,
    kind: Kind = Kind.COMMITTED,
    act: Act = Act.SPENT,
) -> tuple[date, list[Account]]:
    """The day of an actual (today, or the nearest that a pool takes) and the committed accounts whose year takes it.

    All of them share it, or those of one kind of expenditure. Of another `kind` and `act`: those that take part in that one.
    """
    held = [account for account in accounts if account.kind == kind and account.balance > 0]
    held = held if nature is None else [account for account in held if account.nature == nature]
    if on is None and held:
        years, today = {account.pool.year for account in held}, clock.company_day()
        on = today if any(year.starts <= today <= year.ends for year in years) else nearest_day(years)
    day = on or clock.company_day()
    return day, [account for account in held if account.pool.year.obstacle_to_post(day, act) is None]


def moves_of(
    amount: Decimal, held: Iterable[Account], spent: Mapping[Heap, Account], currency: str, words: str = COMMITTED
) -> list[Move]:
    """The transfers of an actual that these accounts pay together, in the order of their pools."""
    sources = {(account.pool_id, account.nature): account for account in held}
    left = {place: account.balance for place, account in sources.items()}
    if amount > (most := sum(left.values(), Decimal(0))):
        raise RuleBroken(f"{words} are {most:,.2f} {currency} from all pools; {amount:,.2f} is more.")
    return [Move(sources[place], spent[place], part) for place, part in shares(amount, left).items()]


def signature(amount: Decimal, parts: Iterable[tuple[int, Decimal]]) -> str:
    """The hash of how an amount is shared, as somebody was shown it."""
    return content_of("share", amount=amount, parts=sorted([place, part] for place, part in parts))
