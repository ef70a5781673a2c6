"""The market of transfers: what the holder of a pool publishes, an amount that it could give or that it needs, until a day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.core.triggers import with_refusals
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

LONGEST = timedelta(days=180)


class Want(models.TextChoices):
    OFFER = "offer", "Offers"
    NEED = "need", "Needs"


def may_publish(pool: Pool, by: User) -> bool:
    """Who heads the pool's department, or its deputies; the CXO for the central pool."""
    if not handles_money(by):
        return False
    return by.standing.heads_department(pool.department_id) if pool.department_id else by.standing.holds("cxo")


class ListingQuerySet(models.QuerySet["Listing"]):
    def visible_to(self, user: User) -> Self:
        """Everybody who leads a department, and who answers for the company's money: that is what it is published for."""
        may = bool(user.standing.heads) or user.standing.holds(*SEE_ALL_MONEY)
        return self if user.is_active and may else self.none()

    def standing(self) -> Self:
        """Not taken back, and not over."""
        return self.filter(withdrawn_by=None, until__gte=clock.company_day())

    def obstacle_to_publish(self, pool: Pool, by: User) -> str | None:
        """Say in one sentence why `by` cannot publish anything of this pool, or None."""
        if not may_publish(pool, by):
            return "Only who leads the department publishes what its pool offers or needs; of the central pool the CXO."
        return f"{pool.year} is over." if pool.year.ends < clock.company_day() else None

    @transaction.atomic
    def publish(self, pool: Pool, want: Want, amount: Decimal, until: date, *, by: User, reason: str) -> "Listing":
        """Let all who lead departments know that the pool could give so much, or needs it, until this day. Nothing moves yet."""
        amount, today = exact(amount), clock.company_day()
        pool.lock()
        if obstacle := self.obstacle_to_publish(pool, by):
            raise RuleBroken(obstacle)
        if not today <= until <= today + LONGEST:
            raise BadInput(f"Name a day from today on, at most {LONGEST.days} days ahead.", field="until")
        if self.standing().filter(pool=pool, want=want).exists():
            raise RuleBroken("The pool has published one already; withdraw it first.")
        if want == Want.OFFER and (short := pool.shortage(amount, to=by)):
            raise RuleBroken(short)
        one = self.create(pool=pool, want=want, amount=amount, until=until, by=by, reason=reason_given(reason))
        one.record("published", by=by, reason=one.reason, **one.facts())
        return one


LISTINGS_STAY = pgtrigger.Trigger(
    name="listings_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' THEN
            IF NEW.withdrawn_by_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM organization_role role JOIN funding_pool pool ON pool.id = NEW.pool_id
                WHERE role.person_id = NEW.by_id AND (role.ends IS NULL OR role.ends > role.starts)
                    AND CASE WHEN pool.department_id IS NULL THEN role.kind = 'cxo'
                        ELSE role.kind IN ('head', 'deputy') AND role.department_id = pool.department_id END)
            THEN REFUSE published_by_its_holder;
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.withdrawn_by_id IS NOT NULL OR NEW.withdrawn_by_id IS NULL
            OR (NEW.pool_id, NEW.want, NEW.amount, NEW.until, NEW.reason, NEW.by_id, NEW.at)
                IS DISTINCT FROM (OLD.pool_id, OLD.want, OLD.amount, OLD.until, OLD.reason, OLD.by_id, OLD.at)
        THEN REFUSE what_is_published_stays;
        END IF;
        RETURN NEW;
    """,
        published_by_its_holder="Who leads a department publishes what its pool offers or needs; of the central pool the CXO.",
        what_is_published_stays="What was published is not edited; it is withdrawn and published anew.",
    ),
)


class Listing(Recorded):
    """That a pool offers, or needs, so much until a day, and why. Never edited; withdrawn at most once."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="listings")
    want = models.CharField(max_length=5, choices=Want)
    amount = AmountColumn()
    until = models.DateField()
    reason = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("listed_amounts_are_positive", "The amount must be greater than zero.")
            ),
            models.CheckConstraint(condition=Q(want__in=Want.values), name=says("a_want", "A pool offers or needs.")),
            models.CheckConstraint(condition=~Q(reason=""), name=says("listed_for_a_reason", "Give the reason.")),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None) | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name=says("withdrawn_by_somebody", "It is withdrawn by somebody, at an instant."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, LISTINGS_STAY]

    def __str__(self) -> str:
        return f"{self.pool} {self.get_want_display().lower()} {self.amount:,.2f} {self.pool.currency}"

    def get_absolute_url(self) -> str:
        return reverse("funding:market")

    def facts(self) -> dict[str, str]:
        """What the audit trail keeps of it."""
        words = f"{self.get_want_display().lower()} {self.amount:,.2f} {self.pool.currency}"
        return {"pool": str(self.pool), "what": words, "until": str(self.until)}

    def obstacle_to_withdraw(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot take it back, or None."""
        if not may_publish(self.pool, by):
            return "Only who leads the department withdraws it; of the central pool the CXO."
        return "It is withdrawn already." if self.withdrawn_by_id else None

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it off the market."""
        self.lock()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        reason = reason_given(reason)
        self.withdrawn_by, self.withdrawn_at = by, clock.now()
        self.save(update_fields=["withdrawn_by", "withdrawn_at"])
        self.record("withdrawn", by=by, reason=reason, **self.facts())
