"""Two heads accept to be accountable at the same moment: one wins, the other is told who. Without the lock, both see nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from initiatives.core.rules import RuleBroken
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative, Involvement, State
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(transactional_db: None) -> list[tuple[int, int]]:
    """(involvement, head) of two departments that are both asked to be accountable."""
    cast = Cast()
    initiative = Initiative.objects.draft(
        by=cast.contributor("OPS"), title="Race", problem="Queues.", lead_department=cast.department("OPS")
    )
    return [
        (initiative.propose_involvement(cast.department(code), "A", by=cast.head("OPS")).pk, cast.head(code).pk)
        for code in ("SEC", "IT")
    ]


def accept_together(asked: list[tuple[int, int]]) -> list[str]:
    """Both accept after both have read the initiative; what each was told."""
    ready = Barrier(len(asked))

    def accept(one: tuple[int, int]) -> str:
        try:
            part, head = (
                Involvement.objects.select_related("initiative", "department").get(pk=one[0]),
                User.objects.get(pk=one[1]),
            )
            assert part.initiative.accountable_department_id is None
            ready.wait(timeout=20)
            part.accept(by=head)
        except RuleBroken as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "accepted"

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(accept, asked))


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(asked: list[tuple[int, int]]) -> None:
    answers = accept_together(asked)
    assert sorted(answers)[1] == "accepted"
    refusal = min(answers)
    winner = Involvement.objects.get(state=State.ACCEPTED)
    assert f"{winner.department} has already accepted to be accountable" in refusal
    assert str(winner.person) in refusal
    assert Initiative.objects.get().accountable_department == winner.department


def test_without_the_lock_and_the_constraint_both_are_accountable(
    asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: this is what the race looks like when nothing stands in its way."""

    def no_lock(self: Any, **more: Any) -> None:
        self._before = None

    monkeypatch.setattr(Initiative, "lock", no_lock)
    monkeypatch.setattr(Involvement, "lock", no_lock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'one_accountable'")
        definition = cursor.fetchone()[0]
        cursor.execute("DROP INDEX one_accountable")
    try:
        assert accept_together(asked) == ["accepted", "accepted"]
        assert Involvement.objects.filter(state=State.ACCEPTED, letter="A").count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE portfolio_involvement SET state = 'ended'")
            cursor.execute(definition)
