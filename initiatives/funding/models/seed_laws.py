"""What the database itself keeps right about seeds: from one pool, within what it gives one initiative as seed in all."""

import pgtrigger

from initiatives.core.triggers import update_of, with_refusals

# What the cost object of the request in NEW asks for and was given as seed, this request counted, is within the limit of the
# one pool that is asked; more pools, or none, are not, nor is another currency: seeds are added up.
SEED_WITHIN = """((SELECT count(DISTINCT line.pool_id) FROM funding_requestline line WHERE line.request_id = NEW.id) = 1
    AND NEW.currency = (SELECT thing.currency FROM funding_costobject thing WHERE thing.id = NEW.cost_object_id)
    AND (SELECT sum(line.amount) FROM funding_fundingrequest other JOIN funding_requestline line ON line.request_id = other.id
        WHERE other.cost_object_id = NEW.cost_object_id AND other.seed
            AND (other.id = NEW.id OR other.state IN ('submitted', 'returned', 'allocated')))
        <= (SELECT min(pool.seed_limit) FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = NEW.id))"""

# Beside Seeded.obstacle_to_seed. The cost object is locked, so that two seeds at the same instant see each other.
SEED_WITHIN_LIMIT = pgtrigger.Trigger(
    name="seed_within_limit",
    when=pgtrigger.Before,
    operation=update_of("state"),
    func=with_refusals(
        f"""
        IF NEW.seed AND NEW.state = 'submitted' AND OLD.state = 'draft' THEN
            PERFORM FROM funding_costobject WHERE id = NEW.cost_object_id FOR NO KEY UPDATE;
            IF NOT {SEED_WITHIN} THEN
                REFUSE seed_within_limit;
            END IF;
        END IF;
        RETURN NEW;
    """,
        seed_within_limit="All seeds of an initiative together stay within what the one pool gives as seed.",
    ),
)
