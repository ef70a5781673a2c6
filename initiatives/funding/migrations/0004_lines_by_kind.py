import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# On the way back; where a pool was asked for several kinds by now, those lines stay, and nothing keeps others from being written.
ONE_AGAIN = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM funding_requestline GROUP BY request_id, pool_id HAVING count(*) > 1) THEN
        ALTER TABLE funding_requestline ADD CONSTRAINT one_line_per_pool UNIQUE (request_id, pool_id);
    END IF;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0003_money_rests_with_its_work'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingrequest',
            name='legal_steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingrequest',
            name='keep_asked',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingrequest',
            name='within_control',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingrequest',
            name='seed_within_limit',
        ),
        migrations.RunSQL(
            'ALTER TABLE funding_requestline DROP CONSTRAINT IF EXISTS one_line_per_pool',
            ONE_AGAIN,
            state_operations=[migrations.RemoveConstraint(model_name='requestline', name='one_line_per_pool')],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingrequest',
            trigger=pgtrigger.compiler.Trigger(name='legal_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owner bigint;', func="\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.state <> 'draft' THEN\n                RAISE EXCEPTION 'A request starts as a draft.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_starts_as_a_draft';\n            END IF;\n            RETURN NEW;\n        END IF;\n        IF NEW.currency <> OLD.currency OR OLD.state <> 'draft'\n            AND (NEW.cost_object_id, NEW.requester_id, NEW.purpose, NEW.version, NEW.seed)\n                IS DISTINCT FROM (OLD.cost_object_id, OLD.requester_id, OLD.purpose, OLD.version, OLD.seed)\n        THEN RAISE EXCEPTION 'What was submitted stays as it is; withdraw it and ask anew.' USING ERRCODE = 'check_violation', CONSTRAINT = 'submitted_requests_stay';\n        END IF;\n        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (\n            ('draft', 'submitted'), ('draft', 'withdrawn'),\n            ('submitted', 'allocated'), ('submitted', 'declined'), ('submitted', 'withdrawn'),\n            ('submitted', 'returned'), ('returned', 'submitted'), ('returned', 'withdrawn'),\n            ('submitted', 'expired'), ('returned', 'expired'))\n        THEN RAISE EXCEPTION 'A request cannot go from its state to that one.' USING ERRCODE = 'check_violation', CONSTRAINT = 'only_legal_steps';\n        END IF;\n        IF NEW.state = 'allocated' AND OLD.state = 'submitted' THEN\n            SELECT owner_id INTO owner FROM funding_costobject WHERE id = NEW.cost_object_id;\n            IF EXISTS (\n                SELECT FROM funding_requestline line WHERE line.request_id = NEW.id AND NOT EXISTS (\n                    SELECT FROM funding_approval given\n                    WHERE given.request_id = NEW.id AND given.step = 'budget' AND given.pool_id = line.pool_id))\n                OR (NOT EXISTS (\n                    SELECT FROM funding_approval given WHERE given.request_id = NEW.id AND given.step = 'finance')\n                    AND NOT (NEW.seed AND ((SELECT count(DISTINCT line.pool_id) FROM funding_requestline line WHERE line.request_id = NEW.id) = 1\n    AND NEW.currency = (SELECT thing.currency FROM funding_costobject thing WHERE thing.id = NEW.cost_object_id)\n    AND (SELECT sum(line.amount) FROM funding_fundingrequest other JOIN funding_requestline line ON line.request_id = other.id\n        WHERE other.cost_object_id = NEW.cost_object_id AND other.seed\n            AND (other.id = NEW.id OR other.state IN ('submitted', 'returned', 'allocated')))\n        <= (SELECT min(pool.seed_limit) FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id\n            WHERE line.request_id = NEW.id))))\n                OR EXISTS (SELECT FROM jsonb_array_elements(NEW.steps) WITH ORDINALITY AS asked(step, number)\n                WHERE NOT EXISTS (\n                    SELECT FROM funding_approval given WHERE given.request_id = NEW.id AND given.step = 'further'\n                        AND given.further = asked.number))\n                OR EXISTS (\n                    SELECT FROM funding_approval given\n                    WHERE given.request_id = NEW.id AND given.by_id IN (NEW.requester_id, owner))\n                OR (SELECT count(DISTINCT given.shown) FROM funding_approval given WHERE given.request_id = NEW.id) > 1\n            THEN RAISE EXCEPTION 'Money is allocated only after every approval, by people who may give it.' USING ERRCODE = 'check_violation', CONSTRAINT = 'allocated_after_all_approvals';\n            END IF;\n        END IF;\n        RETURN NEW;\n    ", hash='80c30ba2dc291e0f6cc197763146078a0f78cfa6', operation='INSERT OR UPDATE', pgid='pgtrigger_legal_steps_071e2', table='funding_fundingrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingrequest',
            trigger=pgtrigger.compiler.Trigger(name='keep_asked', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE sign integer; wanted numeric;', func="\n        sign := (NEW.state IN ('submitted', 'returned'))::int - (OLD.state IN ('submitted', 'returned'))::int;\n        IF sign <> 0 THEN\n            PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)\n                ORDER BY id FOR NO KEY UPDATE;\n            UPDATE funding_pool SET asked = asked + sign * part.amount\n                FROM (\n                    SELECT pool_id, sum(amount) AS amount FROM funding_requestline WHERE request_id = NEW.id GROUP BY pool_id\n                ) part WHERE part.pool_id = funding_pool.id;\n            SELECT coalesce(sum(amount), 0) INTO wanted FROM funding_requestline WHERE request_id = NEW.id;\n            UPDATE funding_costobject SET asked = asked + sign * wanted\n                WHERE id = NEW.cost_object_id AND currency = NEW.currency;\n            IF NOT FOUND THEN\n                \n    INSERT INTO funding_foreignmoney (cost_object_id, currency, asked, allocated, committed, spent)\n        VALUES (NEW.cost_object_id, NEW.currency, 0, 0, 0, 0) ON CONFLICT (cost_object_id, currency) DO NOTHING;\n    IF FOUND THEN\n        UPDATE funding_costobject SET other_currencies = other_currencies + 1 WHERE id = NEW.cost_object_id;\n    END IF;\n                UPDATE funding_foreignmoney SET asked = asked + sign * wanted\n                    WHERE cost_object_id = NEW.cost_object_id AND currency = NEW.currency;\n            END IF;\n        END IF;\n        RETURN NULL;\n    ", hash='94682d39369529483a04fded89aafb48e3ca07fa', operation='UPDATE OF "state"', pgid='pgtrigger_keep_asked_8a3d5', table='funding_fundingrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingrequest',
            trigger=pgtrigger.compiler.Trigger(name='within_control', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW.state = OLD.state OR NEW.state NOT IN ('submitted', 'allocated') THEN RETURN NEW; END IF;\n        PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)\n            ORDER BY id FOR NO KEY UPDATE;\n        IF EXISTS (\n            SELECT FROM funding_requestline line JOIN funding_costobject thing ON thing.id = NEW.cost_object_id\n            WHERE line.request_id = NEW.id\n                AND EXISTS (SELECT FROM funding_pool_for_departments kept WHERE kept.pool_id = line.pool_id)\n                AND NOT EXISTS (\n                    SELECT FROM funding_pool_for_departments kept\n                    WHERE kept.pool_id = line.pool_id AND kept.department_id = thing.department_id))\n        THEN RAISE EXCEPTION 'A pool that is asked does not give money for this department.' USING ERRCODE = 'check_violation', CONSTRAINT = 'pool_is_for_other_departments';\n        END IF;\n        IF EXISTS (\n            SELECT FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id\n            WHERE line.request_id = NEW.id AND pool.nature <> '' AND pool.nature <> line.nature)\n        THEN RAISE EXCEPTION 'The pool pays the other kind of expenditure only.' USING ERRCODE = 'check_violation', CONSTRAINT = 'pool_pays_one_kind';\n        END IF;\n        IF NEW.state = 'submitted' AND OLD.state = 'draft' AND EXISTS (\n            SELECT FROM (\n                SELECT pool_id, sum(amount) AS amount FROM funding_requestline WHERE request_id = NEW.id GROUP BY pool_id\n            ) part JOIN funding_pool pool ON pool.id = part.pool_id\n            WHERE pool.control = 'stop' AND pool.asked + part.amount > pool.free * (100 + pool.tolerance) / 100\n                AND NOT EXISTS (\n                    SELECT FROM funding_exemption passed WHERE passed.request_id = NEW.id AND passed.pool_id = pool.id))\n        THEN RAISE EXCEPTION 'A pool that is asked does not have that much to give, and its control stops the request.' USING ERRCODE = 'check_violation', CONSTRAINT = 'asked_within_control';\n        END IF;\n        RETURN NEW;\n    ", hash='1030939697a843533023cc9d76cbd78a601b3454', operation='UPDATE OF "state"', pgid='pgtrigger_within_control_0b3c5', table='funding_fundingrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingrequest',
            trigger=pgtrigger.compiler.Trigger(name='seed_within_limit', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW.seed AND NEW.state = 'submitted' AND OLD.state = 'draft' THEN\n            PERFORM FROM funding_costobject WHERE id = NEW.cost_object_id FOR NO KEY UPDATE;\n            IF NOT ((SELECT count(DISTINCT line.pool_id) FROM funding_requestline line WHERE line.request_id = NEW.id) = 1\n    AND NEW.currency = (SELECT thing.currency FROM funding_costobject thing WHERE thing.id = NEW.cost_object_id)\n    AND (SELECT sum(line.amount) FROM funding_fundingrequest other JOIN funding_requestline line ON line.request_id = other.id\n        WHERE other.cost_object_id = NEW.cost_object_id AND other.seed\n            AND (other.id = NEW.id OR other.state IN ('submitted', 'returned', 'allocated')))\n        <= (SELECT min(pool.seed_limit) FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id\n            WHERE line.request_id = NEW.id)) THEN\n                RAISE EXCEPTION 'All seeds of an initiative together stay within what the one pool gives as seed.' USING ERRCODE = 'check_violation', CONSTRAINT = 'seed_within_limit';\n            END IF;\n        END IF;\n        RETURN NEW;\n    ", hash='08d5e36dde309d079a6297e701641f80ce0230f5', operation='UPDATE OF "state"', pgid='pgtrigger_seed_within_limit_07a0d', table='funding_fundingrequest', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.UniqueConstraint(fields=('request', 'pool', 'nature'), name='one_line_per_kind'),
        ),
    ]
