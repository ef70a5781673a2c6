"""A file of finance is stored whole, then posted line by line: nobody is kept from its pools, a kill loses or doubles nothing."""

import multiprocessing
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.imports import running
from initiatives.core.imports.models import ImportRun
from initiatives.core.readiness import Finding
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.imports import again, posting
from initiatives.funding.models import ActualLine, CostObject, Delivery, Journal
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import checked, deliver, file_of, line, spent, states
from tests.funding.test_race import at_once

pytestmark = [
    pytest.mark.usefixtures("late_in_the_year", "uploads"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child begins with its own connection
]

ROWS = ("1;10.00;CX-001", "2;20.00;CX-001", "3;5.00;CX-999", "4;30.00;CX-001")


def confirmed(cast: Cast, *rows: str) -> ImportRun:
    run = checked(file_of(*(rows or ROWS)), by=cast.finance)
    run.confirm(by=cast.finance, call=False)
    return run


def killed_before(piece: int, run: ImportRun) -> None:
    """A worker that is gone before it posts so many-th line."""

    def work() -> None:
        connections.close_all()
        settle, left = posting.settle, piece

        def until(*more: Any) -> None:
            nonlocal left
            if not left:
                os._exit(9)
            left -= 1
            settle(*more)

        posting.settle = until
        running.run(run.pk)
        os._exit(0)

    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(30)
    assert worker.exitcode == 9


def test_an_import_that_was_killed_goes_on_where_it_stopped(cast: Cast, kiosks: CostObject) -> None:
    run = confirmed(cast)
    for piece, posted in ((0, 0), (1, 1), (1, 2)):
        killed_before(piece, run)
        assert Delivery.objects.get().lines.count() == 4
        assert (ActualLine.objects.posted().count(), ActualLine.objects.arrived().count()) == (posted, 3 - posted)
        assert states()["3"] == "waiting reference"
        run.refresh_from_db()
        assert (run.state, run.rows, run.rows_done) == ("running", 4, 1 + posted)
        assert running.run(run.pk) is None  # somebody may be at it still
        with clock.at(clock.now() + 2 * running.GRACE):
            ImportRun.objects.update(seen_at=clock.now() - 2 * running.GRACE)
            running.ring()
    ended = running.run(run.pk)
    assert ended is not None
    assert (ended.state, ended.attempts) == ("done", 1)  # it goes on however often it stops, as long as it gets on
    assert states() == {"1": "posted", "2": "posted", "3": "waiting reference", "4": "posted"}
    assert (spent(kiosks)[1], Journal.objects.filter(act="spent").count()) == ("60.00", 3)
    assert Obligation.objects.get(kind="funding.match_lines").outcome == ""
    assert books.verify().right
    again = deliver(*ROWS, by=cast.finance)
    assert (again.result["created"], Journal.objects.filter(act="spent").count()) == (0, 3)


@pytest.mark.django_db
def test_a_fault_outside_the_lines_is_given_up_and_they_wait_with_the_reason(
    cast: Cast, kiosks: CostObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = confirmed(cast)
    with monkeypatch.context() as patch:
        patch.setattr(posting, "settle", _faulty)
        for attempt in range(1, running.MOST_IN_VAIN + 1):
            with pytest.raises(ZeroDivisionError):
                running.run(run.pk)
            run.refresh_from_db()
            assert (run.state, run.attempts, run.failure) == ("running", attempt, "")
            ImportRun.objects.update(seen_at=clock.now() - 2 * running.GRACE)
            running.ring()
    run.refresh_from_db()
    assert (run.state, run.tone, run.result["created"]) == ("done", "warn", 4)
    assert states() == {number: f"waiting {'reference' if number == '3' else 'refused'}" for number in "1234"}
    assert line("1").problem == run.failure == running.IN_VAIN
    ask = Obligation.objects.get(kind="funding.match_lines")
    assert (ask.outcome, ask.words) == ("", posting.LEFT_LYING)
    assert posting.readiness() == Finding(True, {"given_up": 1}, degraded=True)
    client = Client()
    client.force_login(cast.finance)
    assert run.failure in client.get(run.get_absolute_url()).content.decode()
    assert f"{run.name} was given up" in client.get("/money/actuals/").content.decode()
    assert "Look at a file that was given up" in client.get("/").content.decode()
    running.ring()
    assert running.run(run.pk) is None
    assert again.try_again() == 3  # as whatever waits for a reason that may pass
    assert posting.readiness() == Finding(True, {"given_up": 0})
    assert states() == {"1": "posted", "2": "posted", "3": "waiting reference", "4": "posted"}


def _faulty(*anything: Any) -> None:
    raise ZeroDivisionError


def test_two_workers_that_both_go_on_post_each_line_once(cast: Cast, kiosks: CostObject) -> None:
    run = confirmed(cast)
    killed_before(0, run)
    claimed = ImportRun.objects.get(pk=run.pk)
    at_once([lambda: running._follow(ImportRun.objects.get(pk=claimed.pk))] * 2)
    claimed.refresh_from_db()
    assert (claimed.state, spent(kiosks)[1], Journal.objects.filter(act="spent").count()) == ("done", "60.00", 3)


def test_what_is_stored_is_not_cancelled_and_not_settled_by_hand_meanwhile(cast: Cast, kiosks: CostObject) -> None:
    run = confirmed(cast)
    killed_before(0, run)
    run.refresh_from_db()
    assert run.obstacle_to_cancel() == "Its rows are stored already; what follows is not cancelled."
    about_to = "The import that brought this line is about to post it."
    assert line("1").obstacle_to_match(cast.finance) == line("1").obstacle_to_set_aside(cast.finance) == about_to
    client = Client()
    client.force_login(cast.finance)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Those that can be posted are posted one by one." in page
    assert "Row 1 of 4" in page
    assert reverse("funding:import_cancel", args=[run.pk]) not in page


@pytest.mark.django_db
def test_a_fault_of_one_line_lets_it_wait_and_the_others_pass(
    cast: Cast, kiosks: CostObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = ActualLine.post

    def faulty(self: ActualLine, *more: Any, **named: Any) -> Journal:
        if self.document == "1":
            raise ZeroDivisionError
        return post(self, *more, **named)

    monkeypatch.setattr(ActualLine, "post", faulty)
    deliver(*ROWS, by=cast.finance)
    assert states() == {"1": "waiting refused", "2": "posted", "3": "waiting reference", "4": "posted"}
    assert line("1").problem == posting.FAULT


line_by_line = running._follow


def in_one_transaction(run: ImportRun) -> None:
    """The negative control: as it was before, all lines under the locks of all their pools."""
    with transaction.atomic():
        line_by_line(run)


@pytest.mark.parametrize(
    ("follow", "kept_out"), [(line_by_line, False), (in_one_transaction, True)], ids=["line by line", "in one transaction"]
)
def test_others_post_to_the_same_pools_while_an_import_runs(
    cast: Cast,
    treasury: Treasury,
    kiosks: CostObject,
    monkeypatch: pytest.MonkeyPatch,
    follow: Callable[[ImportRun], None],
    kept_out: bool,
) -> None:
    run, settle, heard, other = confirmed(cast), posting.settle, list[str](), treasury.cost_object()
    treasury.funded(other, OPS="10.00")
    pool = treasury.pool("OPS")

    def commit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            CostObject.objects.get(pk=other.pk).commit(pool, Decimal(1), by=cast.finance)
        except OperationalError:
            return "kept out"
        return "done"

    def watched(*more: Any) -> None:
        settle(*more)
        heard.extend(at_once([commit]))

    monkeypatch.setattr(posting, "settle", watched)
    monkeypatch.setattr(running, "_follow", follow)
    running.run(run.pk)
    assert set(heard) == {"kept out" if kept_out else "done"}
    assert len(heard) == 3
    assert spent(kiosks)[1] == "60.00"


@pytest.mark.django_db
def test_a_file_is_stored_whole_or_not_at_all(cast: Cast, kiosks: CostObject, monkeypatch: pytest.MonkeyPatch) -> None:
    create = ActualLine.objects.create

    def breaks(**facts: Any) -> ActualLine:
        if facts["document"] == "4":
            raise MemoryError
        return create(**facts)

    run = confirmed(cast)
    monkeypatch.setattr(ActualLine.objects, "create", breaks)
    with pytest.raises(MemoryError):
        running.run(run.pk)
    run.refresh_from_db()
    assert (run.state, ActualLine.objects.count(), Delivery.objects.count(), spent(kiosks)[1]) == ("failed", 0, 0, "0.00")
