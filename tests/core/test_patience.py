"""The database ends what takes too long; the reader is told that nothing was changed, and may try again."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, close_old_connections, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from cxgov import env
from initiatives.core.models import Event
from initiatives.core.patience import Patience, timed_out
from initiatives.organization.models import Department
from tests.cast import Cast
from tests.cluster import own_cluster

REQUEST = {"statement_timeout": 5.0, "lock_timeout": 0.2, "idle_in_transaction_session_timeout": 10.0}


@pytest.fixture
def impatient(transactional_db: None, settings: Any) -> Iterator[None]:
    """A connection as a web request has it, which waits for locks a fifth of a second."""
    settings.PATIENCE = {**settings.PATIENCE, "request": REQUEST}
    with Patience.REQUEST.here():
        yield


@contextmanager
def held(statement: str) -> Iterator[None]:
    """Somebody else is in the middle of a transaction that did this."""
    with closing(connections.create_connection("default")) as somebody, somebody.cursor() as cursor:
        cursor.execute(f"BEGIN; {statement}")
        yield
        cursor.execute("ROLLBACK")


EDIT = {"name": "Operations", "code": "OPS", "cost_centre": "", "parent": "", "version": 1}


@pytest.mark.parametrize(("headers", "page"), [({}, b"Busy at the moment"), ({"HX-Request": "true"}, b"cxgov is busy")])
def test_an_act_that_meets_a_lock_is_not_done_and_says_so(
    impatient: None, client: Client, headers: dict[str, str], page: bytes
) -> None:
    cast = Cast()
    ops = cast.department("OPS")
    client.force_login(cast.administrator)
    edit = reverse("organization:edit_department", args=[ops.pk])
    with held(f"SELECT FROM organization_department WHERE id = {ops.pk} FOR UPDATE"):
        answer = client.post(edit, EDIT, headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert page in answer.content
    assert b"othing was changed" in answer.content
    assert Department.objects.get().name == "Ops department"
    assert not Event.objects.exists()
    assert client.post(edit, EDIT).status_code == 302  # the control: nobody holds it any more
    assert Department.objects.get().name == "Operations"


def test_a_lock_met_before_the_view_is_answered_alike(impatient: None, client: Client) -> None:
    client.force_login(Cast().administrator)
    client.raise_request_exception = False
    with held("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE"):
        assert client.get(reverse("organization:people")).status_code == 503
    assert client.get(reverse("organization:people")).status_code == 200


def test_a_database_that_is_away_is_told_and_found_again(transactional_db: None, client: Client) -> None:
    client.force_login(Cast().administrator)
    client.raise_request_exception = False
    people = reverse("organization:people")
    with own_cluster() as cluster:
        assert client.get(people).status_code == 200
        cluster.kill()
        for _ in range(2):  # on the connection that was open, and then on a new one
            close_old_connections()  # as the web server does before each request
            answer = client.get(people)
            assert (answer.status_code, answer["Retry-After"], answer["X-Unavailable"]) == (503, "5", "away")
            assert b"lost its database" in answer.content
        cluster.start()
        close_old_connections()
        assert client.get(people).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["whole", "part"])
def test_a_session_that_is_ended_in_the_middle_of_an_act_stores_nothing(
    transactional_db: None, client: Client, headers: dict[str, str]
) -> None:
    cast = Cast()
    ops = cast.department("OPS")
    client.force_login(cast.administrator)
    edit = reverse("organization:edit_department", args=[ops.pk])

    def cut(execute: Any, sql: str, *more: Any) -> Any:
        done = execute(sql, *more)
        if sql.startswith("UPDATE"):
            ours = connection.connection.info.backend_pid
            with closing(connections.create_connection("default")) as somebody, somebody.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
        return done

    with connection.execute_wrapper(cut):
        answer = client.post(edit, EDIT, headers=headers)
    assert (answer.status_code, answer["X-Unavailable"]) == (503, "away")
    connection.close()
    assert Department.objects.get().name == "Ops department"
    assert client.post(edit, EDIT).status_code == 302  # the control
    assert Department.objects.get().name == "Operations"


@pytest.mark.parametrize(("gone", "status"), [(True, 503), (False, 400)])
def test_who_lost_the_database_as_the_session_was_saved_sent_nothing_damaged(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, gone: bool, status: int
) -> None:
    def fails(*args: object, **more: object) -> None:
        if not gone:
            raise UpdateError  # somebody deleted it meanwhile
        try:
            raise OperationalError from psycopg2.OperationalError("server closed the connection unexpectedly")
        except OperationalError:
            raise UpdateError  # noqa: B904 - as Django does

    client.force_login(Cast().administrator)
    settings.SESSION_SAVE_EVERY_REQUEST = True
    monkeypatch.setattr(SessionStore, "save", fails)
    assert client.get(reverse("organization:people")).status_code == status


def test_another_fault_is_no_busyness(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    client.force_login(Cast().administrator)
    client.raise_request_exception = False
    monkeypatch.setattr("initiatives.organization.reports.headcount", fails)
    answer = client.get(reverse("organization:people"))
    assert answer.status_code == 500
    assert b"That was our fault" in answer.content


@pytest.mark.parametrize(
    ("limit", "statement"), [("statement", "SELECT pg_sleep(5)"), ("lock", "LOCK TABLE organization_department")]
)
def test_a_limit_is_told_from_other_errors(transactional_db: None, settings: Any, limit: str, statement: str) -> None:
    settings.PATIENCE = {"request": {f"{limit}_timeout": 0.1}}
    with held("LOCK TABLE organization_department"), Patience.REQUEST.here():
        with pytest.raises(OperationalError) as error, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert timed_out(error.value) == limit
    assert timed_out(OperationalError("gone")) == timed_out(None) == ""


def shown(name: str = "statement_timeout") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def test_a_long_job_has_more_for_as_long_as_it_lasts(db: None) -> None:
    with Patience.REQUEST.here():
        with Patience.LONG_JOB.here():
            assert (shown(), shown("lock_timeout")) == ("1h", "30s")
        assert (shown(), shown("lock_timeout")) == ("5s", "2s")


SHOW = "from django.db import connection; c = connection.cursor(); c.execute('SHOW statement_timeout'); print(c.fetchone()[0])"


@pytest.mark.parametrize(
    ("begins", "limit"),
    [
        (["-c", f"import cxgov.wsgi; {SHOW}"], "5s"),
        (["-c", f"import cxgov.asgi; {SHOW}"], "5s"),
        (["-c", f"from cxgov import celery; celery.begin(); {SHOW}"], "1min"),
        (["manage.py", "shell", "-v", "0", "-c", SHOW], "1h"),
    ],
    ids=["web", "web, asynchronous", "worker and beat", "command line"],
)
def test_each_process_begins_with_its_own_patience(begins: list[str], limit: str) -> None:
    command = [sys.executable, *begins]
    said = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), cwd=env.BASE_DIR, check=True)
    assert said.stdout.split()[-1] == limit


@pytest.mark.parametrize("seconds", [-1, 86_401, float("nan"), float("inf")])
def test_a_limit_that_is_none_stops_the_start(seconds: float) -> None:
    limits: Callable[..., dict[str, float]] = env.limits
    with pytest.raises(ValueError, match="lock_timeout: choose between 0"):
        limits(statement=5, lock=seconds, idle=10)
