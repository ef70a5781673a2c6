"""Limits: up to which amount a role decides about money. An administrator proposes one, a CXO confirms it."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from initiatives.core.rules import says
from initiatives.funding.models.authority import LIMITS_STAY
from initiatives.funding.models.proposals import LimitState, Proposed, ProposedQuerySet
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import Department, Role, RoleKind, User
from initiatives.organization.models.roles import DAYS_HELD, STEWARDS

CONFIRM = "funding.confirm_limit"
DECIDE = (RoleKind.HEAD, RoleKind.DEPUTY, RoleKind.CXO, RoleKind.FINANCE)

AskAnew = Callable[[User | None], None]
ask_anew: list[AskAnew] = []  # what runs when somebody's authority changed: who decides is asked again


class ApprovalLimitQuerySet(ProposedQuerySet):
    def with_people(self) -> Self:
        return self.select_related("department", "person", "by", "decided_by").order_by(
            "kind", "department_id", "person_id", "-id"
        )


class ApprovalLimit(Proposed):
    """Up to which amount a role decides: everywhere or in one department, for whoever holds it or for one person.

    The closest one counts: the person's before the department's before the role's. Without an amount there is no limit.
    """

    called, kind_of_ask, about = "limit", CONFIRM, ("kind", "department_id", "person_id", "currency")

    kind = models.CharField(max_length=16, choices=[(kind.value, kind.label) for kind in DECIDE])
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default=settings.CURRENCY)

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
        return {**super().facts(), "amount": amount}

    def covers(self, role: Role) -> bool:
        """Whether it is about this role of this person."""
        here = self.kind == role.kind and self.department_id in (None, role.department_id)
        return here and self.person_id in (None, role.person_id)

    def obstacle_to_propose(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot propose it as it stands, or None."""
        if self.department is not None and self.kind not in STEWARDS and by.standing.holds("administrator"):
            return "Only heads and deputies have a limit of one department."
        return super().obstacle_to_propose(by)

    def when_confirmed(self, by: User) -> None:
        for again in ask_anew:
            again(by)
