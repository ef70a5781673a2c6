"""What the database itself keeps right about lines of finance's files: none disappears, and what is posted is in the ledger."""

import pgtrigger

from initiatives.core.triggers import with_refusals

ACCOUNTED_FOR = pgtrigger.Trigger(
    name="accounted_for",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("moved", "numeric"), ("fits", "boolean")],
    func=with_refusals(
        """
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'waiting' THEN REFUSE lines_wait_first; END IF;
            RETURN NEW;
        END IF;
        IF (NEW.delivery_id, NEW.row, NEW.source, NEW.document, NEW.content, NEW.day, NEW.amount, NEW.currency, NEW.reference,
                NEW.cost_centre, NEW.nature, NEW.text)
            IS DISTINCT FROM (OLD.delivery_id, OLD.row, OLD.source, OLD.document, OLD.content, OLD.day, OLD.amount,
                OLD.currency, OLD.reference, OLD.cost_centre, OLD.nature, OLD.text)
        THEN REFUSE lines_stay_as_they_came;
        END IF;
        IF (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('waiting', 'posted'), ('waiting', 'doubted'), ('doubted', 'waiting'), ('doubted', 'set_aside'),
                ('set_aside', 'waiting'), ('posted', 'waiting')))
            OR (OLD.state = 'posted' AND pg_trigger_depth() < 2
                AND (NEW.state, NEW.journal_id, NEW.cost_object_id)
                    IS DISTINCT FROM (OLD.state, OLD.journal_id, OLD.cost_object_id))
        THEN REFUSE lines_go_their_way;
        END IF;
        IF NEW.state = 'posted' AND OLD.state <> 'posted' THEN
            SELECT sum(transfer.amount), bool_and(
                book.act = CASE WHEN NEW.amount > 0 THEN 'spent' ELSE 'credited' END
                AND source.cost_object_id = NEW.cost_object_id AND pool.currency = NEW.currency
                AND NOT EXISTS (SELECT FROM funding_journal back WHERE back.reverses_id = book.id))
            INTO moved, fits
            FROM funding_transfer transfer
                JOIN funding_journal book ON book.id = transfer.journal_id
                JOIN funding_account source ON source.id = transfer.source_id
                JOIN funding_pool pool ON pool.id = source.pool_id
            WHERE transfer.journal_id = NEW.journal_id;
            IF moved IS DISTINCT FROM abs(NEW.amount) OR NOT fits THEN REFUSE posted_as_the_line_says; END IF;
        END IF;
        RETURN NEW;
    """,
        lines_wait_first="A line of a file waits until it is posted or set aside.",
        lines_stay_as_they_came="What a line says never changes; a corrected file brings another line.",
        lines_go_their_way="A line goes from its state to that one only as the acts say.",
        posted_as_the_line_says="The entry is not of the amount, the currency and the cost object of the line.",
    ),
)

# A reversed actual is not in the ledger any more: its line waits again.
REVERSED_LINES_WAIT = pgtrigger.Trigger(
    name="reversed_lines_wait",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__reverses__isnull=False),
    func="""
        UPDATE funding_actualline
            SET state = 'waiting', journal_id = NULL, why = 'reversed', problem = 'What was posted was reversed.'
            WHERE journal_id = NEW.reverses_id;
        RETURN NULL;
    """,
)
