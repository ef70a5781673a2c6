"""Write the day's letters: one digest for each person and local day, and one letter of escalation for each head and day.

Nothing is sent here. Whether each line may still be sent is asked when its letter is (initiatives/duties/letters.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat

from initiatives.duties import schedule
from initiatives.duties.kinds import KINDS, announced
from initiatives.duties.ladder import Ladder
from initiatives.duties.models import Letter, Obligation, ObligationQuerySet, Outcome, Reminder
from initiatives.organization.calendars import Calendar, Calendars
from initiatives.organization.models import User

DIGEST, ESCALATION = "digest", "escalation"
AT_ONCE = 200  # letters in one transaction

STEP = models.SmallIntegerField()


@dataclass(frozen=True)
class Line:
    """That this person is to be told of this ask at this step."""

    reader: int
    ask: int
    due_on: date
    step: int


def write_digests(now: datetime) -> int:
    """Write the digests of everybody whose morning has come and who has not had today's. Returns how many."""
    return sum(_write(DIGEST, _reminders_due(today, zones), today, now) for today, zones in _days_begun(now).items())


def write_escalations(now: datetime) -> int:
    """Write to those above about asks that nobody answers, in the morning of whom is written to. Returns how many."""
    return sum(_write(ESCALATION, _escalations_due(today, zones), today, now) for today, zones in _days_begun(now).items())


def _days_begun(now: datetime) -> dict[date, set[str]]:
    """The time zones of our people in which it is day, by the date that it is there."""
    begun: dict[date, set[str]] = defaultdict(set)
    for name in User.objects.active().order_by().values_list("time_zone", flat=True).distinct():
        if schedule.is_daytime(now, zone := ZoneInfo(name)):
            begun[now.astimezone(zone).date()].add(name)
    return begun


def _reminders_due(today: date, zones: set[str]) -> Iterator[Line]:
    """What is to be said today to people in these zones who had no digest today, about asks whose department works today."""
    calendars = Calendars.read()
    if not calendars.company.is_working_day(today):
        return
    resting = calendars.resting(today)
    first = min(schedule.REMINDER_STEPS)
    asked = When(
        Q(kind__in=announced(), due_on__gt=today - (first * schedule.DAY)) & ~Q(opened_by=F("person")),
        then=Value(schedule.ON_ASKING),
    )
    people = Obligation.objects.exclude(department__in=resting).annotate(
        step=_step("due_on", today, schedule.REMINDER_STEPS, asked)
    )
    yield from _not_told(people, "", "person", today, zones)

    later = tuple(step for step in schedule.REMINDER_STEPS if step >= schedule.STAND_INS_FROM)
    others = Obligation.stand_ins.through._default_manager.exclude(obligation__department__in=resting)
    stand_ins = others.annotate(step=_step("obligation__due_on", today, later))
    yield from _not_told(stand_ins, "obligation__", "user", today, zones)


def _step(due_on: str, today: date, steps: tuple[int, ...], *more: When, calendar: Calendar | None = None) -> Case:
    """SQL for schedule.step_on: the step that an ask with this due day has reached today, or NULL."""
    whens = [
        When(Q(**{f"{due_on}__lte": last}) & (Q(**{f"{due_on}__gte": first}) if first else Q()), then=Value(step))
        for step, first, last in schedule.spans(today, steps, calendar)
    ]
    return Case(*whens, *more, default=None, output_field=STEP)


def _not_told(rows: Any, ask: str, who: str, today: date, zones: set[str]) -> Iterator[Line]:
    """Lines for the open asks among `rows`, each with its `step`; `ask` and `who` lead from a row to the ask and its reader."""
    ask_id = "pk" if not ask else "obligation_id"
    told = Reminder.objects.filter(
        obligation_id=OuterRef(ask_id), recipient_id=OuterRef(f"{who}_id"), due_on=OuterRef(f"{ask}due_on"), step=OuterRef("step")
    )
    key = Concat(Value(f"{DIGEST} "), Cast(OuterRef(f"{who}_id"), models.CharField()), Value(f" {today}"))
    due = rows.filter(
        ~Exists(told),
        ~Exists(Letter.objects.filter(key=key)),
        step__isnull=False,
        **{f"{ask}outcome": Outcome.OPEN, f"{who}__is_active": True, f"{who}__time_zone__in": zones},
    )
    for values in due.values_list(f"{who}_id", ask_id, f"{ask}due_on", "step"):
        yield Line(*values)


def _escalations_due(today: date, zones: set[str]) -> Iterator[Line]:
    """What is to be said today about unanswered asks to those above, when they live in these zones."""
    calendars = Calendars.read()
    steps = {ask: step for calendar, asks in _by_calendar(calendars) for ask, step in _unanswered(asks, today, calendar)}
    if not steps:
        return
    ladder, unanswered = Ladder(calendars), list(steps)
    rungs = {ask.pk: ladder.rungs(ask, steps[ask]) for ask in unanswered}
    about: dict[tuple[User, str], set[int]] = defaultdict(set)
    for ask in unanswered:
        for person in rungs[ask.pk]:
            about[person, ask.kind].add(ask.subject_id)
    seen = {key: KINDS[key[1]].seen_by(key[0], ids) if key[1] in KINDS else set() for key, ids in about.items()}
    for ask in unanswered:
        reader = next((person for person in rungs[ask.pk] if ask.subject_id in seen[person, ask.kind]), None)
        if reader is not None and reader.time_zone in zones:
            yield Line(reader.pk, ask.pk, ask.due_on, steps[ask])


def _by_calendar(calendars: Calendars) -> Iterator[tuple[Calendar, ObligationQuerySet]]:
    """The open asks, those apart whose department has a calendar of its own."""
    differing = calendars.differing()
    asks = Obligation.objects.open_now()
    for calendar, departments in differing.items():
        yield calendar, asks.filter(department__in=departments)
    apart = [pk for departments in differing.values() for pk in departments]
    yield calendars.company, asks.exclude(department__in=apart)


def _unanswered(asks: ObligationQuerySet, today: date, calendar: Calendar) -> Iterator[tuple[Obligation, int]]:
    """Those of the asks, which all go by this calendar, of which somebody above is to be told today, with the step."""
    if not calendar.is_working_day(today):
        return
    told = Reminder.objects.filter(obligation_id=OuterRef("pk"), due_on=OuterRef("due_on"), step=OuterRef("step"))
    reached = asks.annotate(step=_step("due_on", today, schedule.ESCALATION_STEPS, calendar=calendar))
    for ask in reached.filter(~Exists(told), due_on__lt=today, step__isnull=False):
        late = calendar.working_days_between(ask.due_on, today)
        yield ask, schedule.step_on(late, schedule.ESCALATION_STEPS) or 0


def _write(template: str, lines: Iterable[Line], today: date, now: datetime) -> int:
    """Write one letter for each reader, with its lines, unless the reader already has today's. Returns how many."""
    by_reader: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_reader[line.reader].append(line)
    readers = sorted(by_reader)  # one order for all workers: none waits for another in a circle
    written = 0
    for start in range(0, len(readers), AT_ONCE):
        with transaction.atomic():
            letters = Letter.objects.enqueue(
                [
                    Letter(
                        template=template,
                        recipient_id=reader,
                        key=f"{template} {reader} {today}",
                        written_at=now,
                        next_try_at=now,
                    )
                    for reader in readers[start : start + AT_ONCE]
                ]
            )
            Reminder.objects.bulk_create(
                Reminder(obligation_id=line.ask, recipient_id=line.reader, due_on=line.due_on, step=line.step, letter=letter)
                for letter in letters
                for line in by_reader[letter.recipient_id or 0]
            )
            written += len(letters)
    return written
