"""Still mine: who owns something says so from time to time; what is not attested counts half, then not at all."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import asking
from initiatives.journey.models.owned_objects import ATTEST_WINDOW, OwnedObject
from initiatives.journey.models.ownership import Ownership
from initiatives.journey.models.settling import next_attestation
from initiatives.journey.models.words import State
from initiatives.organization.calendars import Calendar, Calendars
from initiatives.organization.models import User

MOST_LAPSES = 2  # from here on it counts nothing


@transaction.atomic
def attest(numbers: Iterable[int], *, by: User) -> int:
    """Say of all these ownerships at once that they still are what they are; all or none. Returns how many."""
    chosen = Ownership.objects.visible_to(by).filter(pk__in=list(numbers)).order_by("owned_id")
    calendars, people = Calendars.read(), set()
    for ownership in chosen.select_related("owned__person", "owned__department", "department", "person"):
        owned = ownership.owned
        owned.lock()
        ownership.lock()
        if obstacle := ownership.obstacle_to_attest(by):
            raise RuleBroken(obstacle)
        owned.attested(next_attestation(calendars.of(owned.department_id)), lapses=0)
        ownership.tell("attested", by)
        people.add(owned.person)
    if not people:
        raise RuleBroken("Choose what is still yours.")
    for person in filter(None, people):
        asking.all_was_attested(person, by=by)
    return len(chosen)


def ask_everybody() -> int:
    """Ask who owns what is to be attested soon. Returns how many people that are."""
    due = OwnedObject.objects.to_attest(clock.company_day())
    asked = Obligation.objects.open_now().filter(kind=asking.ATTEST).values("person")
    people = User.objects.active().filter(pk__in=due.values("person")).exclude(pk__in=asked).order_by("pk")
    for person in people:
        asking.ask_to_attest(person, by=None)
    return len(people)


def lapse_unattested() -> int:
    """What was not attested in time has lapsed once more. Returns how much; may run at any time and twice."""
    today = clock.company_day()
    late = OwnedObject.objects.owned().in_use().filter(attest_by__lt=today, lapses__lt=MOST_LAPSES).order_by("pk")
    return sum(_lapse(owned, today) for owned in late)


@transaction.atomic
def _lapse(owned: OwnedObject, today: date) -> bool:
    owned.lock()
    if owned.state != State.OWNED or owned.attest_by is None or owned.attest_by >= today or owned.lapses >= MOST_LAPSES:
        return False
    more = owned.lapses + 1 < MOST_LAPSES
    again = Calendar.of(owned.department).working_day_from(today + ATTEST_WINDOW) if more else None
    owned.attested(again, lapses=owned.lapses + 1)
    owned.record("attestation_lapsed", by=None)
    return True
