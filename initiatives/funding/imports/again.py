"""Lines that waited for a commitment, or for another reason that may pass, are tried again by themselves.

A line comes up once after its import, and then when money of what it names moved since it was last tried: most wait for months,
and trying each of them every minute would tell nobody anything. It is tried under the lock of its money, so that no commitment of
the same moment is missed, and as its import did it: in the name of who delivered the file.
"""

from datetime import timedelta
from functools import partial

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from initiatives.core import clock
from initiatives.funding.imports.places import Place, Places
from initiatives.funding.imports.posting import fault_of
from initiatives.funding.models import Account, Act, ActualLine, ControlChange, Delivery, Journal, LineState, Transfer, Why
from initiatives.funding.models.change_laws import ChangeState
from initiatives.funding.models.posting import may_post

PASSING = (Why.REFERENCE, Why.OVER, Why.CURRENCY, Why.PERIOD, Why.MONEY, Why.REFUSED)  # what another entry may put right
# What may let a pool's limit pass a posting again.
ROOM = (Act.APPROPRIATED, Act.BROUGHT, Act.TRANSFERRED, Act.CREDITED, Act.REVERSED)
MOST = 200  # lines at a ring; the others come with the next
UNDER_WAY = timedelta(minutes=2)  # so old may an entry be that nobody sees yet


def due() -> models.QuerySet[ActualLine]:
    """The lines that wait and may pass by now, those first that were never tried again."""
    since = {"journal__at__gt": OuterRef("tried_at")}
    moved = Transfer.objects.filter(source__cost_object=OuterRef("cost_object"), **since)
    pools = Account.objects.filter(cost_object=OuterRef(OuterRef("cost_object"))).values("pool")
    room = Transfer.objects.filter(source__pool__in=pools, journal__act__in=ROOM, **since)
    kept = ControlChange.objects.filter(pool__in=pools, state=ChangeState.CONFIRMED, decided_at__gt=OuterRef("tried_at"))
    newest = Journal.objects.filter(act=Act.COMMITTED).order_by("-pk").values_list("at", flat=True).first()
    named = Q(why=Why.REFERENCE, tried_at__lt=newest + UNDER_WAY) if newest else Q(pk=None)
    waiting = ActualLine.objects.filter(state=LineState.WAITING, why__in=PASSING)
    passes = Q(tried_at=None) | named | Exists(moved) | (Q(why=Why.REFUSED) & (Exists(room) | Exists(kept)))
    return waiting.filter(passes).order_by(F("tried_at").asc(nulls_first=True), "pk")


def try_again() -> int:
    """Try those that are due, a number at a time; how many were posted."""
    lines = list(due().select_related("delivery__by")[:MOST])
    known, posted = _known(lines), set[int]()
    ActualLine.objects.filter(pk__in=[line.pk for line in lines if line.pk not in known]).update(tried_at=clock.now())
    deliveries = set[int]()
    for line in lines:
        if line.pk in known and _try(line):
            posted.add(line.pk)
            deliveries.add(line.delivery_id)
    for delivery in Delivery.objects.filter(pk__in=deliveries).order_by("pk"):
        delivery.ask(by=None)
    return len(posted)


def _known(lines: list[ActualLine]) -> set[int]:
    """The lines among these whose reference means something, or meant it before, and whose deliverer may still post."""
    found, by_deliverer = set[int](), dict[int, list[ActualLine]]()
    for line in lines:
        by_deliverer.setdefault(line.delivery.by_id, []).append(line)
    for mine in by_deliverer.values():
        by = mine[0].delivery.by
        places = Places({line.reference for line in mine} - {""}, by) if may_post(by) else None
        found |= {line.pk for line in mine if places and places.means(line.reference)}
    return found


def _try(line: ActualLine) -> bool:
    """Try one line; whether it is posted. A fault is of this line alone: it is written down, and the others pass."""
    if problem := fault_of(line, partial(_once, line)):
        _keep(line, Place(why=Why.REFUSED, problem=problem))
    return line.state == LineState.POSTED


@transaction.atomic
def _once(line: ActualLine) -> None:
    by = line.delivery.by
    list(ActualLine.objects.of_document(line.source, line.document).order_by("pk").select_for_update(no_key=True))
    line.lock()
    if line.state != LineState.WAITING or line.why not in PASSING:
        return
    if line.obstacle_to_match(by):  # another line of the document: people decide between them
        _keep(line, Place(line.cost_object, why=Why(line.why), problem=line.problem))
        return
    place = Places({line.reference}, by).of(vars(line))
    if place.thing is not None:
        place.thing.lock()
        place = Places({line.reference}, by).of(vars(line))
    if place.why is not None or place.thing is None:
        _keep(line, place)
        return
    line.record("tried_again", by=None, reason=line.problem)
    line.post(place.thing, by=by, pool=place.pool, nature=place.nature)


@transaction.atomic
def _keep(line: ActualLine, place: Place) -> None:
    """It waits on; what is said now stands beside it, and in its history where it is something else than before."""
    line.lock()
    if line.state != LineState.WAITING:
        return
    said = line.why, line.problem
    line.why, line.problem = place.why or Why.REFERENCE, place.problem[:300]
    line.cost_object, line.tried_at = place.thing or line.cost_object, clock.now()
    line.save(update_fields=["why", "problem", "cost_object", "tried_at"])
    if said != (line.why, line.problem):
        line.record("waits_on", by=None, reason=line.problem)
