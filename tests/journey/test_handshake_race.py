"""Two heads accept the same object at the same moment: one wins, the other is told who. Without the lock both own it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from initiatives.core.rules import RuleBroken
from initiatives.journey.models import Answer, Channel, OwnedObject, Ownership, Stage, State, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(transactional_db: None) -> list[tuple[int, int]]:
    """(ownership, head) of two departments that are both asked."""
    cast = Cast()
    stage = Stage.objects.create(title="Plan", kind="pre_sale", position=1)
    channel = Channel.objects.create(name="Web", position=1)
    owned = Touchpoint.objects.create(title="Race", stage=stage, channel=channel).owned
    heads = {code: cast.head(code) for code in ("OPS", "IT")}
    return [(owned.propose(cast.department(code), by=cast.cxo).pk, head.pk) for code, head in heads.items()]


def accept_together(asked: list[tuple[int, int]]) -> list[str]:
    """Both accept after both have read what is asked; what each was told."""
    ready = Barrier(len(asked))

    def accept(one: tuple[int, int]) -> str:
        try:
            ownership = Ownership.objects.select_related("owned", "department").get(pk=one[0])
            head = User.objects.get(pk=one[1])
            ready.wait(timeout=20)
            ownership.accept(by=head)
        except RuleBroken as refused:
            return f"{refused.status} {refused}"
        finally:
            connections.close_all()
        return "accepted"

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(accept, asked))


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(asked: list[tuple[int, int]]) -> None:
    answers = accept_together(asked)
    assert max(answers) == "accepted"
    winner = Ownership.objects.get(answer=Answer.ACCEPTED)
    refusal = f"409 {winner.department} has already accepted to own {winner.owned.reference}, with {winner.person}."
    assert min(answers) == refusal
    found = OwnedObject.objects.get(pk=winner.owned_id)
    assert (found.state, found.department_id, found.person_id) == (State.OWNED, winner.department_id, winner.person_id)


def test_without_the_lock_and_the_constraint_both_own_it(asked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: this is what the race looks like when nothing stands in its way."""

    def no_lock(self: Any, **more: Any) -> None:
        self._before = None

    together = Barrier(len(asked))

    def after_both_have_checked(self: Any, by: Any) -> None:
        together.wait(timeout=20)

    monkeypatch.setattr(OwnedObject, "lock", no_lock)
    monkeypatch.setattr(Ownership, "lock", no_lock)
    monkeypatch.setattr(Ownership, "_nobody_else_is_asked", after_both_have_checked)
    monkeypatch.setattr("initiatives.journey.models.ownership.settle", lambda owned: None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'one_accepted_owner'")
        definition = cursor.fetchone()[0]
        cursor.execute("DROP INDEX one_accepted_owner")
    try:
        assert accept_together(asked) == ["accepted", "accepted"]
        assert Ownership.objects.accepted().count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE journey_ownership SET answer = 'ended', ending = 'ruled', ended_at = now()")
            cursor.execute(definition)
