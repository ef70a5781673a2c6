"""Limits: up to which amount a role decides about money. An administrator proposes one, a CXO confirms it."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.funding.models.authority import LIMITS_STAY
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import DAYS_HELD, STEWARDS, today
from initiatives.organization.purview import SEE_ALL_MONEY

CONFIRM = "funding.confirm_limit"
DAYS_TO_CONFIRM = 5
DECIDE = (RoleKind.HEAD, RoleKind.DEPUTY, RoleKind.CXO, RoleKind.FINANCE)

AskAnew = Callable[[User | None], None]
ask_anew: list[AskAnew] = []  # what runs when somebody's authority changed: who decides is asked again


class LimitState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for the CXO"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Declined"


class ApprovalLimitQuerySet(models.QuerySet["ApprovalLimit"]):
    def visible_to(self, user: User) -> Self:
        """Who leads a department, who answers for the company's money, and administrators, who set them."""
        may = bool(user.standing.heads) or user.standing.holds("administrator", *SEE_ALL_MONEY)
        return self if user.is_active and may else self.none()

    def waiting(self) -> Self:
        return self.filter(state=LimitState.PROPOSED)

    def confirmed(self) -> Self:
        return self.filter(state=LimitState.CONFIRMED)

    def not_over(self) -> Self:
        return self.confirmed().filter(Q(ends=None) | Q(ends__gt=today()), ~Q(ends=F("starts")))

    def in_force(self) -> Self:
        return self.not_over().filter(starts__lte=today())

    def for_the_same(self, limit: "ApprovalLimit") -> Self:
        same = self.filter(kind=limit.kind, department=limit.department_id, person=limit.person_id, currency=limit.currency)
        return same.exclude(pk=limit.pk)

    def with_people(self) -> Self:
        return self.select_related("department", "person", "by", "decided_by").order_by(
            "kind", "department_id", "person_id", "-id"
        )

    @transaction.atomic
    def propose(self, *, by: User, reason: str, **asked: Any) -> "ApprovalLimit":
        """Write down up to which amount a role shall decide; a CXO is asked to confirm it."""
        by.lock()
        limit = self.model(by=by, reason=reason, **asked)
        if not reason.strip():
            raise BadInput("Say why the limit is set.")
        if obstacle := limit.obstacle_to_propose(by):
            raise RuleBroken(obstacle)
        limit.save()
        limit.record("proposed", by=by, reason=reason, **limit.facts())
        Obligation.objects.open_for(
            [cxo for cxo in Role.objects.people(RoleKind.CXO) if cxo.pk != by.pk],
            CONFIRM,
            limit,
            due_on=working_days_after(clock.today(), DAYS_TO_CONFIRM),
            words=f"Confirm limit {limit.pk}",
            url=limit.get_absolute_url(),
            by=by,
        )
        return limit


class ApprovalLimit(Recorded):
    """Up to which amount a role decides: everywhere or in one department, for whoever holds it or for one person.

    The closest one counts: the person's before the department's before the role's. Without an amount there is no limit.
    """

    kind = models.CharField(max_length=16, choices=[(kind.value, kind.label) for kind in DECIDE])
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    starts = models.DateField(default=today)
    ends = models.DateField(null=True, blank=True)  # the first day without it
    reason = models.TextField(max_length=2_000)
    state = models.CharField(max_length=10, choices=LimitState, default=LimitState.PROPOSED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ApprovalLimitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(department=None) | Q(kind__in=STEWARDS),
                name=says("limit_where_the_role_is", "Only heads and deputies have a limit of one department."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name=says("limit_not_negative", "A limit is not below zero.")
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name=says("limit_ends_after_it_starts", "A limit cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state=LimitState.PROPOSED, decided_by=None)
                | (~Q(state=LimitState.PROPOSED) & Q(decided_by__isnull=False)),
                name=says("limit_decided_by_somebody", "A limit is confirmed or declined by somebody."),
            ),
            models.UniqueConstraint(
                fields=["kind", "department", "person", "currency"],
                condition=Q(state=LimitState.PROPOSED),
                nulls_distinct=False,
                name=says("one_proposed_limit", "A limit for them waits for the CXO already."),
            ),
            ExclusionConstraint(
                name=says("one_limit_at_a_time", "Another limit holds for them in that time."),
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    (Coalesce("department", Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (Coalesce("person", Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
                condition=Q(state=LimitState.CONFIRMED),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, LIMITS_STAY]

    def __str__(self) -> str:
        return f"Limit {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:authority")

    @property
    def whose(self) -> str:
        """For whom it holds, in words."""
        who = f"{self.person}, {self.get_kind_display()}" if self.person_id else self.get_kind_display()
        return f"{who}, {self.department}" if self.department_id else who

    def facts(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        amount = None if self.amount is None else str(self.amount)
        return {"kind": self.kind, "department": self.department_id, "person": self.person_id, "amount": amount}

    def covers(self, role: Role) -> bool:
        """Whether it is about this role of this person."""
        here = self.kind == role.kind and self.department_id in (None, role.department_id)
        return here and self.person_id in (None, role.person_id)

    def obstacle_to_propose(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose it as it stands, or None."""
        if not by.standing.holds("administrator"):
            return "Only an administrator sets limits; the CXO confirms them."
        if self.department is not None and self.kind not in STEWARDS:
            return "Only heads and deputies have a limit of one department."
        if self.ends is not None and self.ends <= max(self.starts, today()):
            return "A limit ends after it starts, and later than today."
        if ApprovalLimit.objects.waiting().for_the_same(self).exists():
            return "A limit for them waits for the CXO already."
        return None

    def obstacle_to_decide(self, by: User) -> str | None:
        """Say in one sentence why `by` can neither confirm nor decline it, or None."""
        if self.state != LimitState.PROPOSED:
            return f"This limit is {self.get_state_display().lower()} already."
        if not (handles_money(by) and by.standing.holds("cxo")):
            return "Only the CXO confirms limits."
        if by.pk == self.by_id:
            return "Who proposed a limit does not confirm it."
        return None

    def obstacle_to_confirm(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot confirm it, or None."""
        if obstacle := self.obstacle_to_decide(by):
            return obstacle
        starts = max(self.starts, today())
        if self.ends is not None and self.ends <= starts:
            return "Its last day is over."
        later = ApprovalLimit.objects.not_over().for_the_same(self).filter(starts__gt=starts).order_by("starts").first()
        if later is not None and (self.ends is None or self.ends > later.starts):
            return f"Another limit for them starts on {later.starts}; this one must end before."
        return None

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """Let it take effect, today or on its first day; the one that held until then ends, and who decides is asked anew."""
        self.lock()
        if obstacle := self.obstacle_to_confirm(by):
            raise RuleBroken(obstacle)
        self.starts = max(self.starts, today())
        for former in ApprovalLimit.objects.not_over().for_the_same(self).filter(starts__lte=self.starts):
            former.lock()
            former.ends = min(former.ends or self.starts, self.starts)
            former.save(update_fields=["ends"])
            former.record("replaced", by=by, limit=self.pk)
        self._decide(LimitState.CONFIRMED, "confirmed", by=by)
        for again in ask_anew:
            again(by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, with a reason."""
        self.lock()
        if not reason.strip():
            raise BadInput("Say why the limit is declined.")
        if obstacle := self.obstacle_to_decide(by):
            raise RuleBroken(obstacle)
        self._decide(LimitState.DECLINED, "declined", by=by, reason=reason)

    def _decide(self, state: LimitState, verb: str, *, by: User, reason: str = "") -> None:
        self.state, self.decided_by, self.decided_at = state, by, clock.now()
        self.save(update_fields=["state", "decided_by", "decided_at", "starts"])
        self.record(verb, by=by, reason=reason, **self.facts())
        Obligation.objects.meet(CONFIRM, self, by=by)
