"""Two workers take in the same file at once: each line is posted once. Guard after guard is taken away until both would post."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from initiatives.core.imports import running
from initiatives.core.imports.models import ImportRun
from initiatives.funding.imports.job import ActualJob
from initiatives.funding.models import CostObject, Delivery, Journal
from tests.cast import Cast
from tests.funding.importing import checked, file_of, spent
from tests.funding.test_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LINES = ("one_line_of_a_content", "a_document_is_posted_once")


def both(cast: Cast, *, confirm: bool) -> list[ImportRun]:
    """The same file twice, by two people in finance, tried before either runs."""
    text = file_of("1;10.00;CX-001", "2;20.00;CX-001")
    runs = [checked(text, by=person) for person in (cast.finance, cast.person("rita_finance", "finance"))]

    def act(run: ImportRun) -> Callable[[], Any]:
        def go() -> None:
            if confirm:
                run.confirm(by=run.by, call=False)
            running.run(run.pk)

        return go

    if not confirm:
        ImportRun.objects.filter(pk__in=[run.pk for run in runs]).update(state="waiting")
    at_once([act(run) for run in runs])
    for run in runs:
        run.refresh_from_db()
    return runs


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """No turn is taken, and both have planned before either stores."""
    planned, begun = threading.Barrier(2), ActualJob._begun

    def when_both_are_there(job: ActualJob) -> Delivery:
        planned.wait(20)
        return begun(job)

    monkeypatch.setattr(running, "take_turn", lambda target: None)
    monkeypatch.setattr(ActualJob, "_begun", when_both_are_there)


def test_two_workers_post_each_line_once(cast: Cast, kiosks: CostObject, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    both(cast, confirm=True)
    assert (spent(kiosks), Journal.objects.filter(act="spent").count()) == (("370.00", "30.00"), 2)


@pytest.mark.parametrize(("dropped", "times"), [((), 1), (LINES, 2)])
def test_the_lines_guard_themselves_and_without_that_both_post(
    cast: Cast, kiosks: CostObject, together: None, tmp_path: Path, settings: Any, dropped: tuple[str, ...], times: int
) -> None:
    """When nothing keeps two imports apart, the lines do. Without their constraints (negative control) all is posted 2×."""
    settings.MEDIA_ROOT = tmp_path
    with connection.cursor() as cursor:
        names = ("one_import_at_a_time", *dropped)
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(names)])
        made = dict(cursor.fetchall())
        for name in names:
            cursor.execute(f"DROP INDEX {name}")
    try:
        runs = both(cast, confirm=False)
        assert (spent(kiosks)[1], Journal.objects.filter(act="spent").count()) == (f"{30 * times}.00", 2 * times)
        assert sorted(run.state for run in runs) == (["done", "failed"] if times == 1 else ["done", "done"])
        assert times == 2 or "This line came already." in {run.failure for run in runs}
    finally:
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("ALTER TABLE funding_actualline DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM funding_actualline")
            cursor.execute("ALTER TABLE funding_actualline ENABLE TRIGGER USER")
            for definition in made.values():
                cursor.execute(definition)
