"""Something the product waits for from one person by a day."""

from datetime import date
from typing import ClassVar

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, says
from initiatives.duties.kinds import KINDS, Kind
from initiatives.duties.models.waiting import ObligationQuerySet, Outcome
from initiatives.organization.models import Department, User


@prepared
def asked(person: int) -> "models.QuerySet[Obligation, tuple[int, str, int]]":
    """What this person is asked for now, whether or not it may still be answered: each page counts it."""
    return Obligation.objects.open_now().asked_of(person).values_list("pk", "kind", "subject_id")


def in_words(days_ago: int) -> str:
    """A day by its distance from today, as people say it."""
    near = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    if days_ago in near:
        return near[days_ago]
    return _("%(n)s days ago") % {"n": days_ago} if days_ago > 0 else _("in %(n)s days") % {"n": -days_ago}


class Obligation(Recorded):
    """An ask: what, of whom, by when, and how it ended. The row is its own history: once closed it never changes.

    `subject_type` and `subject_id` name any row of a room above, as events do; what it is called and who may see it,
    only its kind knows (initiatives/duties/kinds.py).
    """

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    person = models.ForeignKey(User, models.PROTECT, related_name="obligations")
    stand_ins = models.ManyToManyField(User, related_name="+")  # may answer instead: deputies
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="obligations")
    words = models.CharField(max_length=200)
    url = models.CharField(max_length=300)  # a path of this site
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.OPEN, blank=True)
    reason = models.TextField(blank=True)

    subject: models.Model | None = None  # put there by kinds.with_subjects, for the templates of answers

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "person"],
                condition=Q(outcome=""),
                name=says("one_open_ask_each", "This is already asked of this person."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name=says("ask_closed_with_an_outcome", "An ask is closed exactly when it has an outcome."),
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"),
                name=says("ask_leads_into_the_site", "An ask leads to a page of this site."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "due_on"], condition=Q(outcome=""), name="open_asks_of_a_person"),
            models.Index(fields=["department", "opened_at"], condition=Q(outcome=""), name="open_asks_of_a_department"),
            models.Index(fields=["subject_type", "subject_id"], name="asks_about_a_subject"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="closed_stays_closed", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__outcome="")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return self.url

    @property
    def of_kind(self) -> Kind | None:
        return KINDS.get(self.kind)

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def answer(self) -> str:
        """The partial with the form that answers this, or an empty string."""
        return self.of_kind.template if self.of_kind else ""

    def days_late(self, today: date) -> int:
        """How many days the due day is over; negative before it."""
        return (today - self.due_on).days

    def due_in_words(self, today: date | None = None) -> str:
        """The due day as people say it: "today", "in 3 days", "2 days ago". Without `today`, in the active time zone."""
        return in_words(self.days_late(today or clock.today()))

    def obstacle_to_hand_over(self, to: User) -> str | None:
        """Say in one sentence why this cannot become somebody else's, or None."""
        if not self.is_open:
            return "This was already answered or closed."
        if not to.is_active:
            return f"{to} is no longer here."
        if to.pk == self.person_id:
            return f"This is already asked of {to}."
        return None

    @transaction.atomic
    def hand_over(self, to: User, *, by: User | None, reason: str = "") -> "Obligation":
        """Ask somebody else instead, by the same day; the old ask is kept, closed. Returns the new one."""
        self.lock()
        if obstacle := self.obstacle_to_hand_over(to):
            raise RuleBroken(obstacle)
        self.outcome, self.closed_at, self.closed_by, self.reason = Outcome.HANDED_OVER, clock.now(), by, reason
        self.save(update_fields=["outcome", "closed_at", "closed_by", "reason"])
        heir = Obligation.objects.open_instead(self, to, by=by)
        heir.stand_ins.add(*self.stand_ins.exclude(pk=to.pk))
        self.record("handed_over", by=by, reason=reason, to=str(to), heir=heir.pk)
        return heir
