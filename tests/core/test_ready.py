"""/healthz and /readyz: what a load balancer and a monitor read; and a worker that really beats."""

from datetime import timedelta

import pytest
from django.core.checks import Error
from django.db.models.functions import Now
from django.test import Client

from initiatives.core import checks, readiness
from initiatives.core.models import Heartbeat
from initiatives.core.tasks import heartbeat
from tests.live import Worker, until


def test_health_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


def test_ready_after_a_heartbeat(client: Client, db: None) -> None:
    Heartbeat.objects.beat("beat")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert answer.json()["parts"]["beat"]["age_seconds"] < 5


def test_not_ready_before_the_first_heartbeat(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["beat"] == {"ok": False, "age_seconds": None}


def test_not_ready_when_beat_is_silent(client: Client, db: None) -> None:
    Heartbeat.objects.create(name="beat", at=Now() - timedelta(minutes=4))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["beat"]["age_seconds"] >= 240


def test_a_part_that_fails_is_not_ready_and_tells_no_secret(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> readiness.Finding:
        raise ConnectionError("redis://:a-password@somewhere")

    monkeypatch.setitem(readiness._PROBES, "broker", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == {"ok": False, "error": "ConnectionError"}


def test_two_probes_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="broker"):
        readiness.register("broker", lambda: readiness.Finding(True, {}))


def test_nothing_starts_with_a_url_that_lacks_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "run_checks", lambda tags: [Error("The URL x has no rule.", id="policy.E001")])
    with pytest.raises(SystemExit, match="The URL x has no rule"):
        checks.insist_on_rules()


def test_a_worker_beats_through_the_broker(worker: Worker) -> None:
    heartbeat.delay()
    assert until(lambda: Heartbeat.objects.age("beat"), otherwise=worker.said) < timedelta(minutes=1)
