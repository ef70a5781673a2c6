"""The handshake: a department is asked to own something; its head or deputy accepts with a name, declines, or lets it lapse."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import RuleBroken, says
from initiatives.journey.models import asking
from initiatives.journey.models.asked import Asked
from initiatives.journey.models.map import MapPolicy
from initiatives.journey.models.proposing import obstacle_to_propose
from initiatives.journey.models.refusing import count_refusal
from initiatives.journey.models.seen import seen
from initiatives.journey.models.settling import settle
from initiatives.journey.models.words import ANSWERS, LIVING, Answer, Ending, Refusal
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    @transaction.atomic
    def propose(
        self, owned: "OwnedObject", department: Department, *, by: User | None, person: User | None = None, why: str = ""
    ) -> "Ownership":
        """Ask a department to own the object. Who heads it raises a hand by asking: the department accepts at once."""
        raises_hand = by is not None and by.standing.heads_department(department.pk)
        if raises_hand and (name := person or by):
            name.lock()
            department.lock()
        owned.lock()
        if obstacle := obstacle_to_propose(owned, department, by, person):
            raise RuleBroken(obstacle)
        ownership = self.begin(owned, department, by=by, person=person, why=why.strip(), succeeds=self.of(owned))
        asking.owner_is_sought(owned, by=by)
        ownership.tell("proposed", by, why.strip())
        if raises_hand and by is not None:
            ownership.accept(by=by, person=person)
        else:
            asking.ask_to_accept(ownership, by=by)
        return ownership

    def begin(self, owned: "OwnedObject", department: Department, *, by: User | None, **more: object) -> "Ownership":
        """A new handshake that waits, inside the act that begins it; the object takes on what follows."""
        days = MapPolicy.objects.current().days_to_answer
        answer_by = working_days_after(clock.company_day(), days, department)
        ownership = Ownership.objects.create(owned=owned, department=department, proposed_by=by, answer_by=answer_by, **more)
        settle(owned)
        return ownership

    def of(self, owned: "OwnedObject") -> "Ownership | None":
        """The accepted ownership of an object."""
        return Ownership.objects.filter(owned=owned).accepted().first()

    def visible_to(self, user: User) -> Self:
        """Those of what this person may know of."""
        return self.filter(seen(user, "owned__"))

    def living(self) -> Self:
        """Asked for or accepted."""
        return self.filter(answer__in=LIVING)

    def accepted(self) -> Self:
        return self.filter(answer=Answer.ACCEPTED)

    def waiting(self) -> Self:
        return self.filter(answer=Answer.PROPOSED)

    def unanswered(self, today: date) -> Self:
        """Still waiting after the last day. A succession waits on: its department keeps the object meanwhile."""
        return self.waiting().filter(answer_by__lt=today, succession=False)

    def newest_first(self) -> Self:
        return self.order_by("-proposed_at", "-pk")


class Ownership(Asked):
    """One department asked to own one object end to end, its answer, and how its ownership ended."""

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owned"],
                condition=Q(answer=Answer.ACCEPTED),
                name=says("one_accepted_owner", "Another department has already accepted to own this."),
            ),
            models.UniqueConstraint(
                fields=["owned", "department"],
                condition=Q(answer=Answer.PROPOSED),
                name=says("asked_once", "This department is already asked to own this."),
            ),
            models.UniqueConstraint(
                fields=["owned"],
                condition=Q(answer=Answer.PROPOSED, succession=True),
                name=says("one_succession", "One department at a time keeps what is vacant."),
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.ACCEPTED) | Q(person__isnull=False),
                name=says("ownership_accepted_by_name", "A department accepts with the name of a person."),
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.DECLINED) | (Q(code__in=Refusal.values) & ~Q(reason="")),
                name=says("ownership_declined_with_reason", "A department declines with a reason."),
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.ENDED, ending__in=Ending.values, ended_at__isnull=False)
                | (~Q(answer=Answer.ENDED) & Q(ending="", ended_at=None)),
                name=says("ownership_ended_somehow", "An ownership that ended says when and how."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["department", "answer"], name="ownership_by_department")]
        triggers: ClassVar = [
            pgtrigger.FSM(name="handshake", field="answer", transitions=list(ANSWERS)),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    # -- The department's answer ---------------------------------------------------------------------------------------

    @transaction.atomic
    def accept(self, *, by: User, person: User | None = None) -> None:
        """Own it, with the name of who answers for it: an active member of the department, by default who accepts."""
        person = person or self.person or by
        person.lock()
        self.department.lock()
        self._lock_both()
        if obstacle := self.obstacle_to_accept(by, person):
            raise RuleBroken(obstacle)
        if before := Ownership.objects.of(self.owned):
            before.finish(Ending.HANDED_OVER, f"Handed over to {self.department}.")
        self.person = person
        self._answered(Answer.ACCEPTED, by, "person")
        asking.answer_was_given(self, by=by)
        self._nobody_else_is_asked(by)
        settle(self.owned)
        asking.owner_is_sought(self.owned, by=by)
        self.tell("accepted", by, person=person.name)

    @transaction.atomic
    def decline(self, *, by: User, code: str, reason: str) -> None:
        """Refuse it, with a reason in one word and in a sentence. A successor's place that is declined falls vacant to nobody."""
        self._lock_both()
        if obstacle := self.obstacle_to_decline(by):
            raise RuleBroken(obstacle)
        if code not in Refusal.values or not reason.strip():
            raise RuleBroken("Choose why, and give the reason for declining.")
        self.code, self.reason = code, reason.strip()
        self._answered(Answer.DECLINED, by, "code", "reason")
        asking.answer_was_given(self, by=by)
        self._refused("declined", by)

    @transaction.atomic
    def withdraw(self, *, by: User | None, reason: str = "") -> None:
        """Do not ask any more."""
        self._lock_both()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self.unask(by=by, reason=reason.strip() or "No longer asked.")
        settle(self.owned)
        self.tell("withdrawn", by, self.reason)

    @transaction.atomic
    def lapse(self, *, today: date | None = None) -> bool:
        """Close it without an answer when its last day is over; returns whether it was. May be tried at any time and twice."""
        self._lock_both()
        if not Ownership.objects.unanswered(today or clock.company_day()).filter(pk=self.pk).exists():
            return False
        self._answered(Answer.LAPSED, None)
        asking.no_answer_needed(self, by=None, reason="Nobody answered in time.")
        self._refused("lapsed", None)
        return True

    def _refused(self, what: str, by: User | None) -> None:
        settle(self.owned)
        count_refusal(self.owned, by)
        asking.ask_to_find_owner(self, by=by)
        self.tell(what, by, self.reason, code=self.get_code_display())

    # -- What the department does with what it owns ----------------------------------------------------------------------

    @transaction.atomic
    def hand_over(self, to: Department, *, by: User, reason: str = "") -> "Ownership":
        """Offer it to another department; this one answers for it until the other accepts."""
        self._lock_both()
        if obstacle := self.obstacle_to_hand_over(by):
            raise RuleBroken(obstacle)
        return self.owned.propose(to, by=by, why=reason)

    @transaction.atomic
    def name_person(self, person: User, *, by: User) -> None:
        """Let another member of the department answer for it."""
        person.lock()
        self.department.lock()
        self._lock_both()
        if obstacle := self.obstacle_to_name_person(person, by):
            raise RuleBroken(obstacle)
        self.person = person
        self.save(update_fields=["person"])
        settle(self.owned)
        self.tell("named", by, person=person.name)

    @transaction.atomic
    def give_back(self, *, by: User, reason: str) -> None:
        """The department no longer owns it, and says why; nobody does until another accepts."""
        self._lock_both()
        if obstacle := self.obstacle_to_give_back(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason for giving it back.")
        self.finish(Ending.GIVEN_BACK, reason.strip())
        settle(self.owned)
        asking.ask_to_find_owner(self, by=by)
        self.tell("given_back", by, reason.strip())

    # -- What other acts do to it, each within its own transaction -------------------------------------------------------

    def unask(self, *, by: User | None, reason: str) -> None:
        """Withdraw it, as a part of another act."""
        self.reason = reason
        self._answered(Answer.WITHDRAWN, by, "reason")
        asking.no_answer_needed(self, by=by, reason=reason)

    def finish(self, ending: Ending, reason: str = "") -> None:
        """End what was accepted, as a part of another act; what follows, that act settles."""
        self.answer, self.ending, self.reason, self.ended_at = Answer.ENDED, ending, reason, clock.now()
        self.save(update_fields=["answer", "ending", "reason", "ended_at"])

    def tell(self, what: str, by: User | None, reason: str = "", **more: object) -> None:
        """One event about the object: which department did what."""
        self.owned.record(f"ownership_{what}", by=by, reason=reason, owner=self.department.name, **more)

    def _nobody_else_is_asked(self, by: User) -> None:
        for other in Ownership.objects.filter(owned=self.owned).waiting().exclude(pk=self.pk).order_by("pk"):
            other.unask(by=by, reason=f"{self.department} accepted.")

    def _answered(self, answer: Answer, by: User | None, *fields: str) -> None:
        self.answer, self.answered_by, self.answered_at = answer, by, clock.now()
        self.save(update_fields=["answer", "answered_by", "answered_at", *fields])

    def _lock_both(self) -> None:
        self.owned.lock()
        self.lock()
