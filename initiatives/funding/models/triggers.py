"""What the database itself keeps right about money, whoever writes to it: balances, rollups, legal moves, who may post.

A refusal carries the name of a constraint, so that `initiatives.core.rules.says` can put it in words.
"""

import pgtrigger

from initiatives.core.triggers import refuse, update_of, with_refusals
from initiatives.funding.models.carry_laws import BROUGHT, CARRIED


def kept_by_the_database(*columns: str) -> pgtrigger.Trigger:
    """Refuse a change of these columns by anything but another trigger, and any start but zero."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    started = " OR ".join(f"NEW.{column} <> 0" for column in columns)
    refusal = refuse("money_moves_by_transfers_only", "Money moves by transfers only; balances are never edited.")
    return pgtrigger.Trigger(
        name="kept_by_the_database",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF {started} THEN {refusal} END IF;
            ELSIF pg_trigger_depth() < 2 AND ({changed}) THEN {refusal}
            END IF;
            RETURN NEW;
        """,
    )


def never_changes(name: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse any change of columns that say what a row is about."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=update_of(*columns),
        func=" ".join(
            [
                "IF",
                " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns),
                "THEN",
                refuse("money_stays_where_it_was_put", "What an account or a pool stands for does not change."),
                "END IF; RETURN NEW;",
            ]
        ),
    )


# Money in another currency than the cost object's own is counted beside it, in a row that is there from its first request on.
BESIDE = """
    INSERT INTO funding_foreignmoney (cost_object_id, currency, asked, allocated, committed, spent)
        VALUES ({thing}, {currency}, 0, 0, 0, 0) ON CONFLICT (cost_object_id, currency) DO NOTHING;
    IF FOUND THEN
        UPDATE funding_costobject SET other_currencies = other_currencies + 1 WHERE id = {thing};
    END IF;"""

# The room above says so by a trigger on its work. Nothing is committed meanwhile: see `move_money`.
STOPPED_WITH_ITS_WORK = pgtrigger.Trigger(
    name="stopped_with_its_work",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | update_of("stopped"),
    func=with_refusals(
        """
        IF pg_trigger_depth() < 2 AND (TG_OP = 'UPDATE' OR NEW.stopped <> '') THEN REFUSE stopped_by_its_work; END IF;
        RETURN NEW;
    """,
        stopped_by_its_work="Money rests with the work that it is for, and nobody else says so.",
    ),
)

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)

GIVEN = """
    allocated = allocated + NEW.amount * (given_after - given_before),
    committed = committed + NEW.amount * ((target.kind = 'committed')::int - (source.kind = 'committed')::int),
    spent = spent + NEW.amount * ((target.kind = 'spent')::int - (source.kind = 'spent')::int)"""

# A budget moves as one person proposed and as the other, who posts it, confirmed.
CHANGED = """EXISTS (
                    SELECT FROM funding_budgetchange change
                    WHERE change.id = book.budget_change_id AND change.state = 'confirmed' AND change.way = '{way}'
                        AND change.pool_id = source.pool_id AND change.amount = NEW.amount
                        AND change.decided_by_id = book.by_id)"""

# A transfer locks its pool, then its accounts in the order of their ids, so that no two transfers wait for each other.
MOVE_MONEY = pgtrigger.Trigger(
    name="move_money",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    declare=[
        ("book", "funding_journal%ROWTYPE"),
        ("source", "funding_account%ROWTYPE"),
        ("target", "funding_account%ROWTYPE"),
        ("fund", "funding_pool%ROWTYPE"),
        ("used", "numeric"),
        ("given_before", "integer"),
        ("given_after", "integer"),
        ("thing", "bigint"),
        ("waiting", "numeric"),
        ("rests", "varchar(6)"),
    ],
    func=with_refusals(
        f"""
        SELECT * INTO STRICT book FROM funding_journal WHERE id = NEW.journal_id;
        SELECT * INTO STRICT source FROM funding_account WHERE id = NEW.source_id;
        SELECT * INTO STRICT target FROM funding_account WHERE id = NEW.target_id;
        IF source.pool_id <> target.pool_id
            OR source.cost_object_id <> target.cost_object_id
            OR (source.cost_object_id = target.cost_object_id AND source.nature <> target.nature)
            OR NOT (CASE book.act
                WHEN 'appropriated' THEN source.kind = 'source' AND target.kind = 'available' AND {CHANGED.format(way="raise")}
                WHEN 'cut' THEN source.kind = 'available' AND target.kind = 'source' AND {CHANGED.format(way="cut")}
                WHEN 'allocated' THEN source.kind = 'available' AND target.kind = 'allocated' AND EXISTS (
                    SELECT FROM funding_fundingrequest request
                    JOIN funding_requestline line ON line.request_id = request.id
                    WHERE request.id = book.request_id AND request.state = 'allocated'
                        AND request.cost_object_id = target.cost_object_id
                        AND line.pool_id = target.pool_id AND line.nature = target.nature AND line.amount = NEW.amount)
                WHEN 'committed' THEN source.kind = 'allocated' AND target.kind = 'committed'
                WHEN 'decommitted' THEN source.kind = 'committed' AND target.kind = 'allocated'
                WHEN 'spent' THEN source.kind = 'committed' AND target.kind = 'spent'
                WHEN 'credited' THEN source.kind = 'spent' AND target.kind = 'committed'
                WHEN 'released' THEN target.kind = 'available' AND (source.kind = 'allocated'
                    OR (source.kind = 'committed' AND EXISTS (
                        SELECT FROM funding_pool pool JOIN funding_fiscalyear year ON year.id = pool.year_id
                        WHERE pool.id = source.pool_id AND year.closed_through = year.ends)))
                WHEN 'transferred' THEN EXISTS (
                    SELECT FROM funding_virement virement
                    WHERE virement.id = book.virement_id AND virement.state = 'made' AND virement.amount = NEW.amount
                        AND ((source.pool_id = virement.giver_id AND source.kind = 'available' AND target.kind = 'source')
                            OR (source.pool_id = virement.taker_id AND source.kind = 'source' AND target.kind = 'available')))
                WHEN 'carried' THEN source.kind = 'available' AND target.kind = 'source' AND {CARRIED}
                WHEN 'brought' THEN source.kind = 'source' AND target.kind = 'available' AND {BROUGHT}
                WHEN 'reversed' THEN EXISTS (
                    SELECT FROM funding_transfer original
                    WHERE original.journal_id = book.reverses_id AND original.amount = NEW.amount
                        AND original.source_id = NEW.target_id AND original.target_id = NEW.source_id)
                ELSE false
            END)
        THEN REFUSE only_legal_moves;
        END IF;
        given_before := (source.cost_object_id IS NOT NULL)::int;
        given_after := (target.cost_object_id IS NOT NULL)::int;
        SELECT * INTO STRICT fund FROM funding_pool WHERE id = source.pool_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM funding_transfer other JOIN funding_account place ON place.id = other.source_id
            JOIN funding_pool pool ON pool.id = place.pool_id
            WHERE other.journal_id = NEW.journal_id AND pool.currency <> fund.currency)
        THEN REFUSE one_currency_in_a_journal;
        END IF;
        IF fund.post_control <> 'off' AND (source.kind, target.kind) IN (('allocated', 'committed'), ('committed', 'spent')) THEN
            used := NEW.amount + fund.spent + CASE WHEN target.kind = 'committed' THEN fund.committed ELSE 0 END;
            IF used * 100 > fund.appropriated * fund.post_limit AND NOT book.over_limit THEN
                REFUSE beyond_a_limit_is_marked;
            END IF;
            IF fund.post_control = 'stop' AND used * 10000 > fund.appropriated * fund.post_limit * (100 + fund.post_tolerance)
                AND (book.because = '' OR EXISTS (
                    SELECT FROM funding_costobject WHERE id = source.cost_object_id AND owner_id = book.by_id))
            THEN REFUSE posted_within_the_limit;
            END IF;
        END IF;
        PERFORM FROM funding_account WHERE id IN (source.id, target.id) ORDER BY id FOR NO KEY UPDATE;
        UPDATE funding_account SET balance = balance - NEW.amount WHERE id = source.id;
        UPDATE funding_account SET balance = balance + NEW.amount WHERE id = target.id;
        UPDATE funding_pool SET
            appropriated = appropriated + NEW.amount * ((source.kind = 'source')::int - (target.kind = 'source')::int),
            free = free + NEW.amount * ((target.kind = 'available')::int - (source.kind = 'available')::int),
            allocated = allocated + NEW.amount * (given_after - given_before),
            committed = committed + NEW.amount * ((target.kind = 'committed')::int - (source.kind = 'committed')::int),
            spent = spent + NEW.amount * ((target.kind = 'spent')::int - (source.kind = 'spent')::int)
        WHERE id = source.pool_id;
        thing := coalesce(target.cost_object_id, source.cost_object_id);
        UPDATE funding_costobject SET {GIVEN} WHERE id = thing AND currency = fund.currency RETURNING stopped INTO rests;
        IF NOT FOUND AND thing IS NOT NULL THEN
            SELECT held, stopped INTO waiting, rests FROM funding_costobject WHERE id = thing FOR SHARE;
            IF waiting > 0 AND source.kind = 'allocated' AND target.kind = 'committed' THEN
                REFUSE gates_hold_other_currencies;
            END IF;
            {BESIDE.format(thing="thing", currency="fund.currency")}
            UPDATE funding_foreignmoney SET {GIVEN} WHERE cost_object_id = thing AND currency = fund.currency;
        END IF;
        IF rests <> '' AND book.act = 'committed' THEN REFUSE resting_work_commits_nothing; END IF;
        RETURN NULL;
    """,  # noqa: S608 - our own words
        one_currency_in_a_journal="An entry is in one currency; what is in another one is another entry.",
        resting_work_commits_nothing="The work is paused or over; nothing is committed for it.",
        gates_hold_other_currencies="Money in another currency is not committed before the last gate lets its tranche go.",
        only_legal_moves="Money cannot move between these two accounts in this way.",
        beyond_a_limit_is_marked="What goes beyond the limit of its pool is marked.",
        posted_within_the_limit="This goes beyond the limit of the pool; finance may say why it passes.",
    ),
)

# The same as CostObject.obstacle_to_spend: whoever asked for money of this pool for this cost object, or approved it.
APPROVER_DOES_NOT_POST = pgtrigger.Trigger(
    name="approver_does_not_post",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=with_refusals(
        """
        IF EXISTS (
            SELECT FROM funding_journal book
            JOIN funding_account source ON source.id = NEW.source_id
            JOIN funding_fundingrequest request
                ON request.cost_object_id = source.cost_object_id AND request.state = 'allocated'
            JOIN funding_requestline line ON line.request_id = request.id AND line.pool_id = source.pool_id
            JOIN funding_approval given ON given.request_id = request.id
                AND book.by_id IN (given.by_id, given.on_behalf_of_id, request.requester_id)
            WHERE book.id = NEW.journal_id AND book.act IN ('spent', 'credited'))
        THEN REFUSE approver_does_not_post;
        END IF;
        RETURN NEW;
    """,
        approver_does_not_post="Who asked for money or approved it does not post what was spent of it; another in finance can.",
    ),
)
