"""A stage's review: somebody looks at the whole stage by a day, and says by when to look again."""

from datetime import date
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models.drawn import DrawnOwnable, InOrder, Reorders
from initiatives.journey.models.ownable import OwnableQuerySet
from initiatives.journey.models.words import State
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

REVIEW = "journey.review_stage"
DAYS_TO_REVIEW = 10  # working days


class StageQuerySet(Reorders, OwnableQuerySet):
    def stale(self, today: date) -> Any:
        """Past their review day."""
        return self.in_use().filter(review_on__lt=today)

    def owned_by(self, user: User) -> Any:
        """Those that this person answers for, or whose department this person heads."""
        mine = Q(owned__person=user) | Q(owned__department__in=user.standing.heads)
        return self.filter(mine, owned__state=State.OWNED)


class Reviewed(InOrder, DrawnOwnable):
    """Who owns a stage, and the acts of its review."""

    EDITABLE: ClassVar[tuple[str, ...]] = ("title", "kind", "review_on")

    review_on: Any

    class Meta:
        abstract = True

    @property
    def called(self) -> str:
        return f"the stage “{self.title}”"

    def is_owned_by(self, user: User) -> bool:
        """Whether this person accepted to answer for the stage, or heads the department that did."""
        owned = self.owned
        if owned.state != State.OWNED:
            return False
        return owned.person_id == user.pk or user.standing.heads_department(owned.department_id)

    def owners(self) -> list[User]:
        """Who decides about the stage: its accountable person, then the stewards of the department; nobody: the CXO."""
        owned = self.owned
        if owned.state == State.OWNED and owned.person is not None and owned.department is not None:
            return list(dict.fromkeys([owned.person, *owned.department.deciders()]))
        return list(User.objects.holding("cxo").in_order())

    def is_stale(self, today: date) -> bool:
        return self.review_on is not None and self.review_on < today

    def after_archive(self, by: User) -> None:
        super().after_archive(by)
        Obligation.objects.excuse(REVIEW, self, by=by, reason="The stage is archived.")

    def obstacle_to_review(self, by: User | None = None) -> str | None:
        """Say in one sentence why the review cannot be signed, or None."""
        if by is not None and not (by.standing.holds("cxo") or self.is_owned_by(by)):
            return f"Only the CXO or the owner of {self.called} can say that it was reviewed."
        return "It is archived." if self.is_archived else None

    @transaction.atomic
    def review(self, *, by: User, next_on: date, note: str = "") -> None:
        """Say that the stage was looked at as a whole, and when to look again."""
        self.lock()
        if obstacle := self.obstacle_to_review(by):
            raise RuleBroken(obstacle)
        if next_on <= by.today():
            raise BadInput("The next review is on a day to come.")
        self.review_on = next_on
        self.version += 1
        self.save()
        Obligation.objects.meet(REVIEW, self, by=by)
        self.record("reviewed", by=by, reason=note.strip())

    def obstacle_to_ask_to_review(self, by: User | None = None) -> str | None:
        if by is not None and not by.standing.anywhere:
            return "Only people with a role can ask."
        if self.is_archived:
            return "It is archived."
        return None if self.owners() else "Nobody is there who could review it."

    @transaction.atomic
    def ask_to_review(self, *, by: User | None) -> None:
        """Ask who owns the stage, else the CXO, to look at it as a whole. `by=None`: its review day is over."""
        self.lock()
        asked = Obligation.objects.open_now().about(self).filter(kind=REVIEW).exists()
        if obstacle := self.obstacle_to_ask_to_review(by) or ("The review is asked for already." if asked else None):
            if by is None:
                return
            raise RuleBroken(obstacle)
        Obligation.objects.open_for(
            self.owners(),
            REVIEW,
            self,
            due_on=working_days_after(clock.company_day(), DAYS_TO_REVIEW, self.owned.department),
            words=f"Review {self.reference}",
            url=reverse("journey:stage", args=[self.reference]),
            department=self.owned.department,
            by=by,
        )
        self.record("review_asked", by=by)


def ask_for_stale_stages(stages: models.QuerySet[Any], today: date) -> int:
    """Open the ask of each stage past its review day that is not asked for yet. May run twice."""
    asked = Obligation.objects.open_now().filter(kind=REVIEW).values("subject_id")
    late = stages.stale(today).exclude(pk__in=asked).select_related("owned__department", "owned__person")  # type: ignore[attr-defined]  # a StageQuerySet
    found = [stage for stage in late if stage.obstacle_to_ask_to_review() is None]
    for stage in found:
        stage.ask_to_review(by=None)
    return len(found)
