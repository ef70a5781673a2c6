"""Money that was given and that nobody commits: its owner is asked to commit it or give it back, or to say why it is kept."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation, Outcome
from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.ledger import Transfer
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Role, RoleKind, User

RECLAIM = "funding.reclaim"
IDLE = timedelta(days=91)  # three months without a commitment
DAYS_TO_ANSWER = 10


def idle_accounts() -> models.QuerySet[Account]:
    """Allocations of years that last on which nothing has moved for three months, unless a gate holds them."""
    touching = Transfer.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))).order_by("-journal__on")
    today = clock.company_day()
    given = Account.objects.filter(kind=Kind.ALLOCATED, balance__gt=0, cost_object__held=0, pool__year__ends__gte=today)
    return given.annotate(moved=Subquery(touching.values("journal__on")[:1])).filter(moved__lt=today - IDLE)


def asks() -> models.QuerySet[Obligation]:
    return Obligation.objects.filter(kind=RECLAIM)


def answerer(cost_object: CostObject) -> User | None:
    """Who is asked: the owner, else the CXO."""
    if cost_object.owner is not None and cost_object.owner.is_active:
        return cost_object.owner
    return next(iter(Role.objects.people(RoleKind.CXO)), None)


def propose() -> int:
    """Ask whose money has become idle; ask nobody any longer whose money moved, or who does not answer for it now."""
    idle = set(idle_accounts().values_list("cost_object", flat=True))
    waiting = {ask.subject_id: ask for ask in asks().filter(outcome=Outcome.OPEN).select_related("person")}
    kept_since = clock.company_day() - IDLE
    kept = asks().filter(outcome=Outcome.EXCUSED, closed_by__isnull=False, closed_at__date__gt=kept_since)
    settled, asked = set(kept.values_list("subject_id", flat=True)), 0
    for thing in CostObject.objects.filter(pk__in=idle | waiting.keys()).with_people().order_by("pk"):
        person, ask = answerer(thing), waiting.get(thing.pk)
        if ask is not None and (thing.pk not in idle or ask.person != person):
            Obligation.objects.excuse(RECLAIM, thing, by=None, reason="The money moved, or another person answers for it.")
            ask = None
        if thing.pk in idle and ask is None and person is not None and thing.pk not in settled:
            _ask(thing, person)
            asked += 1
    return asked


def _ask(cost_object: CostObject, person: User) -> None:
    Obligation.objects.open(
        RECLAIM,
        cost_object,
        person=person,
        due_on=working_days_after(person.today(), DAYS_TO_ANSWER, cost_object.department),
        words="Commit or give back money that lies idle",
        url=cost_object.get_absolute_url(),
        department=cost_object.department,
    )


def obstacle_to_answer(cost_object: CostObject, by: User) -> str | None:
    """Say in one sentence why `by` cannot give idle money back, or keep it, or None."""
    if obstacle := cost_object.obstacle_to_release(by):
        return obstacle
    return None if idle_accounts().filter(cost_object=cost_object).exists() else "None of this money lies idle."


@transaction.atomic
def give_back(cost_object: CostObject, *, by: User) -> None:
    """Release all of it that lies idle."""
    cost_object.lock()
    if obstacle := obstacle_to_answer(cost_object, by):
        raise RuleBroken(obstacle)
    for account in idle_accounts().filter(cost_object=cost_object).select_related("pool").order_by("pool_id"):
        cost_object.release(account.pool, account.balance, by=by, memo="It lay idle", nature=account.nature)
    Obligation.objects.meet(RECLAIM, cost_object, by=by)


@transaction.atomic
def keep(cost_object: CostObject, *, by: User, reason: str) -> None:
    """Keep the money all the same: nobody is asked about it again for three months."""
    cost_object.lock()
    if obstacle := obstacle_to_answer(cost_object, by):
        raise RuleBroken(obstacle)
    if not reason.strip():
        raise BadInput("Say why the money is kept.")
    if not Obligation.objects.excuse(RECLAIM, cost_object, by=by, reason=reason):
        raise RuleBroken("Nobody has asked for this money back yet.")
    cost_object.record("idle_kept", by=by, reason=reason)
