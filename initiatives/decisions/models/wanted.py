"""Which decisions must say what was weighed: gates, transfers and overrides always, money above the company's bound.

Who decided is asked after the act, so that no gate and no payment waits for a paper; the ask is chased like every other.
"""

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Sum

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Event, EventQuerySet, Recorded
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.decisions.models.log import WEIGH, Outcome, Paper
from initiatives.duties.models import Obligation
from initiatives.funding.models import CostObject, FundingRequest, Virement
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Role, RoleKind, User
from initiatives.portfolio.models import Initiative

DAYS_TO_WEIGH = 5
DAYS_LOOKED_BACK = 60  # older decisions that nobody was asked about are not dug out
GIVEN = f"{FundingRequest._meta.label_lower}.allocated"
ALWAYS = tuple(
    f"{model._meta.label_lower}.{act}"
    for model, act in ((FundingRequest, "exempted"), (CostObject, "let_pass"), (Virement, "made"), (Initiative, "gate_decided"))
)


class PaperBoundQuerySet(models.QuerySet["PaperBound"]):
    def visible_to(self, user: User) -> Self:
        """Everybody with a role: it says of what papers are asked."""
        return self if user.is_active and user.standing.anywhere else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    @transaction.atomic
    def put(self, amount: Decimal, *, reason: str, by: User) -> "PaperBound":
        """Ask for papers of money above this amount from now on; decisions taken before stay under the bound of their time."""
        by.lock()
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO says above which amount papers are asked for.")
        if amount < 0:
            raise BadInput("The amount is not below zero.", field="amount")
        bound = self.create(amount=amount, reason=reason_given(reason), by=by)
        bound.record("put", by=by, reason=bound.reason, amount=str(amount))
        return bound


class PaperBound(Recorded):
    """Above which amount money that is given must say what was weighed, from an instant on. Rows are only ever added.

    The first is written by the installation: what was decided before it is not asked about.
    """

    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = PaperBoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=0), name=says("paper_bound_not_negative", "The amount is not below zero.")
            ),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {settings.CURRENCY}"


def _above(amount: Decimal) -> models.QuerySet[FundingRequest]:
    """Requests for more than this; in another currency than the company's, whatever their amount."""
    sums = FundingRequest.objects.annotate(wanted=Sum("lines__amount"))
    return sums.filter(Q(wanted__gt=amount) | ~Q(currency=settings.CURRENCY))


def wanted(found: EventQuerySet) -> EventQuerySet:
    """Of these decisions, those that must say what was weighed, by the bound of when they were taken."""
    bounds = list(PaperBound.objects.order_by("at", "pk").values_list("at", "amount"))
    if not bounds:
        return found.none()
    asked = Q(verb__in=ALWAYS, at__gte=bounds[0][0])
    ends = [at for at, _ in bounds[1:]]
    for number, (starts, amount) in enumerate(bounds):
        part = Q(verb=GIVEN, at__gte=starts, subject_id__in=_above(amount).values("pk"))
        asked |= part & Q(at__lt=ends[number]) if number < len(ends) else part
    return found.filter(asked)


def lacking(found: EventQuerySet) -> EventQuerySet:
    """Of these decisions, those whose paper is missing or not complete: it says why, and when to look at it again."""
    complete = Paper.objects.newest().filter(event=OuterRef("pk")).exclude(review_on=None, outcome=Outcome.NONE)
    return wanted(found).filter(~Exists(complete))


def ask_for_papers() -> int:
    """Ask who decided for the papers that are missing, the CXO for those who left; again, it does nothing."""
    asked = Obligation.objects.filter(kind=WEIGH, subject_type=Event._meta.label_lower, subject_id=OuterRef("pk"))
    recent = Event.objects.filter(at__gte=clock.now() - timedelta(days=DAYS_LOOKED_BACK))
    found = list(lacking(recent).filter(~Exists(asked)).select_related("actor").order_by("pk"))
    cxos = Role.objects.people(RoleKind.CXO) if found else []
    for event in found:
        decided = [event.actor] if event.actor and event.actor.is_active else cxos
        Obligation.objects.open_for(
            decided,
            WEIGH,
            event,
            due_on=working_days_after(clock.today(), DAYS_TO_WEIGH),
            words=f"Say what was weighed in the decision of {event.at:%-d %b %Y}",
            url=Paper(event=event).get_absolute_url(),
        )
    return len(found)
