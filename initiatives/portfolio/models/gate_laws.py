"""What the database itself keeps right about gates: the money that waits at them is held, and nothing else is."""

import pgtrigger

from initiatives.core.triggers import update_of
from initiatives.funding.books import verify_too

# What waits at the gates of an initiative is held of its money, whoever writes.
HOLDS_MONEY = pgtrigger.Trigger(
    name="holds_money",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | update_of("state"),
    declare=[("more", "numeric")],
    func="""
        more := CASE WHEN NEW.state = 'waiting' THEN NEW.tranche ELSE 0 END;
        IF TG_OP = 'UPDATE' AND OLD.state = 'waiting' THEN more := more - OLD.tranche; END IF;
        IF more <> 0 THEN
            UPDATE funding_costobject SET held = held + more WHERE id = (
                SELECT initiative.cost_object_id FROM portfolio_milestone milestone
                    JOIN portfolio_initiative initiative ON initiative.id = milestone.initiative_id
                WHERE milestone.id = NEW.milestone_id);
        END IF;
        RETURN NULL;
    """,
)

HELD = """
SELECT 'what is held is not what waits at its gates', 'cost object', thing.id, thing.held::text,
        coalesce(sum(gate.tranche), 0)::text
    FROM funding_costobject thing LEFT JOIN portfolio_initiative initiative ON initiative.cost_object_id = thing.id
        LEFT JOIN portfolio_milestone milestone ON milestone.initiative_id = initiative.id
        LEFT JOIN portfolio_gate gate ON gate.milestone_id = milestone.id AND gate.state = 'waiting'
    GROUP BY thing.id HAVING thing.held <> coalesce(sum(gate.tranche), 0)
"""
verify_too(HELD)
