"""Asks as rows: how they are opened and closed, which are open or late, and who sees which."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from initiatives.core import clock
from initiatives.duties.kinds import KINDS, answerable
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.duties.models.obligation import Obligation


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
        standing_in = self.model.stand_ins.through.objects.filter(user_id=key).values("obligation_id")
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
