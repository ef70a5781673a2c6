"""What the organisation calls one view of the customer: in which system it stands, and how old data may be there."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.rules import RuleBroken, reason_given, says
from initiatives.journey.models.flows import LONGEST
from initiatives.journey.models.systems import System
from initiatives.organization.models import User

A_DAY = 1_440  # minutes


def _target(words: str) -> Any:
    return models.PositiveSmallIntegerField(words, null=True, blank=True, validators=[MaxValueValidator(100)])


class TruthPolicyQuerySet(models.QuerySet["TruthPolicy"]):
    def current(self) -> "TruthPolicy":
        """What is agreed today; the product's own figures until the CXO sets others."""
        return self.select_related("node").order_by("-id").first() or TruthPolicy()

    @transaction.atomic
    def agree(self, *, by: User, reason: str, **values: Any) -> "TruthPolicy":
        """Set another single view, limit or targets; what was agreed before stays readable."""
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO says where the single view of the customer stands.")
        node: System | None = values.get("node")
        if node is not None:
            node.lock()
            if node.is_retired:
                raise RuleBroken(f"{node.reference} is retired.")
        reason = reason_given(reason)
        policy: TruthPolicy = self.create(by=by, reason=reason, **values)
        facts = {**values, "node": node.reference if node else None}
        policy.record("agreed", by=by, reason=reason, **facts)
        return policy


class TruthPolicy(Recorded):
    """The figures by which one version of the truth is measured; each change adds a row.

    node           the system in which the single view of the customer stands
    limit_minutes  older than this, data do not count as arrived
    *_target       percent that the organisation wants to reach; of repeat risk, to stay under
    """

    node = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="single view")
    limit_minutes = models.PositiveIntegerField(default=A_DAY, validators=[MaxValueValidator(LONGEST)])
    view_target = _target("target for single-view reach")
    link_target = _target("target for the online-offline link")
    repeat_target = _target("ceiling for repeat risk")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.TextField(max_length=2_000, blank=True)

    objects = TruthPolicyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, 100)}),
                name=says(f"percent_{name}", "A target is a percentage between 0 and 100."),
            )
            for name in ("view_target", "link_target", "repeat_target")
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"Single view of {self.at:%Y-%m-%d}"
