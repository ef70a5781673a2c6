"""What finance or the auditor found about a flag: in order or not, and why. New facts are another flag."""

from typing import ClassVar, Self

from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.rules import RuleBroken, reason_given
from initiatives.funding.models.posting import handles_money
from initiatives.organization.models import User


class Found(models.TextChoices):
    IN_ORDER = "in_order", "In order"
    NOT_IN_ORDER = "not_in_order", "Not in order"


def answers_flags(user: User) -> bool:
    """Finance and the auditor; who administers the product has no say over money."""
    return handles_money(user) and user.standing.holds("finance", "auditor")


class FlagAnswerQuerySet(models.QuerySet["FlagAnswer"]):
    def visible_to(self, user: User) -> Self:
        """Finance and the auditor, who see flags."""
        return self if user.is_active and user.standing.holds("finance", "auditor") else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def obstacle_to_answer(self, parties: set[int], by: User) -> str | None:
        """Say in one sentence why `by` cannot answer a flag about what these people asked or approved, or None."""
        if not answers_flags(by):
            return "Only finance and the auditor answer flags."
        return "Who asked or approved does not answer the flag about it." if by.pk in parties else None

    @transaction.atomic
    def answer(self, key: str, *, about: str, parties: set[int], found: Found, reason: str, by: User) -> "FlagAnswer":
        """Write down what somebody found who had no part in it; what was written before stays."""
        by.lock()
        if obstacle := self.obstacle_to_answer(parties, by):
            raise RuleBroken(obstacle)
        answer = self.create(key=key, about=about, found=found, reason=reason_given(reason), by=by)
        answer.record("answered", by=by, reason=answer.reason, found=found, about=about)
        return answer


class FlagAnswer(Recorded):
    """One answer. `key` is the hash of the facts that the flag was raised on: more of them are another flag."""

    key = models.CharField(max_length=64, db_index=True)
    about = models.CharField(max_length=300)
    found = models.CharField(max_length=12, choices=Found)
    reason = models.TextField(max_length=2_000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = FlagAnswerQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_found_display()}: {self.about}"
