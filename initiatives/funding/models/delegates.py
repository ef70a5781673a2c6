"""Delegates: who decides for a head, the CXO or somebody in finance for some days, on their behalf and within their right."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.funding.models.authority import DELEGATIONS_STAY
from initiatives.funding.models.limits import ask_anew
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import DAYS_HELD, today
from initiatives.organization.purview import SEE_ALL_MONEY

MOST_DAYS = 30
DELEGATING = (RoleKind.HEAD, RoleKind.CXO, RoleKind.FINANCE)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, user: User) -> Self:
        """One's own, those of departments that one leads, all for those who answer for the company's money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        return self.filter(Q(head=user) | Q(delegate=user) | Q(department__in=user.standing.heads))

    def not_over(self) -> Self:
        return self.filter(ends__gt=today()).exclude(ends=F("starts"))

    def in_force(self) -> Self:
        return self.on(today())

    def on(self, day: date) -> Self:
        """Those of that day whose delegate still works there and does not administer the product."""
        roles = Role.objects.on(day).filter(person=OuterRef("delegate"))
        return self.filter(
            Exists(roles.filter(department=OuterRef("department"))) | Q(department=None) & Exists(roles),
            ~Exists(roles.filter(kind=RoleKind.ADMINISTRATOR)),
            starts__lte=day,
            ends__gt=day,
            delegate__is_active=True,
        )

    def company_wide(self, user: User, *kinds: RoleKind) -> Self:
        """Those of today by which this person decides for the CXO or finance, or of these kinds."""
        return self.in_force().filter(delegate=user, kind__in=kinds or (RoleKind.CXO, RoleKind.FINANCE))

    def with_people(self) -> Self:
        return self.select_related("head", "delegate", "department").order_by("-starts", "-id")

    @transaction.atomic
    def appoint(self, department: Department | None, delegate: User, *, by: User, reason: str, **terms: Any) -> "Delegation":
        """Let `delegate` decide about the department's money on behalf of its head, `by`, on the `terms`.

        Those are `starts`, `ends` (the first day without) and perhaps `cap`; without a department `kind`, the role of `by`.
        """
        (department or by).lock()
        delegation = self.model(department=department, head=by, delegate=delegate, reason=reason, **terms)
        if not reason.strip():
            raise BadInput("Say why somebody decides for you.")
        if obstacle := delegation.obstacle_to_name():
            raise RuleBroken(obstacle)
        delegation.save()
        delegation.record("named", by=by, reason=reason, **delegation.facts())
        about = "on the department's money" if department else f"as {delegation.get_kind_display()}"
        delegate.tell(f"{by} named you to decide about requests {about}.", url=delegation.get_absolute_url())
        delegation.ask_anew(by)
        return delegation


class Delegation(Recorded):
    """That one person decides for the head of one department, the CXO or finance, on these days, up to this amount.

    `head` is for whom they decide, by the role `kind`; only heads have a department.
    """

    kind = models.CharField(
        max_length=16,
        choices=[(kind.value, kind.label) for kind in DELEGATING],
        default=RoleKind.HEAD,
        db_default=RoleKind.HEAD.value,
    )
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    head = models.ForeignKey(User, models.PROTECT, related_name="+")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts = models.DateField(default=today)
    ends = models.DateField()  # the first day without it
    cap = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # besides the head's own limit
    currency = models.CharField(max_length=3, default=settings.CURRENCY)
    reason = models.TextField(max_length=2_000)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")) & Q(ends__lte=F("starts") + timedelta(days=MOST_DAYS)),
                name=says("delegation_of_a_month", f"A delegate decides for at most {MOST_DAYS} days."),
            ),
            models.CheckConstraint(
                condition=~Q(head=F("delegate")), name=says("delegate_is_another", "Nobody is the own delegate.")
            ),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(cap__gt=0), name=says("cap_is_positive", "The amount must be greater than zero.")
            ),
            ExclusionConstraint(
                name=says("one_delegate_at_a_time", "Somebody else is the delegate in that time; end that first."),
                expressions=[("department", RangeOperators.EQUAL), (DAYS_HELD, RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name=says("one_delegate_of_each", "Somebody else is the delegate in that time; end that first."),
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("head", RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
                condition=Q(department=None),
            ),
            models.CheckConstraint(
                condition=Q(kind=RoleKind.HEAD, department__isnull=False) | (~Q(kind=RoleKind.HEAD) & Q(department=None)),
                name=says("delegates_of_a_role", "Only the delegate of a head has a department."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, DELEGATIONS_STAY]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.head}"

    def get_absolute_url(self) -> str:
        """Where the delegate finds what is to be decided."""
        return f"{reverse('funding:requests')}?waiting=me"

    @property
    def is_over(self) -> bool:
        return self.ends <= today() or self.ends == self.starts

    def facts(self) -> dict[str, object]:
        """What the audit trail keeps of it."""
        cap = None if self.cap is None else str(self.cap)
        days = {"starts": self.starts, "ends": self.ends}
        return {"kind": self.kind, "department": self.department_id, "delegate": self.delegate_id, **days, "cap": cap}

    def reaches(self, amount: Decimal | None, currency: str) -> bool:
        """Whether so much is within what the head gave away."""
        return self.cap is None or (amount is not None and self.cap >= amount and self.currency == currency)

    def obstacle_to_name(self) -> str | None:
        """Say in one sentence why the head cannot name this delegate, or None."""
        if said := self._obstacle_of_role():
            return said
        if self.starts < today():
            return "A delegate starts today or later."
        if self.ends <= self.starts or (self.ends - self.starts).days > MOST_DAYS:
            return f"A delegate decides for at least one day and at most {MOST_DAYS}."
        if self.delegate_id == self.head_id:
            return "Nobody is the own delegate."
        if said := self._obstacle_of_delegate():
            return said
        same = {"department": self.department} if self.department else {"kind": self.kind, "head": self.head}
        others = Delegation.objects.not_over().filter(**same, starts__lt=self.ends, ends__gt=self.starts)
        if other := others.select_related("delegate", "head").first():
            return f"{other.delegate} is the delegate in that time; end that first."
        return None

    def _obstacle_of_role(self) -> str | None:
        if self.department is not None or self.kind == RoleKind.HEAD:
            heads = self.kind == RoleKind.HEAD and self.department_id in self.head.standing.head_only
            return (
                None
                if heads and handles_money(self.head)
                else f"Only the head of {self.department} names a delegate for its money."
            )
        holds = handles_money(self.head) and self.head.standing.holds(self.kind)
        return None if holds else f"Only who holds the role {self.get_kind_display()} names a delegate for it."

    def _obstacle_of_delegate(self) -> str | None:
        if self.department is not None:
            works = handles_money(self.delegate) and self.department_id in self.delegate.standing.belongs_to
            return None if works else f"{self.delegate} is not an active member of {self.department}, or administers the product."
        standing = self.delegate.standing
        may = handles_money(self.delegate) and standing.anywhere and not standing.holds("auditor")
        return None if may else f"{self.delegate} holds no role, audits, or administers the product."

    def obstacle_to_end(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot end it, or None."""
        if by.pk not in (self.head_id, self.delegate_id) and not by.standing.holds("cxo"):
            return "Only who named the delegate, the delegate or the CXO ends it."
        return "It has ended already." if self.is_over else None

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """End it before its day: from now on the delegate decides nothing."""
        self.lock()
        if obstacle := self.obstacle_to_end(by):
            raise RuleBroken(obstacle)
        self.ends = max(self.starts, today())
        self.save(update_fields=["ends"])
        self.record("ended", by=by)
        self.ask_anew(by)

    def ask_anew(self, by: User) -> None:
        """Who decides is asked again where this begins or ends today; the clock of the room sees to later days."""
        for again in ask_anew:
            again(by)
