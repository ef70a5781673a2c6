"""What stops a request's clocks and what ends them: a question of a decider, its answer, and the day on which it expires."""

from uuid import UUID

from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models.deciding import ANSWER, DAYS_TO_DECIDE, DAYS_TO_EXPIRE, Deciding
from initiatives.funding.models.papers import State
from initiatives.funding.models.posting import handles_money
from initiatives.funding.models.questions import Question
from initiatives.funding.models.seeds import ASK
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User

DAYS_TO_ANSWER = 5


class Returning(Deciding):
    """A request that may be returned with a question, answered, and closed when nobody decides it."""

    class Meta:
        abstract = True

    def asked_questions(self) -> models.QuerySet[Question]:
        return Question.objects.filter(request_id=self.pk).with_people()

    def obstacle_to_return(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot return it with a question, or None."""
        if self.state != State.SUBMITTED:
            return f"This request is not waiting for approval; it is {self.get_state_display().lower()}."
        if not handles_money(by) or self.due_from(by) is None:
            return "Only those whose approval is due return a request."
        return None

    @transaction.atomic
    def return_with(self, question: str, *, by: User, key: UUID | None = None) -> None:
        """Ask the requester something before deciding; until it is answered the clock of the deciders stands still.

        Approvals that were given stay: nothing that they signed changes.
        """
        by = User.objects.get(pk=by.pk)
        if self._begin("return", by, key, question=question):
            return
        if not question.strip():
            raise BadInput("Write the question.")
        if obstacle := self.obstacle_to_return(by):
            raise RuleBroken(obstacle)
        days, today = Calendar.of(), clock.today()
        asks = Obligation.objects.about(self).open_now().filter(kind=ASK).values_list("due_on", flat=True)
        Question.objects.create(
            request_id=self.pk,
            by=by,
            text=question,
            days_to_decide=max(1, min((days.working_days_between(today, day) for day in asks), default=DAYS_TO_DECIDE)),
            days_to_expire=max(1, days.working_days_between(today, self.expires_on) if self.expires_on else DAYS_TO_EXPIRE),
        )
        self.expires_on = days.working_days_after(today, DAYS_TO_EXPIRE)
        self._become(State.RETURNED, "returned", by=by, reason=question)
        self.ask_deciders(by=by)
        Obligation.objects.open(
            ANSWER,
            self,
            person=self.requester,
            due_on=days.working_days_after(self.requester.today(), DAYS_TO_ANSWER),
            words=f"Answer the question about request {self.pk}",
            url=self.get_absolute_url(),
            department=self.cost_object.department,
            by=by,
        )

    def obstacle_to_answer(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot answer, or None."""
        if by.pk != self.requester_id or not handles_money(by):
            return "Only who asked for the money answers."
        return None if self.state == State.RETURNED else "Nobody asks anything about this request now."

    @transaction.atomic
    def answer(self, answer: str, *, by: User, key: UUID | None = None) -> None:
        """Answer the question: those who decide are asked again, with the days that they had left."""
        if self._begin("answer", by, key, answer=answer):
            return
        if not answer.strip():
            raise BadInput("Write the answer.")
        if obstacle := self.obstacle_to_answer(by):
            raise RuleBroken(obstacle)
        question = Question.objects.open_now().get(request_id=self.pk)
        question.answer, question.answered_at = answer, clock.now()
        question.save(update_fields=["answer", "answered_at"])
        Obligation.objects.meet(ANSWER, self, by=by)
        self.expires_on = Calendar.of().working_days_after(clock.today(), question.days_to_expire)
        self._become(State.SUBMITTED, "answered", by=by, reason=answer)
        self.ask_deciders(by=by, days=question.days_to_decide)

    @transaction.atomic
    def expire(self) -> None:
        """Close it when nobody decided in time, or nobody answered; again, or too early, it does nothing."""
        self.lock()
        self.cost_object.lock()
        if self.state in (State.SUBMITTED, State.RETURNED) and self.expires_on and self.expires_on < clock.today():
            self._become(State.EXPIRED, "expired", by=None)
            self.ask_deciders(by=None)
