"""What the demo's departments gave each other from their pools: one transfer made, one that waits for the other
side; and what two of them publish on the market."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from initiatives.funding.models import Listing, Virement
from initiatives.funding.models.listings import Want

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

PROMISE = "The shuttle’s promise stands on our signs; the buses that keep it are yours."
SENSORS = "The queue sensors run on our servers, but the hours saved are at your checkpoints."


class Transfers:
    """The transfers entered into the company's script, after the pools were opened."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(41, partial(self.propose, "MKT", "TRN", "20000", PROMISE))
        self.plan(39, partial(self.agree, "TRN"))
        self.plan(6, partial(self.publish, "MKT", Want.OFFER, "25000", "The autumn campaign was cheaper than planned."))
        self.plan(5, partial(self.publish, "SEC", Want.NEED, "40000", "Two more lanes before the summer."))
        self.plan(3, partial(self.propose, "ITS", "SEC", "15000", SENSORS))

    def propose(self, giver: str, taker: str, amount: str, reason: str) -> None:
        pools = self.company.pools
        Virement.objects.propose(pools[giver], pools[taker], Decimal(amount), reason=reason, by=self.company.head(giver))

    def publish(self, code: str, want: Want, amount: str, reason: str) -> None:
        until = self.company.today + timedelta(days=30)
        Listing.objects.publish(self.company.pools[code], want, Decimal(amount), until, by=self.company.head(code), reason=reason)

    def agree(self, taker: str) -> None:
        virement = Virement.objects.waiting().with_pools().get(taker=self.company.pools[taker])
        virement.agree(by=self.company.head(taker))
