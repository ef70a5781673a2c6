"""A letter is a row of its act's transaction, once for each key, and a worker is called when the act has committed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from initiatives.duties import post
from initiatives.duties.models import Letter, State
from tests.cast import Cast

Captured = Callable[..., Any]


def test_a_letter_is_written_once_for_each_key(cast: Cast) -> None:
    letter = post.write("hello", cast.ceo, "hello 1", number=7)
    assert letter is not None
    assert (letter.state, letter.recipient, letter.context) == (State.QUEUED, cast.ceo, {"number": 7})
    assert post.write("hello", cast.ceo, "hello 1") is None
    assert Letter.objects.count() == 1


def test_a_letter_may_go_to_somebody_who_is_not_a_user_yet(cast: Cast) -> None:
    letter = post.write("hello", "new@example.org", "hello 1")
    assert letter is not None
    assert (letter.recipient, letter.address) == (None, "new@example.org")


def test_a_letter_to_nobody_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="letter_has_one_reader"), transaction.atomic():
        post.write("hello", "", "hello 1")
    assert not Letter.objects.exists()


def test_a_worker_is_called_when_the_act_commits(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Captured
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("celery.current_app.send_task", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        post.write("hello", cast.ceo, "hello 1")
        assert rung == []
    assert rung == ["duties.deliver"]


def test_an_absent_broker_is_logged_and_stops_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Captured, caplog: pytest.LogCaptureFixture
) -> None:
    def away(name: str) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("celery.current_app.send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        post.write("hello", cast.ceo, "hello 1")
    assert "connection refused" in caplog.text
    assert Letter.objects.get().state == State.QUEUED
