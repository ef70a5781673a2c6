"""Count the ledger again: every balance and figure that the database keeps, against the transfers themselves.

One statement, therefore one snapshot: it is true of one instant, also while others post.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

MOST = 100  # faults that are named; more say no more

FAULTS = """
WITH moved AS (
    SELECT account, sum(amount) AS amount FROM (
        SELECT target_id AS account, amount FROM funding_transfer
        UNION ALL SELECT source_id, -amount FROM funding_transfer) AS sides
    GROUP BY account
), held AS (
    SELECT account.id, account.pool_id, account.cost_object_id, account.kind, account.balance, pool.currency,
        coalesce(moved.amount, 0) AS moved
    FROM funding_account account JOIN funding_pool pool ON pool.id = account.pool_id
        LEFT JOIN moved ON moved.account = account.id
), waiting AS (
    SELECT line.pool_id, request.cost_object_id, request.currency, line.amount
    FROM funding_requestline line JOIN funding_fundingrequest request ON request.id = line.request_id
    WHERE request.state IN ('submitted', 'returned')
), pool AS (
    SELECT pool.id,
        ARRAY[pool.appropriated, pool.free, pool.allocated, pool.committed, pool.spent, pool.asked] AS kept,
        ARRAY[
            coalesce(sum(-held.moved) FILTER (WHERE held.kind = 'source'), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.kind = 'available'), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.cost_object_id IS NOT NULL), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.kind = 'committed'), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.kind = 'spent'), 0),
            coalesce((SELECT sum(amount) FROM waiting WHERE waiting.pool_id = pool.id), 0)] AS counted
    FROM funding_pool pool LEFT JOIN held ON held.pool_id = pool.id GROUP BY pool.id
), figures AS (
    SELECT id, currency, allocated, committed, spent, asked FROM funding_costobject
    UNION ALL SELECT cost_object_id, currency, allocated, committed, spent, asked FROM funding_foreignmoney
), thing AS (
    SELECT thing.id,
        ARRAY[thing.allocated, thing.committed, thing.spent, thing.asked] AS kept,
        ARRAY[
            coalesce(sum(held.moved), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.kind = 'committed'), 0),
            coalesce(sum(held.moved) FILTER (WHERE held.kind = 'spent'), 0),
            coalesce((
                SELECT sum(amount) FROM waiting
                WHERE waiting.cost_object_id = thing.id AND waiting.currency = thing.currency), 0)] AS counted
    FROM figures thing LEFT JOIN held ON held.cost_object_id = thing.id AND held.currency = thing.currency
    GROUP BY thing.id, thing.currency, thing.allocated, thing.committed, thing.spent, thing.asked
)
SELECT 'the balance is not the sum of its transfers' AS fault, 'account' AS subject, id, balance::text, moved::text
    FROM held WHERE balance <> moved
UNION ALL SELECT 'the account is below zero', 'account', id, balance::text, moved::text
    FROM held WHERE (balance < 0 OR moved < 0) AND kind <> 'source'
UNION ALL SELECT 'the figures are not the sums of the accounts', 'pool', id, kept::text, counted::text
    FROM pool WHERE kept <> counted
UNION ALL SELECT 'the figures are not the sums of the accounts', 'cost object', id, kept::text, counted::text
    FROM thing WHERE kept <> counted
UNION ALL SELECT 'money of this currency is counted nowhere', 'cost object', cost_object_id, currency, sum(moved)::text
    FROM held WHERE cost_object_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM figures WHERE figures.id = held.cost_object_id AND figures.currency = held.currency)
    GROUP BY cost_object_id, currency
UNION ALL SELECT 'the number of its other currencies is wrong', 'cost object', thing.id, thing.other_currencies::text,
        count(abroad.id)::text
    FROM funding_costobject thing LEFT JOIN funding_foreignmoney abroad ON abroad.cost_object_id = thing.id
    GROUP BY thing.id HAVING thing.other_currencies <> count(abroad.id)
UNION ALL SELECT 'the entry is in several currencies', 'journal', transfer.journal_id, '',
        string_agg(DISTINCT pool.currency, ', ')
    FROM funding_transfer transfer JOIN funding_account account ON account.id = transfer.source_id
        JOIN funding_pool pool ON pool.id = account.pool_id
    GROUP BY transfer.journal_id HAVING count(DISTINCT pool.currency) > 1
UNION ALL SELECT 'all balances together are not zero', 'ledger', 0, sum(balance)::text, '0.00'
    FROM held HAVING sum(balance) <> 0
UNION ALL SELECT 'the entry moves nothing', 'journal', journal.id, '', ''
    FROM funding_journal journal WHERE NOT EXISTS (SELECT FROM funding_transfer WHERE journal_id = journal.id)
UNION ALL SELECT 'the money moved between two pools, cost objects or kinds', 'transfer', transfer.id, '', ''
    FROM funding_transfer transfer
    JOIN funding_account source ON source.id = transfer.source_id
    JOIN funding_account target ON target.id = transfer.target_id
    WHERE source.pool_id <> target.pool_id OR source.cost_object_id <> target.cost_object_id
        OR (source.cost_object_id = target.cost_object_id AND source.nature <> target.nature)
UNION ALL SELECT 'the day of the entry lies outside the fiscal year of its pool', 'journal', dated.id, dated.on::text, year.name
    FROM funding_journal dated JOIN funding_transfer transfer ON transfer.journal_id = dated.id
        JOIN funding_account account ON account.id = transfer.source_id JOIN funding_pool pool ON pool.id = account.pool_id
        JOIN funding_fiscalyear year ON year.id = pool.year_id
    WHERE dated.on > year.ends OR (dated.on < year.starts AND dated.act <> 'allocated')
UNION ALL SELECT 'the entry was posted into a closed period', 'journal', late.id, late.at::text, period.closed_at::text
    FROM funding_journal late JOIN funding_transfer transfer ON transfer.journal_id = late.id
        JOIN funding_account account ON account.id = transfer.source_id JOIN funding_pool pool ON pool.id = account.pool_id
        JOIN funding_period period ON period.year_id = pool.year_id AND late.on BETWEEN period.starts AND period.ends
        JOIN funding_fiscalyear year ON year.id = pool.year_id
    WHERE late.act <> 'reversed' AND late.at > period.closed_at
        AND NOT (late.act = 'released' AND late.memo <> '' AND year.closed_through = year.ends)
UNION ALL SELECT 'the year is not closed through its last closed period', 'year', year.id,
        year.closed_through::text, max(period.ends)::text
    FROM funding_fiscalyear year LEFT JOIN funding_period period ON period.year_id = year.id AND period.closed_at IS NOT NULL
    GROUP BY year.id HAVING year.closed_through IS DISTINCT FROM max(period.ends)
UNION ALL SELECT 'the reversal is not the mirror of its entry', 'journal', back.id, '', ''
    FROM funding_journal back WHERE back.reverses_id IS NOT NULL AND (
        SELECT array_agg((source_id, target_id, amount)::text ORDER BY source_id, target_id, amount)
        FROM funding_transfer WHERE journal_id = back.id
    ) IS DISTINCT FROM (
        SELECT array_agg((target_id, source_id, amount)::text ORDER BY target_id, source_id, amount)
        FROM funding_transfer WHERE journal_id = back.reverses_id)
UNION ALL SELECT 'the allocation is not what was asked for', 'request', request.id, '', ''
    FROM funding_fundingrequest request LEFT JOIN funding_journal journal ON journal.request_id = request.id
    WHERE (request.state = 'allocated' OR journal.id IS NOT NULL) AND (
        SELECT array_agg((pool_id, nature, amount)::text ORDER BY pool_id, nature)
        FROM funding_requestline WHERE request_id = request.id
    ) IS DISTINCT FROM (
        SELECT array_agg((target.pool_id, target.nature, transfer.amount)::text ORDER BY target.pool_id, target.nature)
        FROM funding_transfer transfer JOIN funding_account target ON target.id = transfer.target_id
        WHERE transfer.journal_id = journal.id AND target.cost_object_id = request.cost_object_id)
UNION ALL SELECT 'the transfer between pools is not what both agreed to', 'virement', virement.id, '', ''
    FROM funding_virement virement LEFT JOIN funding_journal journal ON journal.virement_id = virement.id
    WHERE (virement.state = 'made') <> (journal.id IS NOT NULL) OR (journal.id IS NOT NULL AND (
        SELECT array_agg((source.pool_id, source.kind, target.kind, transfer.amount)::text ORDER BY source.kind)
        FROM funding_transfer transfer JOIN funding_account source ON source.id = transfer.source_id
            JOIN funding_account target ON target.id = transfer.target_id
        WHERE transfer.journal_id = journal.id
    ) IS DISTINCT FROM ARRAY[
        (virement.giver_id, 'available'::varchar, 'source'::varchar, virement.amount)::text,
        (virement.taker_id, 'source'::varchar, 'available'::varchar, virement.amount)::text])
UNION ALL SELECT 'the budget is not what two people said', 'budget change', change.id, '', ''
    FROM funding_budgetchange change LEFT JOIN funding_journal journal ON journal.budget_change_id = change.id
    WHERE (change.state = 'confirmed') <> (journal.id IS NOT NULL)
        OR (change.state = 'confirmed' AND change.by_id = change.decided_by_id)
        OR (journal.id IS NOT NULL AND (
            SELECT array_agg((journal.act, journal.by_id, source.pool_id, source.kind, target.kind, transfer.amount)::text)
            FROM funding_transfer transfer JOIN funding_account source ON source.id = transfer.source_id
                JOIN funding_account target ON target.id = transfer.target_id
            WHERE transfer.journal_id = journal.id
        ) IS DISTINCT FROM ARRAY[CASE change.way
            WHEN 'raise' THEN ('appropriated'::varchar, change.decided_by_id, change.pool_id, 'source'::varchar,
                'available'::varchar, change.amount)::text
            ELSE ('cut'::varchar, change.decided_by_id, change.pool_id, 'available'::varchar,
                'source'::varchar, change.amount)::text END])
UNION ALL SELECT 'what was carried forward is not what two people said', 'carryover', carry.id, '', ''
    FROM funding_carryover carry
    WHERE (carry.state = 'confirmed' AND carry.by_id = carry.decided_by_id) OR (
        SELECT array_agg((journal.act, journal.by_id, source.pool_id, source.kind, target.kind, transfer.amount)::text
            ORDER BY journal.act)
        FROM funding_journal journal JOIN funding_transfer transfer ON transfer.journal_id = journal.id
            JOIN funding_account source ON source.id = transfer.source_id
            JOIN funding_account target ON target.id = transfer.target_id
        WHERE journal.carryover_id = carry.id
    ) IS DISTINCT FROM CASE carry.state WHEN 'confirmed' THEN ARRAY[
        ('brought'::varchar, carry.decided_by_id, carry.into_id, 'source'::varchar, 'available'::varchar, carry.amount)::text,
        ('carried'::varchar, carry.decided_by_id, carry.pool_id, 'available'::varchar, 'source'::varchar, carry.amount)::text] END
UNION ALL SELECT 'one person changed a budget', 'journal', alone.id, '', ''
    FROM funding_journal alone WHERE alone.act = 'appropriated' AND alone.budget_change_id IS NULL
        AND alone.id > (SELECT min(id) FROM funding_journal WHERE budget_change_id IS NOT NULL)
UNION ALL SELECT 'the money was allocated without every approval', 'request', request.id, '', ''
    FROM funding_fundingrequest request WHERE request.state = 'allocated' AND (
        NOT (request.seed OR EXISTS (
            SELECT FROM funding_approval given WHERE given.request_id = request.id AND given.step = 'finance'))
        OR jsonb_array_length(request.steps) <> (
            SELECT count(*) FROM funding_approval given WHERE given.request_id = request.id AND given.step = 'further')
        OR request.seed AND 1 <> (
            SELECT count(DISTINCT line.pool_id) FROM funding_requestline line WHERE line.request_id = request.id)
        OR EXISTS (SELECT FROM funding_approval given WHERE given.request_id = request.id AND given.by_id = request.requester_id)
        OR EXISTS (
            SELECT FROM funding_requestline line WHERE line.request_id = request.id AND NOT EXISTS (
                SELECT FROM funding_approval given WHERE given.request_id = request.id AND given.pool_id = line.pool_id)))
UNION ALL SELECT 'the lines of a file are not all there', 'delivery', delivery.id, delivery.count || ' lines, ' || delivery.total,
        count(line.id) || ' lines, ' || coalesce(sum(line.amount), 0)
    FROM funding_delivery delivery LEFT JOIN funding_actualline line ON line.delivery_id = delivery.id
    GROUP BY delivery.id HAVING delivery.count <> count(line.id) OR delivery.total <> coalesce(sum(line.amount), 0)
UNION ALL SELECT 'the posted line is not in the ledger as it says', 'line', line.id, line.amount::text, (
        SELECT sum(amount)::text FROM funding_transfer WHERE journal_id = line.journal_id)
    FROM funding_actualline line JOIN funding_journal book ON book.id = line.journal_id
    WHERE book.act <> (CASE WHEN line.amount > 0 THEN 'spent' ELSE 'credited' END)
        OR EXISTS (SELECT FROM funding_journal back WHERE back.reverses_id = book.id)
        OR abs(line.amount) IS DISTINCT FROM (
            SELECT sum(transfer.amount) FROM funding_transfer transfer
                JOIN funding_account source ON source.id = transfer.source_id
            WHERE transfer.journal_id = book.id AND source.cost_object_id = line.cost_object_id)
"""

_more: list[str] = []  # of the rooms above


COUNTS = """
SELECT (SELECT count(*) FROM funding_account), (SELECT count(*) FROM funding_journal), (SELECT count(*) FROM funding_transfer),
    (SELECT coalesce(sum(balance), 0)::text FROM funding_account)
"""


@dataclass(frozen=True)
class Fault:
    """What is wrong with which row: what the database keeps, and what the transfers add up to."""

    fault: str
    subject: str
    id: int
    kept: str
    counted: str


@dataclass(frozen=True)
class Finding:
    """What was counted, and the first faults. `balance` is the sum of all accounts, which is zero."""

    accounts: int
    journals: int
    transfers: int
    balance: str
    faults: list[Fault]

    @property
    def right(self) -> bool:
        return not self.faults

    def as_data(self) -> dict[str, Any]:
        return {"right": self.right, **asdict(self)}


def verify_too(faults: str) -> None:
    """A room above counts something of its own along with the ledger: a query of (fault, subject, id, kept, counted)."""
    _more.append(faults)


def verify() -> Finding:
    """Count everything again."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([FAULTS, *_more]) + " ORDER BY subject, id LIMIT %s", [MOST])
        faults = [Fault(*row) for row in cursor.fetchall()]
        cursor.execute(COUNTS)
        accounts, journals, transfers, balance = cursor.fetchone()
    return Finding(accounts, journals, transfers, balance, faults)
