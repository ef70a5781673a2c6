"""The dry run, and the run: all rows in one transaction, or none. What follows them comes piece by piece.

A run is claimed by one worker (waiting → running, committed at once), then takes the turn of its target by an advisory lock
that lives as long as its transaction. A worker that dies leaves no row, and frees the lock; `ring` sees a run that says
"running" while its turn is free, and lets it wait again.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from initiatives.core import clock
from initiatives.core.again import persistently
from initiatives.core.imports.mapping import Mapping
from initiatives.core.imports.models import ImportRun, RunState, begin
from initiatives.core.imports.progress import Cancelled, Progress
from initiatives.core.imports.records import Reader
from initiatives.core.imports.table import Problem, Table
from initiatives.core.imports.targets import AFTERWARDS, Job, Outcome, Record, Step, Target
from initiatives.core.patience import Patience
from initiatives.core.rules import RuleBroken, broken_by

if TYPE_CHECKING:
    from initiatives.organization.models import User

log = logging.getLogger(__name__)

MOST_ERRORS = 500  # kept in a result; all are counted
MOST_ATTEMPTS = 3
MOST_IN_VAIN = 10  # of what follows the stored rows, about one a minute, without a single piece done
IN_VAIN = f"It stopped {MOST_IN_VAIN} times in a row without getting on. What was left waits for people."
GRACE = timedelta(seconds=30)  # a run that was seen this lately is alive


@dataclass
class Plan:
    """What storing a file would do, row by row."""

    reader: Reader
    records: list[Record]
    job: Job
    steps: list[Step] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        rows = zip(self.records, self.steps, strict=True)
        return [*self.reader.problems, *(problem for record, step in rows for problem in (*record.problems, *step.problems))]

    def result(self) -> dict[str, Any]:
        """The plan in figures, as JSON."""
        counts, problems = self.reader.counts, self.problems
        done = [
            step.outcome
            for record, step in zip(self.records, self.steps, strict=True)
            if not record.problems and not step.problems
        ]
        notes = [*self.reader.table.notes, *self.job.notes]
        if counts.rounded:
            notes.append(f"{counts.rounded} amounts are rounded to the cent.")
        return {
            "rows": len(self.records),
            **{str(outcome): done.count(outcome) for outcome in Outcome},
            "withheld": dict(sorted(counts.withheld.items())),
            "errors": [asdict(problem) for problem in problems[:MOST_ERRORS]],
            "error_count": len(problems),
            "totals": {column: f"{total:f}" for column, total in counts.totals.items()},
            "given": {column: counts.given[column] for column in counts.totals},
            "values": {name: dict(sorted(found.items())) for name, found in counts.values.items()},
            "notes": notes,
        }


def planned(table: Table, mapping: Mapping, target: Target, by: "User") -> Plan:
    """Read every row and look up what it would do. Changes nothing."""
    reader = Reader(table, mapping, target)
    records = reader.records()
    options = {name: chosen.as_data() for name, chosen in mapping.fields.items()}
    plan = Plan(reader, records, target.begin(records, options, by))
    plan.steps = [Step() if record.problems else plan.job.plan(record) for record in records]
    return plan


def tried(table: Table, mapping: Mapping, target: Target, by: "User") -> dict[str, Any]:
    """The dry run: what would happen, in figures."""
    return planned(table, mapping, target, by).result()


class Rejected(RuleBroken):
    """Rows of the file cannot be stored; `result` says which."""

    def __init__(self, result: dict[str, Any]) -> None:
        count = result["error_count"]
        super().__init__(f"{count} {'error stands' if count == 1 else 'errors stand'} in the way; nothing was stored.")
        self.result = result


def run(run_id: int) -> ImportRun | None:
    """Run a confirmed import to its end; None when it does not wait (any more)."""
    claimed = claim(run_id)
    if claimed is None:
        return None
    with Patience.LONG_JOB.here():
        if not claimed.follows:
            _try_to_store(claimed)
        if claimed.follows:
            _count_what_is_in_vain(claimed, len(claimed.follows.left(claimed)))
            _follow(claimed)
    claimed.refresh_from_db()
    return claimed


def _try_to_store(claimed: ImportRun) -> None:
    try:
        persistently(partial(_store, claimed), str(claimed))
    except Cancelled:
        _ended(claimed, RunState.CANCELLED, "")
    except Rejected as rejected:
        _ended(claimed, RunState.FAILED, str(rejected), rejected.result)
    except RuleBroken as refused:
        _ended(claimed, RunState.FAILED, str(refused))
    except IntegrityError as error:
        broken = broken_by(error)
        _ended(claimed, RunState.FAILED, str(broken) if broken else "Something else changed the same records. Try again.")
        if broken is None:
            log.exception("Import %s", claimed.pk)
    except Exception:
        _ended(claimed, RunState.FAILED, "An unexpected fault stopped the import. It was written to the log.")
        raise


def _follow(claimed: ImportRun) -> None:
    """What comes after the rows are stored. A fault leaves the rest, and the run running: `ring` lets another go on."""
    afterwards = AFTERWARDS[claimed.target]
    pieces, rows = afterwards.left(claimed), claimed.result["created"]
    with Progress(claimed, rows, rows - len(pieces)) as progress:
        for piece in pieces:
            persistently(piece, str(claimed))
            progress.row_done()
    with transaction.atomic():
        claimed.lock()
        if claimed.state == RunState.RUNNING:  # whoever went on for this one may have come first
            afterwards.end(claimed)
            claimed.end(RunState.DONE)


@transaction.atomic
def _count_what_is_in_vain(claimed: ImportRun, left: int) -> None:
    claimed.lock()
    claimed.attempts = claimed.attempts if claimed.result.get("left", left) == left else 1  # anew as soon as one got on
    claimed.result["left"] = left
    claimed.save(update_fields=["attempts", "result"])


def claim(run_id: int) -> ImportRun | None:
    """Take a waiting run: whoever comes second finds it running."""
    with transaction.atomic():
        found = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state=RunState.WAITING).first()
        if found is None:
            return None
        found.state, found.seen_at, found.rows_done = RunState.RUNNING, clock.now(), 0
        found.attempts += 1
        found.save(update_fields=["state", "seen_at", "rows_done", "attempts"])
    return found


def take_turn(target: str) -> None:
    """Hold the target's turn until the transaction ends; refused while another import holds it."""
    if not _turn_is_free(target):
        raise RuleBroken("Another import is running. Start this one when it has ended.")


def _turn_is_free(target: str) -> bool:
    """Take the turn if nobody has it, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('core_import'), hashtext(%s))", [target])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _store(claimed: ImportRun) -> None:
    take_turn(claimed.target)
    if not claimed.by.is_active or not claimed.by.has_perm(claimed.of.permission):
        raise RuleBroken(f"{claimed.by} may no longer import {claimed.of.label.lower()}.")
    mapping = claimed.mapped()
    plan = planned(claimed.table(mapping), mapping, claimed.of, claimed.by)
    result = plan.result()
    if result["error_count"]:
        raise Rejected(result)
    with Progress(claimed, len(plan.steps)) as progress:
        _apply(plan, progress.row_done)
    claimed.lock()
    if claimed.cancel_asked:
        raise Cancelled("Cancelled.")
    if claimed.follows:
        claimed.result = result
        claimed.save(update_fields=["result"])
    else:
        claimed.end(RunState.DONE, result=result)


def _apply(plan: Plan, row_done: Callable[[], None]) -> None:
    for record, step in zip(plan.records, plan.steps, strict=True):
        try:
            plan.job.apply(step)
        except RuleBroken as refused:
            raise RuleBroken(f"Row {record.row}: {refused}") from refused
        row_done()


@transaction.atomic
def _ended(claimed: ImportRun, state: RunState, failure: str, result: dict[str, Any] | None = None) -> None:
    claimed.lock()
    claimed.end(state, failure=failure, result=result)


def ring() -> None:
    """Begin what waits; what says it runs but was not seen lately, and holds no turn, died: it waits again, thrice."""
    for found in ImportRun.objects.filter(state=RunState.RUNNING, seen_at__lt=clock.now() - GRACE):
        _revive(found)
    for waiting in ImportRun.objects.filter(state=RunState.WAITING).values_list("pk", flat=True):
        begin(waiting)


def clear_stale() -> int:
    """Take away the files of imports that came to nothing. Returns how many."""
    stale = list(ImportRun.objects.stale(clock.now()).order_by("pk"))
    for run in stale:
        run.clear(by=None)
    return len(stale)


@transaction.atomic
def _revive(found: ImportRun) -> None:
    found.lock()
    if found.state != RunState.RUNNING or not _turn_is_free(found.target):
        return
    if found.cancel_asked:
        found.end(RunState.CANCELLED)
    elif found.attempts >= MOST_ATTEMPTS and not found.follows:
        found.end(RunState.FAILED, failure=f"The import stopped {found.attempts} times before its end; nothing was stored.")
    elif found.attempts >= MOST_IN_VAIN and found.follows:
        found.follows.give_up(found, IN_VAIN)
        found.end(RunState.DONE, failure=IN_VAIN)
    else:
        ImportRun.objects.filter(pk=found.pk).update(state=RunState.WAITING)
