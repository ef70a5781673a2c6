"""Two people decide about the same signal at the same moment: one wins, the other is told. Without the lock both decide."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.journey.models import Channel, News, Signal, Stage, State, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signal(transactional_db: None) -> Signal:
    cast = Cast()
    stage = Stage.objects.create(title="Plan", kind="pre_sale", position=1)
    touchpoint = Touchpoint.objects.create(title="Race", stage=stage, channel=Channel.objects.create(name="Web", position=1))
    touchpoint.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    assert cast.head("OPS")
    return Signal.objects.raise_signal(by=cast.contributor("HR"), touchpoints=[touchpoint], title="Signs point both ways")


def decide_together(signal: Signal) -> list[str]:
    """The head answers and the owner dismisses, after both have read that it is open; what each was told."""
    ready = Barrier(2)

    def decide(act: tuple[str, str]) -> str:
        try:
            found = Signal.objects.select_related("touchpoint__owned", "touchpoint__stage__owned").get(pk=signal.pk)
            by = User.objects.get(email=act[1])
            ready.wait(timeout=20)
            getattr(found, act[0])(by=by, reason="Because.")
        except RuleBroken as refused:
            return f"{refused.status}"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(decide, [("answer", "head_ops@example.org"), ("dismiss", "contributor_ops@example.org")]))


def test_of_two_who_decide_at_once_one_wins(signal: Signal) -> None:
    assert sorted(decide_together(signal)) == ["409", "done"]
    assert Event.objects.about(signal).filter(verb__regex="answered|dismissed").count() == 1
    assert News.objects.count() == 1


def test_without_the_lock_and_the_trigger_both_decide(signal: Signal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: this is what the race looks like when nothing stands in its way."""
    together = Barrier(2)

    def no_lock(self: Any, **more: Any) -> None:
        self._before = None
        together.wait(timeout=20)

    monkeypatch.setattr(Signal, "lock", no_lock)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journey_signal DISABLE TRIGGER USER")
    try:
        assert decide_together(signal) == ["done", "done"]
        assert News.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE journey_signal ENABLE TRIGGER USER")
