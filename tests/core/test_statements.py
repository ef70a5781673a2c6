"""What a connection is asked often is planned once: the same answers, bounded, and not behind a pooler that swaps connections."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from initiatives.core import statements
from initiatives.core.prepared import prepared
from initiatives.core.statements import ASKED_BEFORE, MOST
from initiatives.organization.models import Department
from tests.cast import Cast


@prepared
def called(name: str) -> QuerySet[Department]:
    return Department.objects.filter(name=name).order_by("pk")[:2]


def planned() -> dict[str, str]:
    """What this connection has planned, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        return dict(cursor.fetchall())


def asked(times: int, name: str) -> list[Department]:
    found = [called(name) for _ in range(times)]
    assert found == [found[0]] * times
    return found[0]


@pytest.fixture(autouse=True)
def own_connection(cast: Cast) -> None:
    """As if nothing had been asked yet: what was planned belongs to a connection, which tests share."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    statements._asked.clear()


def test_it_is_planned_when_it_was_asked_often_and_answers_others_with_their_own(cast: Cast) -> None:
    ops, it = cast.department("OPS"), cast.department("IT")
    assert asked(ASKED_BEFORE, ops.name) == [ops]
    assert planned() == {}
    assert asked(1, ops.name) == [ops]
    (name,) = planned()
    assert name.startswith("called_")
    assert asked(12, it.name) == [it]  # PostgreSQL settles for one plan after five
    assert asked(1, "x' OR true; --") == []
    assert list(planned()) == [name]


def test_it_outlives_a_transaction_that_was_undone(cast: Cast) -> None:
    ops = cast.department("OPS")
    with transaction.atomic():
        asked(ASKED_BEFORE + 1, ops.name)
        transaction.set_rollback(True)
    assert asked(2, ops.name) == [ops]


def test_what_was_not_asked_for_longest_gives_way(cast: Cast) -> None:
    ops = cast.department("OPS")
    asked(ASKED_BEFORE + 1, ops.name)
    (first,) = planned()
    for number in range(MOST):
        others = prepared(lambda name, number=number: Department.objects.filter(name=name, pk__gt=number))
        for _ in range(ASKED_BEFORE + 1):
            others(ops.name)
    assert len(planned()) == MOST
    assert first not in planned()
    assert asked(1, ops.name) == [ops]  # asked as it is written again


def test_behind_a_pooler_nothing_is_planned(cast: Cast, settings: Any) -> None:
    settings.PLANNED_STATEMENTS = False
    assert asked(ASKED_BEFORE + 3, cast.department("OPS").name) == [cast.department("OPS")]
    assert planned() == {}
