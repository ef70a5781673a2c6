"""What the database itself keeps right about days: which day an entry may bear, how a year is divided, how periods close.

Closing a period locks the year and its pools, as every posting locks its pool: after the one the other finds it closed.
"""

import pgtrigger

from initiatives.core.triggers import refuse, with_refusals

DIVIDE = """
    INSERT INTO funding_period (year_id, number, starts, ends)
    SELECT year.id, n + 1, (year.starts + make_interval(months => n * year.months))::date,
        least(year.ends, (year.starts + make_interval(months => (n + 1) * year.months))::date - 1)
    FROM funding_fiscalyear year, generate_series(0, (year.ends - year.starts) / (28 * year.months)) n
    WHERE (year.starts + make_interval(months => n * year.months))::date <= year.ends
"""

DIVIDED_INTO_PERIODS = pgtrigger.Trigger(
    name="divided_into_periods",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func=f"{DIVIDE} AND year.id = NEW.id; RETURN NULL;",
)

YEARS_STAY = pgtrigger.Trigger(
    name="years_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=with_refusals(
        """
        IF (TG_OP = 'INSERT' AND NEW.closed_through IS NOT NULL)
            OR (TG_OP = 'UPDATE' AND (NEW.starts, NEW.ends, NEW.months) <> (OLD.starts, OLD.ends, OLD.months))
            OR (TG_OP = 'UPDATE' AND pg_trigger_depth() < 2 AND NEW.closed_through IS DISTINCT FROM OLD.closed_through)
        THEN REFUSE years_stay;
        END IF;
        RETURN NEW;
    """,
        years_stay="The days of a fiscal year do not change, and its periods close one after the other.",
    ),
)

PERIODS_CLOSE_ONCE = pgtrigger.Trigger(
    name="periods_close_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("year", "funding_fiscalyear%ROWTYPE")],
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' THEN
            IF pg_trigger_depth() < 2 THEN REFUSE periods_are_made_with_their_year; END IF;
            RETURN NEW;
        END IF;
        IF (NEW.year_id, NEW.number, NEW.starts, NEW.ends) <> (OLD.year_id, OLD.number, OLD.starts, OLD.ends) THEN
            REFUSE periods_are_made_with_their_year;
        END IF;
        IF OLD.closed_at IS NOT NULL THEN REFUSE closed_periods_stay_closed; END IF;
        IF NEW.closed_at IS NOT NULL THEN
            SELECT * INTO STRICT year FROM funding_fiscalyear WHERE id = NEW.year_id FOR UPDATE;
            PERFORM FROM funding_pool WHERE year_id = NEW.year_id ORDER BY id FOR NO KEY UPDATE;
            IF NEW.starts <> coalesce(year.closed_through + 1, year.starts) THEN REFUSE periods_close_in_order; END IF;
            IF NEW.ends = year.ends AND EXISTS (
                SELECT FROM funding_account account JOIN funding_pool pool ON pool.id = account.pool_id
                WHERE pool.year_id = year.id AND account.kind IN ('allocated', 'committed') AND account.balance > 0)
            THEN REFUSE years_close_settled;
            END IF;
            UPDATE funding_fiscalyear SET closed_through = NEW.ends WHERE id = NEW.year_id;
        END IF;
        RETURN NEW;
    """,
        periods_are_made_with_their_year="The periods of a fiscal year are made with it and stay as they are.",
        closed_periods_stay_closed="A closed period is not opened again; a mistake in it is reversed.",
        years_close_settled="A year is closed when nothing of it is allocated or committed and not spent.",
        periods_close_in_order="Periods close one after the other, the earliest first.",
    ),
)

# Money of a closed year goes back to its pool, with its reason, and nowhere else: a release undoes an allocation.
# The pool first: who closes its year waits for it, and what was read before the lock may be over.
IN_AN_OPEN_PERIOD = pgtrigger.Trigger(
    name="in_an_open_period",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("book", "funding_journal%ROWTYPE"), ("year", "funding_fiscalyear%ROWTYPE"), ("place", "bigint")],
    func=with_refusals(
        """
        SELECT pool_id INTO place FROM funding_account WHERE id = NEW.source_id;
        PERFORM FROM funding_pool WHERE id = place FOR NO KEY UPDATE;
        SELECT * INTO STRICT book FROM funding_journal WHERE id = NEW.journal_id;
        SELECT known.* INTO STRICT year FROM funding_fiscalyear known
            JOIN funding_pool pool ON pool.year_id = known.id WHERE pool.id = place;
        IF book.on > year.ends OR (book.on < year.starts AND book.act <> 'allocated') THEN
            REFUSE posted_in_its_year;
        END IF;
        IF book.on <= year.closed_through AND book.act <> 'reversed'
            AND NOT (book.act = 'released' AND year.closed_through = year.ends AND book.memo <> '')
        THEN
            REFUSE closed_periods_take_reversals;
        END IF;
        RETURN NEW;
    """,
        posted_in_its_year="The day lies outside the fiscal year of the pool.",
        closed_periods_take_reversals="The period of this day is closed; only reversals are posted into it.",
    ),
)

NOT_DELETED = pgtrigger.Trigger(
    name="not_deleted",
    when=pgtrigger.Before,
    operation=pgtrigger.Delete,
    func=f"{refuse('periods_are_not_deleted', 'Fiscal years and their periods are not deleted.')} RETURN OLD;",
)
