"""Questions: a decider returns a request with one, the requester answers it, and meanwhile the decider's clock stands still."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import says
from initiatives.funding.models.question_laws import QUESTIONS_STAY
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import User


class QuestionQuerySet(models.QuerySet["Question"]):
    def open_now(self) -> Self:
        return self.filter(answered_at=None)

    def with_people(self) -> Self:
        return self.select_related("by").order_by("id")


class Question(models.Model):
    """What one decider wanted to know, what was answered, and how many working days were left when the clock stopped."""

    request = models.ForeignKey("funding.FundingRequest", models.PROTECT, related_name="questions")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(max_length=2_000)
    at = models.DateTimeField(default=clock.now, editable=False)
    answer = models.TextField(max_length=2_000, blank=True)
    answered_at = models.DateTimeField(null=True)
    days_to_decide = models.PositiveSmallIntegerField()
    days_to_expire = models.PositiveSmallIntegerField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(answered_at=None), name=says("one_open_question", "A question is open already.")
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name=says("answered_with_words", "An answer has words."),
            ),
        ]
        triggers: ClassVar = [NEVER_DELETED, QUESTIONS_STAY]

    def __str__(self) -> str:
        return f"Question of {self.by}"
