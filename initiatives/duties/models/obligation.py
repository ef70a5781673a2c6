"""Something the product waits for from one person by a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.core.rules import RuleBroken, says
from initiatives.duties.kinds import KINDS, Kind
from initiatives.organization.models import Department, User


class Outcome(models.TextChoices):
    OPEN = "", "Open"
    MET = "met", "Met"
    EXCUSED = "excused", "Excused"
    HANDED_OVER = "handed_over", "Handed over"


class ObligationQuerySet(models.QuerySet["Obligation"]):
    # -- acts -----------------------------------------------------------------------------------------------------------

    def open(
        self,
        kind: str,
        subject: models.Model,
        *,
        person: User,
        due_on: date,
        words: str,
        url: str,
        department: Department | None = None,
        stand_ins: Iterable[User] = (),
        by: User | None = None,
    ) -> "Obligation":
        """Ask `person` for this by `due_on`. When the same is already asked of them, that ask is returned unchanged.

        `words` name the subject by its reference only ("Report on CX-042"); a title may be confidential.
        """
        if kind not in KINDS:
            raise ValueError(f"Nobody registered the kind of ask {kind}")
        obligation = self._ask(
            kind=kind,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            person_id=person.pk,
            department_id=department.pk if department else None,
            words=words,
            url=url,
            due_on=due_on,
            opened_by_id=by.pk if by else None,
        )
        others = [stand_in for stand_in in stand_ins if stand_in.pk != person.pk]
        if others:
            obligation.stand_ins.add(*others)
        return obligation

    def open_for(self, people: Sequence[User], kind: str, subject: models.Model, **more: Any) -> "Obligation | None":
        """Ask the first of `people`, the others standing in; where there is nobody, nobody is asked."""
        return self.open(kind, subject, person=people[0], stand_ins=people[1:], **more) if people else None

    def open_instead(self, of: "Obligation", person: User, *, by: User | None) -> "Obligation":
        """Ask `person` for the same, by the same day."""
        same = ("kind", "subject_type", "subject_id", "department_id", "words", "url", "due_on")
        values = {name: getattr(of, name) for name in same}
        return self._ask(person_id=person.pk, opened_by_id=by.pk if by else None, **values)

    def _ask(self, **values: Any) -> "Obligation":
        """Insert, or return the open one: one statement, for it stands in the hot path of every act that opens an ask.

        The update on conflict changes nothing; it makes the database return the row that was there.
        """
        values |= {"opened_at": clock.now(), "outcome": Outcome.OPEN, "reason": ""}
        rows = self.raw(
            f"INSERT INTO duties_obligation ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})"  # noqa: S608 - our names
            " ON CONFLICT (kind, subject_type, subject_id, person_id) WHERE outcome = ''"
            " DO UPDATE SET kind = EXCLUDED.kind RETURNING *",
            list(values.values()),
        )
        return rows[0]

    def meet(self, kind: str, subject: models.Model, *, by: User, person: User | None = None) -> int:
        """What was asked has been done: close the ask, of `person` or of everybody who was asked. Returns how many."""
        return self._about(kind, subject, person)._close(Outcome.MET, by=by)

    def excuse(self, kind: str | None, subject: models.Model, *, by: User | None, reason: str) -> int:
        """It is no longer needed, for this `reason`: close the asks of this kind, or of every kind, about `subject`."""
        return self._about(kind, subject, None)._close(Outcome.EXCUSED, by=by, reason=reason)

    def _about(self, kind: str | None, subject: models.Model, person: User | None) -> Self:
        found = self.open_now().filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        if kind is not None:
            found = found.filter(kind=kind)
        return found if person is None else found.filter(person=person)

    def _close(self, outcome: Outcome, *, by: User | None, reason: str = "") -> int:
        return self.update(outcome=outcome, closed_at=clock.now(), closed_by=by, reason=reason)

    # -- adjectives -----------------------------------------------------------------------------------------------------

    def open_now(self) -> Self:
        return self.filter(outcome=Outcome.OPEN)

    def overdue(self, today: date) -> Self:
        """Open, and the due day is over."""
        return self.open_now().filter(due_on__lt=today)

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def asked_of(self, user: User | int) -> Self:
        """Those this person (or the one of this key), or this person as a stand-in, is asked for."""
        key = user.pk if isinstance(user, User) else user
        standing_in = Obligation.stand_ins.through.objects.filter(user_id=key).values("obligation_id")
        return self.filter(Q(person_id=key) | Q(pk__among=standing_in))

    def soonest_first(self) -> Self:
        return self.order_by("due_on", "opened_at", "id")

    def waiting_for(self, user: User) -> Self:
        """Open asks that this person may see and answer now. One query, and one or two for each kind among them."""
        if not user.is_active:
            return self.none()
        found = self.open_now().asked_of(user).values_list("pk", "kind", "subject_id")
        return self.filter(pk__in=answerable(user, found))

    def visible_to(self, user: User, *, mine: Collection[int] | None = None) -> Self:
        """Asks whose subject this person may see; everybody sees the own ones as long as they may answer them.

        `mine`: the ids of those, where they are known already.
        """
        if not user.is_active:
            return self.none()
        if user.standing.sees_everything:
            return self
        if mine is None:
            mine = answerable(user, self.asked_of(user).values_list("pk", "kind", "subject_id"))
        may = Q(pk__in=mine)
        for kind in KINDS.values():
            if kind.visible is not None:
                may |= Q(kind=kind.name, subject_id__in=kind.visible(user).values("pk"))
        return self.filter(may)


@prepared
def asked(person: int) -> "models.QuerySet[Obligation, tuple[int, str, int]]":
    """What this person is asked for now, whether or not it may still be answered: each page counts it."""
    return Obligation.objects.open_now().asked_of(person).values_list("pk", "kind", "subject_id")


def answerable(user: User, found: Iterable[tuple[int, str, int]]) -> list[int]:
    """Of (obligation, kind, subject) ids, the obligations whose kind says that this person may still answer them.

    A kind that nobody registered is answerable by nobody.
    """
    by_kind: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, kind, subject in found:
        by_kind[kind][subject].append(pk)
    return [
        pk
        for name, subjects in by_kind.items()
        if name in KINDS
        for subject in KINDS[name].still(user, set(subjects)) & set(subjects)
        for pk in subjects[subject]
    ]


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
