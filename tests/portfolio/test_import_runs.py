"""Runs: all rows or none, one at a time, seen, heard, and taken up again after a kill."""

import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, RunState, begin, upload
from initiatives.core.imports.targets import TARGETS
from initiatives.core.patience import Patience
from initiatives.core.rules import BadInput, RuleBroken, broken_by
from initiatives.organization.models import Department
from initiatives.portfolio.imports.job import InitiativeJob
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.live import Worker, until
from tests.portfolio.importing import Y2022, Confirmed, ran, simple

# -- Runs ---------------------------------------------------------------------------------------------------------------


def test_an_import_that_was_not_tried_or_has_errors_is_not_confirmed(cast: Cast) -> None:
    target = TARGETS["initiatives"]
    run = upload(target, ContentFile(b"id,title,dept\n1,A,NIX\n"), "x.csv", by=cast.cxo)
    with pytest.raises(RuleBroken, match="Try the import first"):
        run.confirm(by=cast.cxo)
    mapping = from_data(simple(), target)
    run.map(mapping)
    run.tried(running.tried(run.table(), mapping, target, cast.cxo))
    with pytest.raises(RuleBroken, match="1 error stands in the way"):
        run.confirm(by=cast.cxo)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED


def test_one_import_at_a_time(cast: Cast, confirmed: Confirmed) -> None:
    confirmed()
    with pytest.raises(RuleBroken, match=r"Import of x.csv by Clara Cxo is waiting to run"):
        confirmed(Y2022, "gmpp-2022")
    first = ImportRun.objects.open().get()
    ran(first)
    assert running.run(first.pk) is None


def test_a_cancelled_import_stores_nothing(cast: Cast, confirmed: Confirmed) -> None:
    run = confirmed()
    run.cancel(by=cast.cxo)
    assert running.run(run.pk) is None
    assert not Initiative.objects.exists()
    with pytest.raises(RuleBroken, match="has ended"):
        run.cancel(by=cast.cxo)


def test_a_refused_upload_leaves_no_file(cast: Cast, settings: Any) -> None:
    with pytest.raises(BadInput, match="should end in"):
        upload(TARGETS["initiatives"], ContentFile(b"x"), "../../evil.exe", by=cast.cxo)
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_run_is_a_long_job(cast: Cast, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch) -> None:
    store, limits = running._store, []

    def watched(run: ImportRun) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            limits.append(cursor.fetchone()[0])
        store(run)

    monkeypatch.setattr(running, "_store", watched)
    with Patience.TASK.here():
        assert ran(confirmed()).state == RunState.DONE
    assert limits == ["1h"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [1, 7, 16])
def test_a_run_that_breaks_at_any_row_stores_nothing(
    cast: Cast, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    run, apply, calls = confirmed(), InitiativeJob.apply, []

    def breaks(self: Any, step: Any) -> None:
        calls.append(step)
        if len(calls) == at:
            raise MemoryError
        apply(self, step)

    monkeypatch.setattr(InitiativeJob, "apply", breaks)
    with pytest.raises(MemoryError):
        running.run(run.pk)
    run.refresh_from_db()
    assert (run.state, Initiative.objects.count(), Department.objects.count()) == (RunState.FAILED, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_and_cancelling_is_heard_while_it_runs(
    cast: Cast, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, apply, seen = confirmed(), InitiativeJob.apply, []
    outside = connections.create_connection("default")

    def watched(self: Any, step: Any) -> None:
        apply(self, step)
        with outside.cursor() as cursor:
            cursor.execute(
                "SELECT rows_done, (SELECT count(*) FROM portfolio_initiative) FROM core_importrun WHERE id = %s", [run.pk]
            )
            seen.append(cursor.fetchone())
            if len(seen) == 5:
                cursor.execute("UPDATE core_importrun SET cancel_asked = true WHERE id = %s", [run.pk])

    monkeypatch.setattr(InitiativeJob, "apply", watched)
    try:
        ended = ran(run)
    finally:
        outside.close()
    assert seen == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]
    assert (ended.state, Initiative.objects.count()) == (RunState.CANCELLED, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_leaves_nothing_and_its_run_waits_again(cast: Cast, confirmed: Confirmed) -> None:
    """The connection of a run is cut by the server in the middle, as a kill of the worker would."""
    run = confirmed()
    died = threading.Thread(target=_run_and_be_killed, args=(run.pk,))
    died.start()
    died.join(30)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, seen_at="2026-01-01T00:00Z", failure="", ended_at=None)
    assert Initiative.objects.count() == 0
    with transaction.atomic():
        running.take_turn("initiatives")  # somebody else's transaction holds the turn: the run is alive
        other = threading.Thread(target=_ring)
        other.start()
        other.join(30)
        assert ImportRun.objects.get().state == RunState.RUNNING
    running.ring()
    assert ImportRun.objects.get().state == RunState.WAITING
    assert ran(run).state == RunState.DONE
    assert Initiative.objects.count() == 16


def _ring() -> None:
    with closing(connection):
        running.ring()


def _run_and_be_killed(run_id: int) -> None:
    apply, calls = InitiativeJob.apply, []

    def killed(self: Any, step: Any) -> None:
        calls.append(step)
        if len(calls) == 6:
            with connections.create_connection("default").cursor() as cursor, connection.cursor() as mine:
                mine.execute("SELECT pg_backend_pid()")
                cursor.execute("SELECT pg_terminate_backend(%s)", mine.fetchone())
        apply(self, step)

    with pytest.MonkeyPatch.context() as patch, closing(connection), suppress(DatabaseError):  # not even "failed" is written
        patch.setattr(InitiativeJob, "apply", killed)
        running.run(run_id)


def _confirmed_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Four imports confirmed in the same moment: each has looked, and found no other, before any goes on."""
    target, mapping = TARGETS["initiatives"], from_data(simple(), TARGETS["initiatives"])
    cast.department("OPS")
    waiting = []
    for number in range(4):
        run = upload(target, ContentFile(f"id,title,dept\n{number},A,OPS\n".encode()), "x.csv", by=cast.cxo)
        run.map(mapping)
        run.tried(running.tried(run.table(mapping), mapping, target, cast.cxo))
        waiting.append(run)
    looked, obstacle, said = threading.Barrier(4), ImportRun.obstacle_to_confirm, list[str]()

    def looks(self: ImportRun) -> str | None:
        found = obstacle(self)
        looked.wait(30)
        return found

    def confirms(run: ImportRun) -> None:
        with closing(connection):
            try:
                run.confirm(by=cast.cxo, call=False)
                said.append("confirmed")
            except (RuleBroken, IntegrityError) as refused:
                said.append(str(broken_by(refused) if isinstance(refused, IntegrityError) else refused))

    monkeypatch.setattr(ImportRun, "obstacle_to_confirm", looks)
    threads = [threading.Thread(target=confirms, args=(run,)) for run in waiting]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_of_four_imports_at_once_one_wins_and_the_others_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Another import is waiting or running. Start this one when it has ended."
    assert _confirmed_at_once(cast, monkeypatch) == [*[told] * 3, "confirmed"]
    assert ImportRun.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_constraint_all_four_would_win(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    constraint = next(one for one in ImportRun._meta.constraints if one.name == "one_import_at_a_time")
    with connection.schema_editor() as schema:
        schema.remove_constraint(ImportRun, constraint)
    try:
        assert _confirmed_at_once(cast, monkeypatch) == ["confirmed"] * 4
    finally:
        ImportRun.objects.update(state=RunState.DONE)
        with connection.schema_editor() as schema:
            schema.add_constraint(ImportRun, constraint)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_no_row_and_the_next_stores_all(
    cast: Cast, confirmed: Confirmed, worker: Worker
) -> None:
    rows = "".join(f"{number},Initiative {number},OPS\n" for number in range(600))
    cast.department("OPS")
    run = confirmed(f"id,title,dept\n{rows}".encode(), simple())
    begin(run.pk)
    until(lambda: ImportRun.objects.get().rows_done >= 60, otherwise=worker.said)
    worker.kill()
    assert (ImportRun.objects.get().state, Initiative.objects.count()) == (RunState.RUNNING, 0)
    ImportRun.objects.update(seen_at="2026-01-01T00:00Z")
    until(lambda: (running.ring(), ImportRun.objects.get().state == RunState.WAITING)[1])  # when the server noticed
    assert Initiative.objects.count() == 0
    worker.up()
    begin(run.pk)
    until(lambda: ImportRun.objects.get().state == RunState.DONE, otherwise=worker.said)
    assert Initiative.objects.count() == 600
