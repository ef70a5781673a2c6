"""The market of transfers: what each pool offers and needs, for how long, and with whom a transfer could be begun."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Max, Min
from django.urls import reverse

from initiatives.core import clock
from initiatives.funding.models import Account, FundingRequest, Kind, Pool
from initiatives.funding.models.idle import idle_accounts, idle_parts, with_places
from initiatives.funding.models.listings import Listing, Want, may_publish
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User

NONE = Decimal("0.00")
MOST_PARTNERS = 3  # that are named beside one need


@dataclass
class Place:
    """What one pool offers, or needs. Amounts that the reader has no right to are None; what was published is for all."""

    pool: Pool
    listing: Listing | None
    amount: Decimal | None  # free and not asked; asked beyond what is free
    idle: Decimal | None
    days: int = 0  # working days for which it stands so
    partners: list[tuple[str, str]] = field(default_factory=list)  # with whom a transfer could be begun, and the form for it
    may_withdraw: bool = False

    @property
    def told(self) -> Decimal:
        """The amount with which a transfer is begun: what was published, else what the books say."""
        return self.listing.amount if self.listing else self.amount or NONE


@dataclass
class Market:
    offers: list[Place]
    needs: list[Place]
    mine: list[Pool]  # of which the reader may publish something


def market(user: User) -> Market:
    """Of the years that last."""
    today = clock.company_day()
    seen = {pool.pk: pool for pool in Pool.objects.visible_to(user).filter(year__ends__gte=today).in_order()}
    rows = Listing.objects.visible_to(user).standing().filter(pool__year__ends__gte=today)
    listed = {(row.pool_id, row.want): row for row in rows.select_related("by", "pool__year", "pool__department").order_by("pk")}
    pools = seen | {row.pool_id: row.pool for row in listed.values() if row.pool_id not in seen}
    idle, calendar = _idle(seen), Calendar.of()
    offers, needs = list[Place](), list[Place]()
    since = {Want.OFFER: _moved(seen), Want.NEED: _asked(seen)}
    for want, places in ((Want.OFFER, offers), (Want.NEED, needs)):
        for pk, pool in pools.items():
            listing = listed.get((pk, want))
            over = (pool.free - pool.asked if want == Want.OFFER else pool.asked - pool.free) if pk in seen else None
            lying = idle.get(pk, NONE) if pk in seen and want == Want.OFFER else None
            if listing is None and (over is None or over <= 0) and not lying:
                continue
            began = clock.day_of(listing.at) if listing else since[want].get(pk, today)
            place = Place(pool, listing, None if over is None else max(over, NONE), lying)
            place.days = calendar.working_days_between(began, today)
            place.may_withdraw = listing is not None and may_publish(pool, user)
            places.append(place)
    mine = [pool for pool in seen.values() if may_publish(pool, user)]
    if user.has_perm("funding.propose_virement"):
        _introduce(offers, needs, mine)
    for places in (offers, needs):
        places.sort(key=lambda place: (place.listing is None, -place.told))
    return Market(offers, needs, mine)


def _moved(pools: Iterable[int]) -> dict[int, date]:
    """By pool, the day of the last entry on its free money."""
    accounts = Account.objects.filter(pool__in=pools, kind=Kind.AVAILABLE)
    days: dict[int, date] = {}
    for side in ("outgoing", "incoming"):
        for pool, day in accounts.order_by().values_list("pool").annotate(day=Max(f"{side}__journal__on")):
            if day is not None:
                days[pool] = max(day, days.get(pool, day))
    return days


def _asked(pools: Iterable[int]) -> dict[int, date]:
    """By pool, the day of the oldest request that waits."""
    waiting = FundingRequest.objects.undecided().filter(lines__pool__in=pools).order_by()
    found = waiting.values_list("lines__pool").annotate(since=Min("submitted_at"))
    return {pool: clock.day_of(since) for pool, since in found if since is not None}


def _idle(pools: Iterable[int]) -> dict[int, Decimal]:
    """By pool, how much of what it gave lies idle."""
    found: dict[int, Decimal] = {}
    for account, part in idle_parts(with_places(idle_accounts().filter(pool__in=pools))):
        found[account.pool_id] = found.get(account.pool_id, NONE) + part
    return found


def _introduce(offers: list[Place], needs: list[Place], mine: list[Pool]) -> None:
    """Name with each need the largest offers that fit, and with each offer the reader's own pool, else the largest need."""
    giving = sorted((place for place in offers if place.told), key=lambda place: -place.told)
    wanting = sorted((place for place in needs if place.told), key=lambda place: -place.told)
    for need in needs:
        fitting = [offer for offer in giving if _fit(offer.pool, need.pool)]
        need.partners = [_begin(offer, need, offer.pool.owner_name) for offer in fitting[:MOST_PARTNERS]]
    own = {pool.pk for pool in mine}
    for offer in giving:
        fitting = [need for need in wanting if _fit(offer.pool, need.pool)]
        fitting.sort(key=lambda need: need.pool.pk not in own)
        others = [Place(pool, None, offer.told, None) for pool in mine if _fit(offer.pool, pool)]
        offer.partners = [_begin(offer, need, need.pool.owner_name) for need in [*fitting, *others][:1]]


def _fit(giver: Pool, taker: Pool) -> bool:
    return giver.pk != taker.pk and (giver.year_id, giver.currency) == (taker.year_id, taker.currency)


def _begin(offer: Place, need: Place, words: str) -> tuple[str, str]:
    """The form of a transfer with both sides filled in. How much is asked and offered stands on this page already."""
    said = offer.listing or need.listing
    reason = said.reason[:500] if said else ""
    asked = {"giver": offer.pool.pk, "taker": need.pool.pk, "amount": min(offer.told, need.told), "reason": reason}
    return words, f"{reverse('funding:virement_propose')}?{urlencode(asked)}"
