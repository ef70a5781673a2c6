"""One department asked to own one object: what is kept of it, who may answer, and why an answer is not possible."""

from django.db import models
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.proposing import may_ask, obstacle_to_name
from initiatives.journey.models.words import Answer, Ending, Refusal, State
from initiatives.organization.models import Department, User


class Asked(Recorded):
    """What a handshake is, and what each of its acts asks before it is done.

    succession  the department had it already: it keeps the object, vacant with its head as steward, until somebody accepts
    succeeds    the ownership that this one would follow: of the department that hands it over, or of the person who left
    """

    owned = models.ForeignKey(OwnedObject, models.PROTECT, related_name="ownerships")
    department = models.ForeignKey(Department, models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="ownerships")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.PROPOSED)
    succession = models.BooleanField(default=False)
    succeeds = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    why = models.TextField("why this department", max_length=2_000, blank=True)
    code = models.CharField(max_length=12, choices=Refusal, blank=True)  # of declining
    reason = models.TextField(max_length=2_000, blank=True)  # of declining, withdrawing, ending
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, choices=Ending, blank=True)

    refusals = Refusal.choices  # for the form on Home

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.owned.reference}, {self.department}: {self.get_answer_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("journey:ownership", args=[self.pk])

    @property
    def waits(self) -> bool:
        return self.answer == Answer.PROPOSED

    @property
    def is_hand_over(self) -> bool:
        """Whether accepting it ends the ownership that it follows."""
        return self.succeeds is not None and self.succeeds.answer == Answer.ACCEPTED

    def may_answer(self, user: User) -> bool:
        """Head and deputies; for a department that has neither, those of the nearest one above."""
        if user.standing.heads_department(self.department_id):
            return True
        return bool(user.standing.heads) and user in self.department.deciders()

    def obstacle_to_answer(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_answer(by):
            return f"Only the head of {self.department} or a deputy can answer for {self.department}."
        if not self.waits:
            return self._winner() or f"{self.department} is no longer asked: {self.get_answer_display().lower()}."
        return None

    def _winner(self) -> str | None:
        """Who owns the object meanwhile."""
        owned = self.owned
        if owned.state != State.OWNED or owned.department_id == self.department_id:
            return None
        return f"{owned.department} has already accepted to own {owned.reference}, with {owned.person}."

    def obstacle_to_accept(self, by: User | None = None, person: User | None = None) -> str | None:
        """Say in one sentence why the department cannot accept (with this person), or None."""
        if obstacle := self.obstacle_to_answer(by):
            return obstacle
        if self.owned.archived_on is not None:
            return f"{self.owned.reference} is no longer in use."
        if self.owned.state == State.CONTESTED:
            return f"{self.owned.reference} is contested; who owns it is ruled on first."
        if not self.is_hand_over and (winner := self._winner()):
            return winner
        return obstacle_to_name(person, self.department) if person is not None else None

    def obstacle_to_decline(self, by: User | None = None) -> str | None:
        return self.obstacle_to_answer(by)

    def obstacle_to_withdraw(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be unasked, or None."""
        if by is not None and by.pk != self.proposed_by_id and not may_ask(by, self.owned):
            return f"Only who asked {self.department} and the CXO can withdraw it."
        if not self.waits:
            return f"{self.department} is no longer asked: {self.get_answer_display().lower()}."
        if self.succession:
            return f"{self.department} keeps {self.owned.reference} until it names who owns it, or gives it back."
        return None

    def obstacle_to_name_person(self, person: User | None = None, by: User | None = None) -> str | None:
        """Say in one sentence why the department cannot name (this) another person, or None."""
        if by is not None and not self.may_answer(by):
            return f"Only the head of {self.department} or a deputy can name who owns {self.owned.reference}."
        if obstacle := self._obstacle_unless_accepted():
            return obstacle
        if person is not None and person.pk == self.person_id:
            return f"{person} owns {self.owned.reference} already."
        return obstacle_to_name(person, self.department) if person is not None else None

    def obstacle_to_give_back(self, by: User | None = None) -> str | None:
        """Say in one sentence why the department cannot give it back, or None."""
        if by is not None and not self.may_answer(by):
            return f"Only the head of {self.department} or a deputy can give {self.owned.reference} back."
        return self._obstacle_unless_accepted()

    def obstacle_to_hand_over(self, by: User | None = None) -> str | None:
        """Say in one sentence why the department cannot offer it to another, or None."""
        if by is not None and not self.may_answer(by):
            return f"Only the head of {self.department} or a deputy can hand {self.owned.reference} over."
        return self._obstacle_unless_accepted()

    def obstacle_to_attest(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be said that it is still theirs, or None."""
        if by is not None and by.pk != self.person_id and not self.may_answer(by):
            return f"Only {self.person}, the head of {self.department} or a deputy can attest {self.owned.reference}."
        return self._obstacle_unless_accepted()

    def _obstacle_unless_accepted(self) -> str | None:
        if self.answer != Answer.ACCEPTED:
            return f"{self.department} does not own {self.owned.reference}."
        if self.owned.state == State.CONTESTED:
            return f"{self.owned.reference} is contested; who owns it is ruled on first."
        return None
