"""Whoever tampers with the audit trail is found, and where. Eight writers at once fork nothing."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from initiatives.core import audit
from initiatives.core.models import Event
from tests.cast import Cast

WRITERS, EACH = 8, 15

pytestmark = pytest.mark.django_db(transaction=True)


def sql(statement: str, *values: Any) -> None:
    """As somebody who owns the database: triggers do not fire."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)


@pytest.fixture
def trail(cast: Cast) -> list[int]:
    """Six sealed events; their ids."""
    ops = cast.department("OPS")
    return [
        ops.record("looked_at", by=cast.ceo, reason=reason, seen=["Ünïcode", 1.50, None, {"b": 1, "aa": "“quoted”"}]).pk
        for reason in ("", "one", "two", "three", "four — naïve", "five")
    ]


def test_an_untouched_trail_is_intact(trail: list[int]) -> None:
    finding = audit.verify()
    assert finding.first_fault is None
    assert (finding.intact, finding.events, finding.sealed) == (True, 6, 6)
    assert finding.head.startswith("6:")


def test_an_empty_trail_is_intact(cast: Cast) -> None:
    assert audit.verify() == audit.Finding(0, 0, intact=True, first_fault=None, head=f"0:{'0' * 64}")


TAMPERING: dict[str, tuple[str, int, str]] = {
    "a reason was edited": ("UPDATE core_event SET reason = 'forged' WHERE id = {2}", 3, "edited"),
    "an actor was replaced": ("UPDATE core_event SET actor_name = 'Somebody Else' WHERE id = {1}", 2, "edited"),
    "a moment was moved by a microsecond": ("UPDATE core_event SET at = at + interval '1 us' WHERE id = {4}", 5, "edited"),
    "a change was rewritten": ("UPDATE core_event SET changes = '{{}}' WHERE id = {0}", 1, "edited"),
    "text was moved from one field to the next": (
        "UPDATE core_event SET verb = left(verb, -1), subject_type = right(verb, 1) || subject_type WHERE id = {3}", 4, "edited"),
    "an event was removed": ("DELETE FROM core_event WHERE id = {2}", 3, "removed"),
    "an event and its seal were removed": (
        "WITH gone AS (DELETE FROM core_seal WHERE event_id = {2}) DELETE FROM core_event WHERE id = {2}", 4, "removed"),
    "the first event and its seal were removed": (
        "WITH gone AS (DELETE FROM core_seal WHERE event_id = {0}) DELETE FROM core_event WHERE id = {0}", 2, "removed"),
    "two events were swapped": (
        ("UPDATE core_seal SET event_id = CASE event_id WHEN {1} THEN -{2} ELSE -{1} END WHERE event_id IN ({1}, {2});\n"
         "UPDATE core_seal SET event_id = -event_id WHERE event_id < 0"), 2, "edited"),
    "two seals changed places": (
        ("UPDATE core_seal SET position = -position WHERE position IN (3, 4);\n"
         "UPDATE core_seal SET position = 7 + position WHERE position < 0"), 3, "does not follow"),
    "a seal was rewritten": ("UPDATE core_seal SET digest = repeat('f', 64) WHERE position = 4", 4, "edited"),
}  # fmt: skip


@pytest.mark.parametrize("act", TAMPERING)
def test_tampering_is_found_and_located(trail: list[int], act: str) -> None:
    statement, position, words = TAMPERING[act]
    sql(statement.format(*trail))
    fault = audit.verify().first_fault
    assert fault is not None
    assert fault.position == position
    assert words in fault.fault


def test_an_event_slipped_in_without_a_seal_is_found(trail: list[int]) -> None:
    sql(
        "INSERT INTO core_event (at, actor_name, verb, subject_type, subject_id, changes, reason)"
        " VALUES (now(), 'x', 'x', 'x', 1, '{}', '')"
    )
    finding = audit.verify()
    assert (finding.intact, finding.events, finding.sealed) == (False, 7, 6)
    assert finding.first_fault == audit.Fault(None, Event.objects.newest_first()[0].pk, "This event was never sealed.")


def test_a_tail_that_was_cut_off_is_found_with_a_head_noted_earlier(trail: list[int]) -> None:
    head = audit.verify().head
    sql("DELETE FROM core_seal WHERE position > 4")
    sql("DELETE FROM core_event WHERE id > %s", trail[3])
    assert audit.verify().intact, "in itself a shorter trail is a trail"
    assert not audit.verify(anchor=head).intact
    assert audit.verify(anchor=audit.verify().head).intact


def test_a_trail_sealed_anew_is_found_with_a_head_noted_earlier(trail: list[int]) -> None:
    head = audit.verify().head
    sql("UPDATE core_event SET reason = 'forged' WHERE id = %s", trail[1])
    sql("DELETE FROM core_seal")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(seal_all_anew())
    assert audit.verify().intact, "whoever may run the database's own function can seal a forged trail"
    assert not audit.verify(anchor=head).intact


def seal_all_anew() -> str:
    return """
        DO $$ DECLARE row core_event; before text := repeat('0', 64); place bigint := 0; mine text; BEGIN
        FOR row IN SELECT * FROM core_event ORDER BY id LOOP
            place := place + 1;
            mine := encode(sha256(convert_to(before || core_event_text(row), 'UTF8')), 'hex');
            INSERT INTO core_seal (position, event_id, previous, digest) VALUES (place, row.id, before, mine);
            before := mine;
        END LOOP; END $$
    """


def test_the_command_says_it_in_json_and_by_its_status(trail: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_verify", "--json")
    said = json.loads(capsys.readouterr().out)
    assert {"events": 6, "sealed": 6, "intact": True, "first_fault": None}.items() <= said.items()
    sql("UPDATE core_event SET reason = 'forged' WHERE id = %s", trail[2])
    with pytest.raises(SystemExit) as stopped:
        call_command("audit_verify", "--json")
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["first_fault"]["position"] == 3
    with pytest.raises(SystemExit):
        call_command("audit_verify")
    assert "Broken at seal 3" in capsys.readouterr().out


# -- Eight writers at once -----------------------------------------------------------------------------------------------


def write_together(cast: Cast) -> list[Exception]:
    """Each writer commits its events one by one, all at the same time; the errors that this caused."""
    ops, ceo, start, errors = cast.department("OPS"), cast.ceo, threading.Barrier(WRITERS), []

    def write() -> None:
        start.wait(10)
        try:
            for _ in range(EACH):
                try:
                    ops.record("looked_at", by=ceo)
                except Exception as error:
                    errors.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    return errors


def test_eight_writers_at_once_make_one_chain(cast: Cast) -> None:
    assert write_together(cast) == []
    finding = audit.verify()
    assert (finding.intact, finding.events) == (True, WRITERS * EACH)


@pytest.fixture
def without_the_lock() -> Iterator[Callable[[], None]]:
    """The sealing function as it would be if nobody had thought of the lock and the unique columns."""

    def change(find: str, put: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('core_seal_event'::regproc)")
            source = cursor.fetchone()[0]
            assert find in source
            cursor.execute(source.replace(find, put))

    lock, sleep = "PERFORM pg_advisory_xact_lock(hashtext('core_seal'));", "PERFORM 1;"
    insert, pause = "INSERT INTO core_seal", "PERFORM pg_sleep(0.002); INSERT INTO core_seal"
    change(lock, sleep)
    change(insert, pause)
    yield lambda: None
    change(pause, insert)
    change(sleep, lock)


def test_the_harness_sees_forks_when_the_lock_is_missing(cast: Cast, without_the_lock: Callable[[], None]) -> None:
    """Negative control: what would have been a fork is refused by the unique columns, as an error of the writer."""
    errors = write_together(cast)
    assert errors, "without the lock two writers take the same place in the chain"
    assert all("core_seal" in str(error) for error in errors)
    assert audit.verify().intact
