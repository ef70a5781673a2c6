"""Head and deputy divide the same amount at the same moment: one wins. Without lock and trigger more than it is given."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.db.models import Sum

from initiatives.core.rules import RuleBroken
from initiatives.decisions.models import Portion, Round, RoundBallot
from initiatives.organization.models import User
from tests.cast import Cast
from tests.decisions.conftest import Candidate
from tests.decisions.rounds import ballot_of, opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ballot(transactional_db: None, cast: Cast, candidate: Candidate) -> RoundBallot:
    cast.head("OPS"), cast.deputy("OPS")
    return ballot_of("OPS", opened(cast, candidate("Lanes"), candidate("Lounge")))


def divide_together(ballot: RoundBallot) -> list[str]:
    """Each gives the whole amount to another candidate, after both opened the form; what each was told."""
    ready, candidates = Barrier(2), list(ballot.round.candidates.in_order().values_list("pk", flat=True))

    def divide(place: int) -> str:
        try:
            found = ballot_of("OPS", ballot.round)
            by = User.objects.get(email=("head_ops@example.org", "deputy_ops@example.org")[place])
            ready.wait(timeout=20)
            found.divide({candidates[place]: Decimal(100)}, version=0, by=by)
        except (RuleBroken, IntegrityError) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(divide, (0, 1)))


def total() -> Decimal:
    return Portion.objects.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both took away what the ballot gave before, which is nothing, when either gives something."""
    together, real = Barrier(2), Portion.objects.bulk_create

    def give(*args: Any, **more: Any) -> Any:
        together.wait(timeout=20)
        return real(*args, **more)

    for model in (Round, RoundBallot):
        monkeypatch.setattr(model, "lock", lambda self, **more: setattr(self, "_before", None))
    monkeypatch.setattr(Portion.objects, "bulk_create", give)


def test_of_two_who_divide_at_once_one_wins(ballot: RoundBallot) -> None:
    assert sorted(divide_together(ballot)) == ["Stale", "done"]
    assert total() == 100


def test_without_the_lock_the_database_still_keeps_the_amount(ballot: RoundBallot, monkeypatch: pytest.MonkeyPatch) -> None:
    no_locks(monkeypatch)
    assert sorted(divide_together(ballot)) == ["IntegrityError", "done"]
    assert total() == 100


def test_without_lock_and_trigger_more_than_the_amount_is_given(ballot: RoundBallot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: this is what the race looks like when nothing stands in its way."""
    no_locks(monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE decisions_portion DISABLE TRIGGER USER")
    try:
        assert divide_together(ballot) == ["done", "done"]
        assert total() == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE decisions_portion ENABLE TRIGGER USER")
