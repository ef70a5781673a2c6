"""What a request is made of: lines by pool, approvals given, and receipts of the forms that were sent."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, NamedTuple

from django.db import models
from django.db.models import F, Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.money import AmountColumn
from initiatives.core.rules import says
from initiatives.funding.models.authority import BOTH_APART, WITHIN_AUTHORITY
from initiatives.funding.models.natures import A_NATURE, Nature
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Keyed
from initiatives.funding.models.request_laws import DUTIES_APART, LINES_STAY
from initiatives.funding.models.step_rules import Signer
from initiatives.organization.models import User
from initiatives.organization.models.roles import today


class State(models.TextChoices):
    """Where a request stands. Only what is drafted, submitted or returned can still become something else."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    ALLOCATED = "allocated", "Allocated"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RETURNED = "returned", "Returned with a question"
    EXPIRED = "expired", "Expired"


class Step(models.TextChoices):
    """What an approval is: first each pool's budget, then the further steps, at last finance."""

    BUDGET = "budget", "Budget"
    FURTHER = "further", "Signature"
    FINANCE = "finance", "Finance"


class RequestLine(models.Model):
    """How much of a request one pool is asked for; what is asked of it for each kind of expenditure is a line of its own."""

    request = models.ForeignKey("funding.FundingRequest", models.PROTECT, related_name="lines")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="lines")
    amount = AmountColumn()
    nature = models.CharField(max_length=5, choices=Nature, blank=True)  # capital, operating, or not divided

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "pool", "nature"],
                name=says("one_line_per_kind", "Each pool is asked once for each kind of expenditure; add the amounts up."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("asked_amounts_are_positive", "The amount must be greater than zero.")
            ),
            models.CheckConstraint(
                condition=A_NATURE, name=says("asked_of_a_kind", "Money is capital, operating, or not divided.")
            ),
        ]
        triggers: ClassVar = [LINES_STAY]

    def __str__(self) -> str:
        return f"{self.amount} from {self.pool}"


class Part(NamedTuple):
    """What a request asks of one pool, all kinds of expenditure together: what is approved, and measured against the pool."""

    pool: Pool
    amount: Decimal


def parts_of(lines: Iterable[RequestLine]) -> list[Part]:
    """These lines added up by pool, in their order."""
    sums: dict[Pool, Decimal] = {}
    for line in lines:
        sums[line.pool] = sums.get(line.pool, Decimal(0)) + line.amount
    return [Part(pool, amount) for pool, amount in sums.items()]


class Approval(models.Model):
    """One yes: to which step, by whom, and the hash of what that person was shown."""

    request = models.ForeignKey("funding.FundingRequest", models.PROTECT, related_name="approvals")
    step = models.CharField(max_length=8, choices=Step)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, related_name="+")
    further = models.PositiveSmallIntegerField(null=True)  # which of the request's further steps, from 1
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # for whom a delegate approved
    limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # up to which it could be given; null: any amount
    shown = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, editable=False)
    day = models.DateField(null=True, default=today, editable=False)  # the company's, by which roles and limits counted

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "by"], name=says("nobody_approves_twice", "Nobody approves a request twice.")
            ),
            models.UniqueConstraint(
                fields=["request", "step", "pool", "further"],
                nulls_distinct=False,
                name=says("one_approval_a_step", "Somebody else gave this approval already."),
            ),
            models.CheckConstraint(
                condition=Q(step=Step.BUDGET, pool__isnull=False, further=None)
                | Q(step=Step.FURTHER, further__isnull=False)
                | Q(step=Step.FINANCE, pool=None, further=None),
                name=says("budget_is_of_a_pool", "A budget approval names its pool."),
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("by")),
                name=says("approved_for_another", "A delegate is another person than whom they decide for."),
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, DUTIES_APART, BOTH_APART, WITHIN_AUTHORITY]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.by}"

    @property
    def words(self) -> str:
        """Which step it was; of a further one, who was to sign."""
        if self.further is None:
            return self.get_step_display()
        return Signer(self.request.steps[self.further - 1]["signer"]).label


class Receipt(Keyed):
    """That an act on a request was done, so that the same form sent twice does it once."""

    request = models.ForeignKey("funding.FundingRequest", models.PROTECT, related_name="receipts")
    act = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name=says("one_receipt_per_key", "This form was already sent."))
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.act}, {self.at:%Y-%m-%d}"
