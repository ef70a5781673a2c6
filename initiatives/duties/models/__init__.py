"""What is waited for, the reminders made of it, and the outbox that every mail of the product goes through."""

from initiatives.duties.models.letter import Letter, LetterQuerySet, State
from initiatives.duties.models.obligation import Obligation
from initiatives.duties.models.reminder import Reminder
from initiatives.duties.models.waiting import ObligationQuerySet, Outcome

__all__ = ["Letter", "LetterQuerySet", "Obligation", "ObligationQuerySet", "Outcome", "Reminder", "State"]
