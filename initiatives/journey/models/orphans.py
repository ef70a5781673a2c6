"""The hot potato: what nobody will own. After twenty working days the CXO is asked; after the third refusal the CEO decides."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models.asking import FIND
from initiatives.journey.models.giving import give, obstacle_to_give
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.refusing import when_refused
from initiatives.journey.models.spells import Spell
from initiatives.journey.models.words import Kind, State
from initiatives.organization.calendars import Calendar, working_days_after
from initiatives.organization.models import Department, User

DECIDE = "journey.decide_orphan"
DAYS_UNOWNED, REFUSALS, TO_THE_CEO = 20, 2, 3
DAYS_TO_FIND = 5  # working days, for the CXO to find somebody and for the CEO to decide


OwnedObjects = Any  # a queryset of them, with or without what was annotated


def with_unowned_since(found: OwnedObjects) -> OwnedObjects:
    """Each with `unowned_since`: when it was last owned, else when it came on the map."""
    spells = Spell.objects.filter(owned=OuterRef("pk"))
    last_owned = spells.filter(state=State.OWNED, until__isnull=False).order_by("-until").values("until")[:1]
    first = spells.order_by("began").values("began")[:1]
    return found.annotate(unowned_since=Coalesce(Subquery(last_owned), Subquery(first), "since", output_field=DateTimeField()))


def neglected(found: OwnedObjects, today: date) -> OwnedObjects:
    """Those that were owned by nobody for twenty working days on `today`. Asked for and refused meanwhile is unowned too."""
    first_of_them = Calendar.of().working_days_after(today + timedelta(days=1), -DAYS_UNOWNED)
    began = datetime.combine(first_of_them, time(0), ZoneInfo(settings.TIME_ZONE))
    unowned = found.in_use().filter(state__in=(State.UNOWNED, State.PROPOSED))
    return with_unowned_since(unowned).filter(unowned_since__lt=began)


def orphans(found: OwnedObjects, today: date) -> OwnedObjects:
    """Refused twice, or neglected, and nobody is asked now."""
    too_long = neglected(found, today).values("pk")
    here = with_unowned_since(found.in_use().filter(state=State.UNOWNED))
    return here.filter(Q(refusals__gte=REFUSALS) | Q(pk__in=Subquery(too_long)))


def orphan_url(owned: OwnedObject) -> str:
    return reverse("journey:orphan", args=[owned.reference])


def ask_for_neglected(*, today: date | None = None) -> int:
    """Ask the CXO to find owners of touchpoints that nobody has owned for long. May run at any time and twice."""
    today = today or clock.company_day()
    cxo = User.objects.holding("cxo").in_order().first()
    if cxo is None:
        return 0
    asked = Obligation.objects.open_now().filter(kind=FIND).values("subject_id")
    touchpoints = OwnedObject.objects.filter(kind=Kind.TOUCHPOINT, state=State.UNOWNED)
    lost = list(neglected(touchpoints, today).exclude(pk__in=asked).order_by("pk"))
    for owned in lost:
        _ask(FIND, owned, cxo, f"Find who owns {owned.reference}", by=None)
    return len(lost)


def ask_ceo(owned: OwnedObject, by: User | None) -> None:
    """The third department would not have it: the CEO decides, with the whole history before them."""
    if owned.refusals >= TO_THE_CEO and (ceo := User.objects.holding("ceo").in_order().first()):
        _ask(DECIDE, owned, ceo, f"Decide who owns {owned.reference}", by=by)


def excuse_decided() -> int:
    """Nobody decides about what is owned meanwhile."""
    asked = Obligation.objects.open_now().filter(kind=DECIDE)
    owned = OwnedObject.objects.filter(pk__in=asked.values("subject_id"), state=State.OWNED)
    return sum(Obligation.objects.excuse(DECIDE, one, by=None, reason="Somebody owns it.") for one in owned)


def _ask(kind: str, owned: OwnedObject, person: User, words: str, *, by: User | None) -> None:
    due = working_days_after(clock.company_day(), DAYS_TO_FIND)
    Obligation.objects.open(kind, owned, person=person, due_on=due, words=words, url=orphan_url(owned), by=by)


def obstacle_to_assign(owned: OwnedObject, by: User | None = None, department: Department | None = None) -> str | None:
    """Say in one sentence why the CEO cannot decide who owns it, or None."""
    if by is not None and not by.standing.holds("ceo"):
        return "Only the CEO decides who owns what everybody refused."
    if owned.archived_on is not None or owned.state not in (State.UNOWNED, State.PROPOSED):
        return f"{owned.reference} is {owned.get_state_display().lower()}."
    if owned.refusals < TO_THE_CEO:
        return f"{owned.reference} was refused {owned.refusals} times; after the third the CEO decides."
    return obstacle_to_give(department) if department is not None else None


@transaction.atomic
def assign(owned: OwnedObject, department: Department, *, rationale: str, by: User) -> None:
    """Let a department own what three have refused: the CEO's decision, with its reason. Its head names somebody later."""
    owned.lock()
    if obstacle := obstacle_to_assign(owned, by, department):
        raise RuleBroken(obstacle)
    if not rationale.strip():
        raise BadInput("Say why it is this department.")
    give(owned, department, by=by, why=rationale.strip())
    owned.record("assigned", by=by, reason=rationale.strip(), owner=department.name)
    Obligation.objects.meet(DECIDE, owned, by=by)


def register() -> None:
    """Hear of refusals."""
    when_refused(ask_ceo)
