"""Money that was given and that nobody commits: its owner is asked to commit it or give it back, or to say why it is kept."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation, Outcome
from initiatives.funding import above
from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.idle_rules import IdleRule
from initiatives.funding.models.ledger import Transfer
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Role, RoleKind, User

RECLAIM = "funding.reclaim"
DAYS_TO_ANSWER = 10


def idle_accounts() -> models.QuerySet[Account]:
    """Allocations of years that last on which nothing has moved for as long as finance says.

    What waits at a gate is spared until the gate's own day passed by as many days; `spared` is so much, in the own currency.
    """
    since = IdleRule.objects.since()
    touching = Transfer.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))).order_by("-journal__on")
    today = clock.company_day()
    given = Account.objects.filter(kind=Kind.ALLOCATED, balance__gt=0, pool__year__ends__gte=today)
    later = above.spared(OuterRef("cost_object"), since)
    spared = F("cost_object__held") if later is None else Coalesce(Subquery(later), Value(Decimal(0)))
    known = given.annotate(moved=Subquery(touching.values("journal__on")[:1]), since=since, spared=spared)
    used = F("cost_object__committed") + F("cost_object__spent") + F("spared")
    own = Q(pool__currency=F("cost_object__currency"), cost_object__allocated__gt=used)
    return known.filter(Q(cost_object__held=0) | Q(spared=0) | own, moved__lt=F("since"))


def idle_of(cost_object: CostObject) -> tuple[list[Any], dict[str, Decimal]]:
    """Its accounts with idle money, as `idle_accounts` annotates them, and how much of them is idle, by currency."""
    accounts, sums = with_places(idle_accounts().filter(cost_object=cost_object)), dict[str, Decimal]()
    for account, part in idle_parts(accounts):
        sums[account.pool.currency] = sums.get(account.pool.currency, Decimal(0)) + part
    return accounts, sums


def with_places(accounts: models.QuerySet[Account]) -> list[Any]:
    return list(accounts.select_related("cost_object", "pool").order_by("cost_object_id", "pool_id", "id"))


def idle_parts(accounts: Iterable[Any]) -> Iterator[tuple[Any, Decimal]]:
    """How much of each lies idle: of a cost object, in its own currency, no more than gates spare."""
    left: dict[int, Decimal] = {}
    for account in accounts:
        thing, part = account.cost_object, account.balance
        if account.pool.currency == thing.currency:
            room = left.setdefault(thing.pk, max(thing.uncommitted - account.spared, Decimal(0)))
            part = min(part, room)
            left[thing.pk] = room - part
        yield account, part


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
    kept_since = clock.company_day() - timedelta(days=IdleRule.objects.days())
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
    """Release all of it that lies idle and that no gate holds."""
    cost_object.lock()
    if obstacle := obstacle_to_answer(cost_object, by):
        raise RuleBroken(obstacle)
    accounts, room = idle_of(cost_object)
    if cost_object.currency in room:
        room[cost_object.currency] = min(room[cost_object.currency], cost_object.open_to_commit)
    if not any(room.values()):
        raise RuleBroken(
            "A gate holds all of it, whose day is over; the CXO decides the gate, then it can be committed or given back."
        )
    for account in accounts:
        if part := min(account.balance, room[account.pool.currency]):
            cost_object.release(account.pool, part, by=by, memo="It lay idle", nature=account.nature)
            room[account.pool.currency] -= part
    Obligation.objects.meet(RECLAIM, cost_object, by=by)


@transaction.atomic
def keep(cost_object: CostObject, *, by: User, reason: str) -> None:
    """Keep the money all the same: nobody is asked about it again for as long as money may lie untouched."""
    cost_object.lock()
    if obstacle := obstacle_to_answer(cost_object, by):
        raise RuleBroken(obstacle)
    if not reason.strip():
        raise BadInput("Say why the money is kept.")
    if not Obligation.objects.excuse(RECLAIM, cost_object, by=by, reason=reason):
        raise RuleBroken("Nobody has asked for this money back yet.")
    cost_object.record("idle_kept", by=by, reason=reason)
