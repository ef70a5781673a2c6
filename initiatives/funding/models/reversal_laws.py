"""What the database itself keeps right about reversals: of what, by whom, and up to which amount. See reversing.py."""

import pgtrigger

from initiatives.core.triggers import with_refusals
from initiatives.funding.models.authority import reaches

# The database does not know the company's day: that of the entry counts, where it lies beside the entry's instant.
WITHIN_FINANCE = reaches(
    kinds="('finance')",
    places="'{}'::bigint[]",
    person="NEW.by_id",
    day="today",
    amount="wanted",
    currency="money",
)

REVERSED_BY_ANOTHER = pgtrigger.Trigger(
    name="reversed_by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("original", "funding_journal%ROWTYPE"), ("wanted", "numeric"), ("money", "varchar(3)"), ("today", "date")],
    func=with_refusals(
        f"""
        IF NEW.reverses_id IS NOT NULL THEN
            SELECT * INTO STRICT original FROM funding_journal WHERE id = NEW.reverses_id;
            IF original.act IN (
                'reversed', 'appropriated', 'cut', 'allocated', 'released', 'transferred', 'carried', 'brought') THEN
                REFUSE not_everything_is_reversed;
            END IF;
            IF original.by_id = NEW.by_id THEN
                REFUSE reversed_by_another_person;
            END IF;
            SELECT sum(moved.amount), max(pool.currency) INTO wanted, money
                FROM funding_transfer moved JOIN funding_account place ON place.id = moved.source_id
                JOIN funding_pool pool ON pool.id = place.pool_id WHERE moved.journal_id = NEW.reverses_id;
            today := CASE WHEN abs(NEW.on - NEW.at::date) <= 1 THEN NEW.on ELSE NEW.at::date END;
            IF NOT {WITHIN_FINANCE} THEN REFUSE reversed_within_authority; END IF;
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - our own words
        not_everything_is_reversed="What others agreed to is undone as it was done: released, asked anew or transferred back.",
        reversed_within_authority="Who reverses an entry is in finance, with a limit that reaches its amount.",
        reversed_by_another_person="Who posted an entry does not reverse it; another person in finance can.",
    ),
)
