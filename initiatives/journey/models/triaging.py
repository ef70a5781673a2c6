"""What the journey waits for about signals, and who hears what became of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from initiatives.core import clock
from initiatives.duties import post
from initiatives.duties.models import Letter, Obligation
from initiatives.duties.schedule import next_morning
from initiatives.journey.models.hanging import asked_for
from initiatives.journey.models.map import MapPolicy
from initiatives.journey.models.news import News
from initiatives.organization.calendars import Calendar, working_days_after
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.problems import Problem
    from initiatives.journey.models.signals import Signal

TRIAGE = "journey.triage"
BREACH = "journey.breach"
OUTCOMES = "outcomes"  # the letter that tells what became of signals: templates/letters/outcomes.txt


def ask_to_triage(signal: "Signal", *, by: User | None) -> None:
    """Wait for a disposition: of who answers for the first touchpoint, in the working days of the map's policy."""
    person, department = asked_for(signal.touchpoint)
    if person is None:
        return
    days = MapPolicy.objects.current().days_to_triage
    Obligation.objects.open(
        TRIAGE,
        signal,
        person=person,
        stand_ins=department.deciders() if department else (),
        due_on=working_days_after(clock.today(person.zone), days, department),
        words=f"Decide about {signal.reference}",
        url=signal.get_absolute_url(),
        department=department,
        by=by,
    )


def triage_was_done(signal: "Signal", *, by: User) -> None:
    Obligation.objects.meet(TRIAGE, signal, by=by)


def problem_was_taken_up(problem: "Problem", *, by: User) -> None:
    """Somebody works on a problem that was opened by itself: nobody has to be asked about it any more."""
    Obligation.objects.meet(BREACH, problem, by=by)


def triage_passes_on(signal: "Signal") -> None:
    """What was asked of who answered for the touchpoint before is asked of who answers now."""
    person, _ = asked_for(signal.touchpoint)
    for ask in Obligation.objects.open_now().about(signal).filter(kind=TRIAGE):
        if person is not None and ask.person_id != person.pk:
            ask.hand_over(person, by=None, reason=f"{person} answers for {signal.touchpoint.reference} now.")


def tell(signals: "Iterable[Signal]", *, by: User) -> None:
    """Let everybody who raised these signals, or said "me too", hear what became of them, in one letter the next morning.

    Who decided is not told of it. Whether the others may still see it is asked when the letter is sent.
    """
    calendar, now = Calendar.of(), clock.now()
    for signal in signals:
        for person in signal.people():
            if person.pk != by.pk and person.is_active:
                News.objects.create(signal=signal, person=person, letter=_letter(person, calendar, now))


def _letter(person: User, calendar: Calendar, now: datetime) -> Letter:
    """The letter of the person's next working morning, written when the first news for it comes."""
    leaves_at = next_morning(now, person, calendar)
    key = f"{OUTCOMES} {person.pk} {leaves_at.astimezone(person.zone).date()}"
    return post.write(OUTCOMES, person, key, leaves_at=leaves_at) or Letter.objects.get(key=key)
