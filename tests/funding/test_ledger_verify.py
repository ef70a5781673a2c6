"""The ledger is counted again from its transfers; whatever was tampered with is found, whoever did it."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from initiatives.funding import books
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.tampering import tamper


@pytest.fixture
def filled(cast: Cast, treasury: Treasury) -> None:
    """A ledger with every kind of entry in it."""
    pool, thing = treasury.pool("OPS"), treasury.cost_object()
    treasury.funded(thing, OPS="500.00", CENTRAL="100.00")
    thing.commit(pool, Decimal("300.00"), by=thing.owner)
    entry = thing.commit(pool, Decimal("50.00"), by=thing.owner)
    entry.reverse(by=cast.finance, reason="Twice")
    thing.spend(pool, Decimal("120.00"), by=cast.finance)
    thing.release(pool, Decimal("30.00"), by=cast.cxo)
    treasury.submitted(thing, OPS="7.00")


def test_a_ledger_that_nobody_touched_is_right(filled: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_verify", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said == {"right": True, "accounts": 10, "journals": 8, "transfers": 9, "balance": "0.00", "faults": []}


ACCOUNT = "(SELECT id FROM funding_account WHERE kind = 'committed' ORDER BY id LIMIT 1)"
TAMPERING = {
    "a balance raised": (f"UPDATE funding_account SET balance = balance + 1 WHERE id = {ACCOUNT}", "sum of its transfers"),
    "money from nowhere": ("UPDATE funding_account SET balance = balance + 1 WHERE kind = 'available'", "not zero"),
    "a transfer edited": (
        "UPDATE funding_transfer SET amount = amount + 1 WHERE id = (SELECT max(id) FROM funding_transfer)",
        "sum of its transfers",
    ),
    "a transfer deleted": (
        "DELETE FROM funding_transfer WHERE id = (SELECT max(id) FROM funding_transfer)",
        "sum of its transfers",
    ),
    "an entry put into another year": (
        """UPDATE funding_journal SET "on" = "on" + 400 WHERE id = (SELECT max(id) FROM funding_journal)""",
        "outside the fiscal year",
    ),
    "a period closed behind its entries": (
        """UPDATE funding_period SET closed_at = now() - interval '1 hour',
        proposed_by_id = (SELECT min(id) FROM organization_user), closed_by_id = (SELECT max(id) FROM organization_user)""",
        "into a closed period",
    ),
    "a closed year opened": ("UPDATE funding_fiscalyear SET closed_through = ends", "not closed through"),
    "an entry without transfers": (
        """INSERT INTO funding_journal (act, memo, by_id, key, content, at, "on")
        SELECT 'spent', '', by_id, gen_random_uuid(), '', now(), "on" FROM funding_journal LIMIT 1""",
        "moves nothing",
    ),
    "a pool's figure raised": (
        "UPDATE funding_pool SET free = free + 1, appropriated = appropriated + 1",
        "sums of the accounts",
    ),
    "what is asked hidden": ("UPDATE funding_costobject SET asked = 0", "sums of the accounts"),
    "a cost object's figure raised": ("UPDATE funding_costobject SET allocated = allocated + 1", "sums of the accounts"),
    "an approval taken out": ("DELETE FROM funding_approval WHERE step = 'finance'", "without every approval"),
    "an allocated line raised": (
        """UPDATE funding_requestline SET amount = amount + 1
        WHERE request_id IN (SELECT id FROM funding_fundingrequest WHERE state = 'allocated')""",
        "not what was asked for",
    ),
    "a reversal turned round": (
        """UPDATE funding_transfer SET source_id = target_id, target_id = source_id
        WHERE journal_id IN (SELECT id FROM funding_journal WHERE act = 'reversed')""",
        "not the mirror",
    ),
}


@pytest.mark.parametrize("act", TAMPERING)
def test_tampering_is_found(filled: None, act: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql, words = TAMPERING[act]
    tamper(sql)
    assert any(words in fault.fault for fault in books.verify().faults)
    with pytest.raises(SystemExit) as stopped:
        call_command("ledger_verify")
    assert stopped.value.code == 1
    assert "Wrong" in capsys.readouterr().out


def test_an_account_forced_below_zero_is_found(filled: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE funding_account DROP CONSTRAINT account_not_negative")
    tamper("UPDATE funding_account SET balance = -1 WHERE kind = 'spent'")
    assert "the account is below zero" in {fault.fault for fault in books.verify().faults}
