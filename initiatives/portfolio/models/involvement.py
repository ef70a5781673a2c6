"""A department's part in an initiative: asked for, then accepted or declined by that department, and by nobody else."""

from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.belonging import BelongingQuerySet
from initiatives.portfolio.models.words import Letter, State


class InvolvementQuerySet(BelongingQuerySet["Involvement"]):
    def living(self) -> Self:
        """Asked for or accepted: neither declined nor ended."""
        return self.filter(state__in=(State.PROPOSED, State.ACCEPTED))

    def accepted(self) -> Self:
        return self.filter(state=State.ACCEPTED)

    def waiting(self) -> Self:
        return self.filter(state=State.PROPOSED)


class Involvement(Recorded):
    """One department's RACI letter on one initiative, with the person and the department's answer."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="involvements")
    department = models.ForeignKey(Department, models.PROTECT, related_name="involvements")
    letter = models.CharField(max_length=1, choices=Letter)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="involvements")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    reason = models.TextField(blank=True, max_length=2_000)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(letter=Letter.ACCOUNTABLE, state=State.ACCEPTED),
                name=says("one_accountable", "Another department has already accepted to be accountable."),
            ),
            models.UniqueConstraint(
                fields=["initiative", "department", "letter"],
                condition=Q(state__in=(State.PROPOSED, State.ACCEPTED)),
                name=says("one_involvement_of_a_kind", "This department has this part in the initiative already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED) | Q(person__isnull=False),
                name=says("accepted_by_name", "A department accepts its part with the name of a person."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state"], name="involvement_by_department"),
            models.Index(fields=["person", "state"], name="involvement_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.get_letter_display()} ({self.get_state_display().lower()})"

    def may_answer(self, user: User) -> bool:
        """Head and deputies; for a department that has neither, those of the nearest one above."""
        return user.standing.heads_department(self.department_id) or user in self.department.deciders()

    def obstacle_to_answer(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_answer(by):
            return f"Only the head of {self.department} or a deputy can answer for {self.department}."
        if self.state != State.PROPOSED:
            return f"{self.department} has answered already: {self.get_state_display().lower()}."
        return None

    def obstacle_to_accept(self, by: User | None = None, person: User | None = None) -> str | None:
        """Say in one sentence why the department cannot accept, or None."""
        if obstacle := self.obstacle_to_answer(by):
            return obstacle
        initiative = self.initiative
        if initiative.is_over:
            return f"{initiative.reference} is {initiative.get_status_display().lower()}."
        if self.letter == Letter.ACCOUNTABLE and initiative.accountable_department_id is not None:
            return (
                f"{initiative.accountable_department} has already accepted to be accountable for {initiative.reference}, "
                f"with {initiative.accountable_person}. They would have to end that first."
            )
        return obstacle_to_name(person, self.department) if person is not None else None

    @transaction.atomic
    def accept(self, *, by: User, person: User | None = None) -> None:
        """Take the part on for the department, with the name of who carries it (by default, who accepts)."""
        person = person or by
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_accept(by, person):
            raise RuleBroken(obstacle)
        self._answer(State.ACCEPTED, by)
        self.person = person
        self.save(update_fields=["state", "answered_by", "answered_at", "person"])
        if self.letter == Letter.ACCOUNTABLE:
            self.initiative.answers_with(self.department, person, by=by)
        self.initiative.project_grants()
        Obligation.objects.meet(asking.ACCEPT, self, by=by)
        self._record("accepted", by)

    def obstacle_to_decline(self, by: User | None = None) -> str | None:
        return self.obstacle_to_answer(by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Refuse the part, with the reason."""
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_decline(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason for declining.")
        self._answer(State.DECLINED, by)
        self.reason = reason.strip()
        self.save(update_fields=["state", "answered_by", "answered_at", "reason"])
        self.initiative.project_grants()
        Obligation.objects.meet(asking.ACCEPT, self, by=by)
        self._record("declined", by, reason)

    def obstacle_to_end(self, by: User | None = None) -> str | None:
        """Say in one sentence why the department cannot give its part back, or None."""
        if by is not None and not (by.standing.holds("cxo") or self.may_answer(by)):
            return f"Only the head of {self.department} or the CXO can end the part of {self.department}."
        if self.state != State.ACCEPTED:
            return f"{self.department} has not accepted this part."
        return None

    @transaction.atomic
    def end(self, *, by: User, reason: str) -> None:
        """Give the part back. The initiative of an ended Accountable shows that nobody answers for it."""
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_end(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise RuleBroken("Give the reason for ending it.")
        self.state, self.reason = State.ENDED, reason.strip()
        self.save(update_fields=["state", "reason"])
        if self.letter == Letter.ACCOUNTABLE:
            self.initiative.answers_with(None, None, by=by)
        self.initiative.project_grants()
        self._record("ended", by, reason)

    def obstacle_to_hand_to(self, person: User, by: User | None = None) -> str | None:
        if by is not None and not (by.standing.holds("cxo") or self.may_answer(by)):
            return f"Only the head of {self.department} or a deputy can name who carries its part."
        if self.state != State.ACCEPTED:
            return f"{self.department} has not accepted this part."
        return obstacle_to_name(person, self.department)

    @transaction.atomic
    def hand_to(self, person: User, *, by: User) -> None:
        """Name another person of the department who carries its part."""
        self.initiative.lock()
        self.lock()
        if obstacle := self.obstacle_to_hand_to(person, by):
            raise RuleBroken(obstacle)
        self._carried_by(person, by)
        Obligation.objects.meet(asking.SUCCEED, self, by=by)
        self._record("handed_over", by)

    @transaction.atomic
    def pass_to_steward(self, *, by: User | None, reason: str) -> None:
        """Its person leaves: the head carries the part until they name who does. Nobody there: it stays with a name."""
        self.initiative.lock()
        self.lock()
        heirs = [user for user in self.department.deciders() if user.pk != self.person_id]
        if self.state != State.ACCEPTED or not heirs:
            return
        self._carried_by(heirs[0], by)
        asking.ask_to_name_successor(self, heirs, by=by)
        self._record("handed_over", by, reason)

    def _carried_by(self, person: User, by: User | None) -> None:
        self.person = person
        self.save(update_fields=["person"])
        if self.letter == Letter.ACCOUNTABLE:
            self.initiative.answers_with(self.department, person, by=by)
        self.initiative.project_grants()

    def _answer(self, state: State, by: User) -> None:
        self.state, self.answered_by, self.answered_at = state, by, clock.now()

    def _record(self, what: str, by: User | None, reason: str = "") -> None:
        self.initiative.record(
            f"involvement_{what}",
            by=by,
            reason=reason,
            department=self.department.name,
            letter=self.get_letter_display(),
            person=self.person.name if self.person else "",
        )


def obstacle_to_name(person: User, department: Department) -> str | None:
    """Say why this person cannot carry the department's part, or None."""
    if not person.is_active:
        return f"{person} is no longer active."
    if department.pk not in person.standing.belongs_to:
        return f"{person} holds no role in {department}."
    return None
