"""What the database undid comes again as it was sent; what left something behind does not."""

import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from cxgov.celery import Persistent
from initiatives.core import again
from initiatives.core.again import TIMES, persistently
from initiatives.core.middleware import ComesAgain
from initiatives.core.models import Heartbeat
from initiatives.core.pages import unavailable


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "FIRST_MOMENT", 0.001)


def ended(code: str | None) -> OperationalError:
    """What Django raises when PostgreSQL ends a statement with this code."""
    error = OperationalError("undone")
    error.__cause__ = type("Undone", (Exception,), {"pgcode": code})()
    return error


@pytest.mark.parametrize("code", ["40P01", "40001", "55P03"], ids=["deadlock", "serialization", "lock"])
def test_what_was_undone_is_done_once_more_and_given_up_after_the_third_time(code: str) -> None:
    assert persistently(Mock(side_effect=[ended(code), ended(code), "done"]), "An act") == "done"
    never = Mock(side_effect=ended(code))
    with pytest.raises(OperationalError):
        persistently(never, "An act")
    assert never.call_count == 1 + TIMES


@pytest.mark.parametrize("code", ["57014", "57P01", None], ids=["statement", "ended", "gone"])
def test_what_took_too_long_and_what_nobody_knows_the_end_of_is_not(code: str | None) -> None:
    act = Mock(side_effect=ended(code))
    with pytest.raises(OperationalError):
        persistently(act, "An act")
    assert act.call_count == 1


def test_within_a_transaction_nothing_comes_again(db: None) -> None:
    act = Mock(side_effect=ended("40P01"))
    with pytest.raises(OperationalError), transaction.atomic():
        persistently(act, "An act")
    assert act.call_count == 1


def test_a_task_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    task = Persistent()
    task.name, task.run = "rounds", Mock(side_effect=[ended("40P01"), "done"])
    with caplog.at_level(logging.INFO, "initiatives.core.again"):
        assert task(7) == "done"
    assert caplog.messages == ["rounds comes again: deadlock"]
    assert [call.args for call in task.run.call_args_list] == [(7,), (7,)]


# -- a form that was sent ------------------------------------------------------------------------------------------------------


def answered(act: Callable[[], Any], request: HttpRequest | None = None) -> tuple[int, int]:
    """The answer to a form whose act is this, and how often it was tried."""
    tried = 0

    def view(request: HttpRequest) -> HttpResponse:
        nonlocal tried
        tried += 1
        assert request.POST["name"] == "Kiosks"
        try:
            act()
        except OperationalError as error:
            return unavailable(request, error) or HttpResponse(status=500)
        return HttpResponse()

    return ComesAgain(view)(request or RequestFactory().post("/", {"name": "Kiosks"})).status_code, tried


def undone(times: int, *, before: Callable[[], Any] = lambda: None) -> Callable[[], Any]:
    """An act that the database undoes so many times; `before` is done each time, outside of its transaction."""
    left = times

    def act() -> None:
        nonlocal left
        before()
        with transaction.atomic():
            Heartbeat.objects.beat("act")
            if left:
                left -= 1
                raise ended("40P01")

    return act


def test_a_form_comes_again_until_it_is_through_and_its_letters_leave_once(transactional_db: None) -> None:
    left: list[str] = []
    act = undone(2)

    @transaction.atomic
    def promising() -> None:
        transaction.on_commit(lambda: left.append("letter"))
        act()

    assert answered(undone(99)) == (503, 1 + TIMES)
    assert not Heartbeat.objects.exists()
    assert answered(promising) == (200, 3)
    assert left == ["letter"]
    assert Heartbeat.objects.count() == 1


def test_what_left_something_behind_does_not_come_again(transactional_db: None) -> None:
    def commits() -> None:
        with transaction.atomic():
            Heartbeat.objects.beat("first")

    def writes() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_heartbeat SET name = name")

    def looks() -> None:
        Heartbeat.objects.count()

    def asks_what_is_planned() -> None:
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE planned")

    with connection.cursor() as cursor:
        cursor.execute("PREPARE planned AS SELECT 1")
    assert answered(undone(1, before=asks_what_is_planned)) == (200, 2)
    file = {"name": "Kiosks", "file": SimpleUploadedFile("lines.csv", b"a,b")}
    assert answered(undone(1, before=looks)) == (200, 2)  # the control: to look something up leaves nothing
    assert answered(undone(1, before=commits)) == (503, 1)
    assert answered(undone(1, before=writes)) == (503, 1)
    assert answered(undone(1), RequestFactory().post("/", file)) == (503, 1)


def test_nobody_waits_for_ever(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ComesAgain, "WITHIN", -1.0)
    assert answered(undone(1)) == (503, 1)
