"""The figures of a cost object: what was given, what of it is used, and what may not be committed yet."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn
from initiatives.funding.models.posting import Act

ROLLUPS = ("asked", "allocated", "committed", "spent")
ADDS_UP = Q(asked__gte=0, committed__gte=0, spent__gte=0, allocated__gte=F("committed") + F("spent"))


class Sums(models.Model):
    """What is asked, given, promised and paid in one currency; the database keeps it."""

    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    asked = AmountColumn(default=Decimal(0), editable=False)
    allocated = AmountColumn(default=Decimal(0), editable=False)
    committed = AmountColumn(default=Decimal(0), editable=False)
    spent = AmountColumn(default=Decimal(0), editable=False)

    class Meta:
        abstract = True

    @property
    def uncommitted(self) -> Decimal:
        """What was given and is neither promised nor paid."""
        return self.allocated - self.committed - self.spent


class Stopped(models.TextChoices):
    """Why nothing is committed for a cost object: what it stands for rests, or has ended."""

    PAUSED = "paused", "The work is paused"
    OVER = "over", "The work is over"


class Figures(Recorded, Sums):
    """What the database counts in the own currency, in how many others there is money, what gates hold, whether work rests."""

    held = AmountColumn(default=Decimal(0), editable=False)
    stopped = models.CharField(max_length=6, choices=Stopped, blank=True, default="", db_default="", editable=False)
    other_currencies = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def open_to_commit(self) -> Decimal:
        """What may be promised today: what is given and neither promised, paid nor held by a gate."""
        return max(self.uncommitted - self.held, Decimal(0))

    @property
    def obstacle_to_promise(self) -> str | None:
        """Say in one sentence why nobody promises this money to anybody now, or None. What is promised already is paid."""
        return f"{self.get_stopped_display()}; nothing is committed for it." if self.stopped else None

    def obstacle_to_hold(self, amount: Decimal) -> str | None:
        """Say in one sentence why gates cannot hold so much back, or None: what is promised or paid is not held any more."""
        used = self.committed + self.spent
        if amount and used and self.allocated < amount + used:
            return (
                f"{self.currency} {used:,.2f} of {self.allocated:,.2f} is committed or spent already; {amount:,.2f} is not left."
            )
        return None

    def obstacle_to_use(self, act: Act, amount: Decimal, currency: str) -> str | None:
        """Say what gates keep from being committed, or given back, or None. In other currencies they hold all until the last."""
        if not self.held or act not in (Act.COMMITTED, Act.RELEASED):
            return None
        if currency != self.currency:
            return f"{currency} is not committed before the last gate lets its tranche go." if act == Act.COMMITTED else None
        if amount <= self.open_to_commit:
            return None
        return f"{self.currency} {self.open_to_commit:,.2f} is open; {self.held:,.2f} is held until a gate lets it go."
