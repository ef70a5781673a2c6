"""What follows a file of finance's: each line that can be posted is posted by itself, under the locks of its own pools alone.

Thousands of lines in one transaction would keep everybody else from the pools for as long as it lasts.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.running import IN_VAIN
from initiatives.core.readiness import Finding
from initiatives.core.rules import RuleBroken, broken_by
from initiatives.funding.imports.places import Place, Places
from initiatives.funding.models import ActualLine, Delivery, LineState, Why
from initiatives.organization.models import User

log = logging.getLogger(__name__)

INTERRUPTED = (OperationalError, InterfaceError, SoftTimeLimitExceeded)  # no fault of the line: it comes again
LEFT_LYING = "Look at a file that was given up, and match its lines"
FAULT = "An unexpected fault kept it from being posted. It was written to the log."


class Posting:
    """Afterwards of the target "actuals"."""

    words = "Every line is stored. Those that can be posted are posted one by one."

    def stored(self, run: ImportRun) -> bool:
        return Delivery.objects.filter(run=run).exists()

    def left(self, run: ImportRun) -> Sequence[Callable[[], None]]:
        lines = list(ActualLine.objects.filter(delivery__run=run).arrived().order_by("row"))
        places = Places({line.reference for line in lines} - {""}, run.by)
        return [partial(settle, line, places.of(vars(line)), run.by) for line in lines]

    def end(self, run: ImportRun) -> None:
        Delivery.objects.get(run=run).ask(by=run.by)

    def give_up(self, run: ImportRun, why: str) -> None:
        """The fault is of no line: each waits in the queue with the reason, and comes up again as others do that wait."""
        for line in ActualLine.objects.filter(delivery__run=run).arrived().order_by("row"):
            line.lock()
            if line.why == Why.ARRIVED:
                line.queue(Why.REFUSED, why, by=run.by, names=line.cost_object)
        try:
            with transaction.atomic():
                Delivery.objects.get(run=run).ask(by=run.by, words=LEFT_LYING)
        except Exception:  # it may be this that stopped it; the lines stand in the queue, and the page of the file says so
            log.exception("The end of %s", run)


def given_up() -> QuerySet[ImportRun]:
    """Files that were given up, as long as a line of theirs waits for it."""
    lying = ActualLine.objects.filter(delivery__run=OuterRef("pk"), state=LineState.WAITING, problem=IN_VAIN)
    return ImportRun.objects.given_up().filter(Exists(lying)).order_by("pk")


def readiness() -> Finding:
    """Well whatever happens; degraded as long as finance has a file to look at that was given up."""
    found = given_up().count()
    return Finding(True, {"given_up": found}, degraded=bool(found))


def settle(line: ActualLine, place: Place, by: User) -> None:
    """Post a line that arrived, or let it wait and say why. What was settled before is left alone."""
    if problem := fault_of(line, partial(_settle, line, place.why, place.problem, place, by)):
        _settle(line, Why.REFUSED, problem, place, by)


def fault_of(line: ActualLine, act: Callable[[], None]) -> str | None:
    """Do something with a line; one sentence where that failed. What nobody foresaw is written to the log."""
    try:
        act()
    except INTERRUPTED:
        raise
    except Exception as fault:  # whatever it is, it is of this line alone: the others pass
        broken = broken_by(fault) if isinstance(fault, IntegrityError) else fault if isinstance(fault, RuleBroken) else None
        if broken is None:
            log.exception("Line %s", line.pk)
        return str(broken or FAULT)
    return None


@transaction.atomic
def _settle(line: ActualLine, why: Why | None, problem: str, place: Place, by: User) -> None:
    line.lock()
    if line.why != Why.ARRIVED:
        return
    if why is None and place.thing is not None:
        line.post(place.thing, by=by, pool=place.pool, nature=place.nature)
    else:
        line.queue(why or Why.REFERENCE, problem, by=by, names=place.thing)
