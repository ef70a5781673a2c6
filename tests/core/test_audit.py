"""Events are sealed into a chain, and neither events nor seals can be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from initiatives.core.models import Event, Seal
from tests.cast import Cast


def test_a_change_is_recorded_with_what_was_before_and_after(cast: Cast) -> None:
    ops = cast.department("OPS")
    with transaction.atomic():
        ops.lock()
        ops.name = "Operations"
        ops.save()
        ops.record("edited", by=cast.administrator)
    event = Event.objects.about(ops).get()
    assert event.changes == {"name": ["Ops department", "Operations"]}
    assert event.actor_name == "Ada Administrator"


def test_events_are_sealed_in_one_chain_when_the_transaction_ends(cast: Cast) -> None:
    ops = cast.department("OPS")
    for _ in range(3):
        ops.record("looked_at", by=cast.ceo)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    seals = list(Seal.objects.order_by("position"))
    assert [seal.previous for seal in seals[1:]] == [seal.digest for seal in seals[:-1]]


@pytest.mark.parametrize("change", [lambda: Event.objects.update(reason="forged"), lambda: Event.objects.all().delete()])
def test_an_event_can_be_neither_changed_nor_deleted(cast: Cast, change) -> None:
    event = cast.department("OPS").record("looked_at", by=cast.ceo)
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert Event.objects.get(pk=event.pk).reason == ""
