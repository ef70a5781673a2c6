import django.db.models.deletion
import initiatives.core.clock
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0006_alert_levels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CarryOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=2000)),
                ('state', models.CharField(choices=[('proposed', 'Waiting for another person in finance'), ('confirmed', 'Confirmed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                ('decided_at', models.DateTimeField(null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='journal',
            name='reversed_by_another',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='transfer',
            name='move_money',
        ),
        migrations.AlterField(
            model_name='journal',
            name='act',
            field=models.CharField(choices=[('appropriated', 'Appropriated'), ('cut', 'Cut'), ('allocated', 'Allocated'), ('committed', 'Committed'), ('decommitted', 'Decommitted'), ('spent', 'Spent'), ('credited', 'Credited'), ('released', 'Released'), ('transferred', 'Transferred'), ('carried', 'Carried forward'), ('brought', 'Brought forward'), ('reversed', 'Reversed')], max_length=12),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journal',
            trigger=pgtrigger.compiler.Trigger(name='reversed_by_another', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE original funding_journal%ROWTYPE; wanted numeric; money varchar(3); today date;', func="\n        IF NEW.reverses_id IS NOT NULL THEN\n            SELECT * INTO STRICT original FROM funding_journal WHERE id = NEW.reverses_id;\n            IF original.act IN (\n                'reversed', 'appropriated', 'cut', 'allocated', 'released', 'transferred', 'carried', 'brought') THEN\n                RAISE EXCEPTION 'What others agreed to is undone as it was done: released, asked anew or transferred back.' USING ERRCODE = 'check_violation', CONSTRAINT = 'not_everything_is_reversed';\n            END IF;\n            IF original.by_id = NEW.by_id THEN\n                RAISE EXCEPTION 'Who posted an entry does not reverse it; another person in finance can.' USING ERRCODE = 'check_violation', CONSTRAINT = 'reversed_by_another_person';\n            END IF;\n            SELECT sum(moved.amount), max(pool.currency) INTO wanted, money\n                FROM funding_transfer moved JOIN funding_account place ON place.id = moved.source_id\n                JOIN funding_pool pool ON pool.id = place.pool_id WHERE moved.journal_id = NEW.reverses_id;\n            today := CASE WHEN abs(NEW.on - NEW.at::date) <= 1 THEN NEW.on ELSE NEW.at::date END;\n            IF NOT EXISTS (\n    SELECT FROM organization_role role\n    WHERE role.person_id = NEW.by_id AND role.kind IN ('finance')\n        AND (role.department_id IS NULL OR role.department_id = ANY ('{}'::bigint[]))\n        AND role.starts <= today AND (role.ends IS NULL OR role.ends > today)\n        AND NOT EXISTS (\n            SELECT FROM organization_role other WHERE other.person_id = role.person_id AND other.kind = 'administrator'\n                AND other.starts <= today AND (other.ends IS NULL OR other.ends > today))\n        AND coalesce(\n            (SELECT coalesce(found.amount, 'infinity') FROM funding_approvallimit found\n                WHERE found.state = 'confirmed' AND found.kind = role.kind\n                AND (found.department_id IS NULL OR found.department_id = role.department_id)\n                AND (found.person_id IS NULL OR found.person_id = role.person_id)\n                AND found.starts <= today AND (found.ends IS NULL OR found.ends > today) AND found.currency = money\n                ORDER BY found.person_id IS NULL, found.department_id IS NULL LIMIT 1),\n            (SELECT 0 FROM funding_approvallimit found WHERE found.state = 'confirmed' AND found.kind = role.kind\n                AND (found.department_id IS NULL OR found.department_id = role.department_id)\n                AND (found.person_id IS NULL OR found.person_id = role.person_id)\n                AND found.starts <= today AND (found.ends IS NULL OR found.ends > today) AND found.amount IS NOT NULL LIMIT 1),\n            'infinity') >= wanted) THEN RAISE EXCEPTION 'Who reverses an entry is in finance, with a limit that reaches its amount.' USING ERRCODE = 'check_violation', CONSTRAINT = 'reversed_within_authority'; END IF;\n        END IF;\n        RETURN NEW;\n    ", hash='6dced9807da4107340cf8326b55e08cf356944b9', operation='INSERT', pgid='pgtrigger_reversed_by_another_5273a', table='funding_journal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transfer',
            trigger=pgtrigger.compiler.Trigger(name='move_money', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE book funding_journal%ROWTYPE; source funding_account%ROWTYPE; target funding_account%ROWTYPE; fund funding_pool%ROWTYPE; used numeric; given_before integer; given_after integer; thing bigint; waiting numeric; rests varchar(6);', func="\n        SELECT * INTO STRICT book FROM funding_journal WHERE id = NEW.journal_id;\n        SELECT * INTO STRICT source FROM funding_account WHERE id = NEW.source_id;\n        SELECT * INTO STRICT target FROM funding_account WHERE id = NEW.target_id;\n        IF source.pool_id <> target.pool_id\n            OR source.cost_object_id <> target.cost_object_id\n            OR (source.cost_object_id = target.cost_object_id AND source.nature <> target.nature)\n            OR NOT (CASE book.act\n                WHEN 'appropriated' THEN source.kind = 'source' AND target.kind = 'available' AND EXISTS (\n                    SELECT FROM funding_budgetchange change\n                    WHERE change.id = book.budget_change_id AND change.state = 'confirmed' AND change.way = 'raise'\n                        AND change.pool_id = source.pool_id AND change.amount = NEW.amount\n                        AND change.decided_by_id = book.by_id)\n                WHEN 'cut' THEN source.kind = 'available' AND target.kind = 'source' AND EXISTS (\n                    SELECT FROM funding_budgetchange change\n                    WHERE change.id = book.budget_change_id AND change.state = 'confirmed' AND change.way = 'cut'\n                        AND change.pool_id = source.pool_id AND change.amount = NEW.amount\n                        AND change.decided_by_id = book.by_id)\n                WHEN 'allocated' THEN source.kind = 'available' AND target.kind = 'allocated' AND EXISTS (\n                    SELECT FROM funding_fundingrequest request\n                    JOIN funding_requestline line ON line.request_id = request.id\n                    WHERE request.id = book.request_id AND request.state = 'allocated'\n                        AND request.cost_object_id = target.cost_object_id\n                        AND line.pool_id = target.pool_id AND line.nature = target.nature AND line.amount = NEW.amount)\n                WHEN 'committed' THEN source.kind = 'allocated' AND target.kind = 'committed'\n                WHEN 'decommitted' THEN source.kind = 'committed' AND target.kind = 'allocated'\n                WHEN 'spent' THEN source.kind = 'committed' AND target.kind = 'spent'\n                WHEN 'credited' THEN source.kind = 'spent' AND target.kind = 'committed'\n                WHEN 'released' THEN target.kind = 'available' AND (source.kind = 'allocated'\n                    OR (source.kind = 'committed' AND EXISTS (\n                        SELECT FROM funding_pool pool JOIN funding_fiscalyear year ON year.id = pool.year_id\n                        WHERE pool.id = source.pool_id AND year.closed_through = year.ends)))\n                WHEN 'transferred' THEN EXISTS (\n                    SELECT FROM funding_virement virement\n                    WHERE virement.id = book.virement_id AND virement.state = 'made' AND virement.amount = NEW.amount\n                        AND ((source.pool_id = virement.giver_id AND source.kind = 'available' AND target.kind = 'source')\n                            OR (source.pool_id = virement.taker_id AND source.kind = 'source' AND target.kind = 'available')))\n                WHEN 'carried' THEN source.kind = 'available' AND target.kind = 'source' AND EXISTS (\n                    SELECT FROM funding_carryover carry\n                    WHERE carry.id = book.carryover_id AND carry.state = 'confirmed' AND carry.amount = NEW.amount\n                        AND carry.pool_id = source.pool_id AND carry.decided_by_id = book.by_id)\n                WHEN 'brought' THEN source.kind = 'source' AND target.kind = 'available' AND EXISTS (\n                    SELECT FROM funding_carryover carry\n                    JOIN funding_journal gone ON gone.carryover_id = carry.id AND gone.act = 'carried'\n                    JOIN funding_transfer moved ON moved.journal_id = gone.id\n                    WHERE carry.id = book.carryover_id AND carry.state = 'confirmed' AND carry.amount = NEW.amount\n                        AND carry.into_id = source.pool_id AND carry.decided_by_id = book.by_id)\n                WHEN 'reversed' THEN EXISTS (\n                    SELECT FROM funding_transfer original\n                    WHERE original.journal_id = book.reverses_id AND original.amount = NEW.amount\n                        AND original.source_id = NEW.target_id AND original.target_id = NEW.source_id)\n                ELSE false\n            END)\n        THEN RAISE EXCEPTION 'Money cannot move between these two accounts in this way.' USING ERRCODE = 'check_violation', CONSTRAINT = 'only_legal_moves';\n        END IF;\n        given_before := (source.cost_object_id IS NOT NULL)::int;\n        given_after := (target.cost_object_id IS NOT NULL)::int;\n        SELECT * INTO STRICT fund FROM funding_pool WHERE id = source.pool_id FOR NO KEY UPDATE;\n        IF EXISTS (\n            SELECT FROM funding_transfer other JOIN funding_account place ON place.id = other.source_id\n            JOIN funding_pool pool ON pool.id = place.pool_id\n            WHERE other.journal_id = NEW.journal_id AND pool.currency <> fund.currency)\n        THEN RAISE EXCEPTION 'An entry is in one currency; what is in another one is another entry.' USING ERRCODE = 'check_violation', CONSTRAINT = 'one_currency_in_a_journal';\n        END IF;\n        IF fund.post_control <> 'off' AND (source.kind, target.kind) IN (('allocated', 'committed'), ('committed', 'spent')) THEN\n            used := NEW.amount + fund.spent + CASE WHEN target.kind = 'committed' THEN fund.committed ELSE 0 END;\n            IF used * 100 > fund.appropriated * fund.post_limit AND NOT book.over_limit THEN\n                RAISE EXCEPTION 'What goes beyond the limit of its pool is marked.' USING ERRCODE = 'check_violation', CONSTRAINT = 'beyond_a_limit_is_marked';\n            END IF;\n            IF fund.post_control = 'stop' AND used * 10000 > fund.appropriated * fund.post_limit * (100 + fund.post_tolerance)\n                AND (book.because = '' OR EXISTS (\n                    SELECT FROM funding_costobject WHERE id = source.cost_object_id AND owner_id = book.by_id))\n            THEN RAISE EXCEPTION 'This goes beyond the limit of the pool; finance may say why it passes.' USING ERRCODE = 'check_violation', CONSTRAINT = 'posted_within_the_limit';\n            END IF;\n        END IF;\n        PERFORM FROM funding_account WHERE id IN (source.id, target.id) ORDER BY id FOR NO KEY UPDATE;\n        UPDATE funding_account SET balance = balance - NEW.amount WHERE id = source.id;\n        UPDATE funding_account SET balance = balance + NEW.amount WHERE id = target.id;\n        UPDATE funding_pool SET\n            appropriated = appropriated + NEW.amount * ((source.kind = 'source')::int - (target.kind = 'source')::int),\n            free = free + NEW.amount * ((target.kind = 'available')::int - (source.kind = 'available')::int),\n            allocated = allocated + NEW.amount * (given_after - given_before),\n            committed = committed + NEW.amount * ((target.kind = 'committed')::int - (source.kind = 'committed')::int),\n            spent = spent + NEW.amount * ((target.kind = 'spent')::int - (source.kind = 'spent')::int)\n        WHERE id = source.pool_id;\n        thing := coalesce(target.cost_object_id, source.cost_object_id);\n        UPDATE funding_costobject SET \n    allocated = allocated + NEW.amount * (given_after - given_before),\n    committed = committed + NEW.amount * ((target.kind = 'committed')::int - (source.kind = 'committed')::int),\n    spent = spent + NEW.amount * ((target.kind = 'spent')::int - (source.kind = 'spent')::int) WHERE id = thing AND currency = fund.currency RETURNING stopped INTO rests;\n        IF NOT FOUND AND thing IS NOT NULL THEN\n            SELECT held, stopped INTO waiting, rests FROM funding_costobject WHERE id = thing FOR SHARE;\n            IF waiting > 0 AND source.kind = 'allocated' AND target.kind = 'committed' THEN\n                RAISE EXCEPTION 'Money in another currency is not committed before the last gate lets its tranche go.' USING ERRCODE = 'check_violation', CONSTRAINT = 'gates_hold_other_currencies';\n            END IF;\n            \n    INSERT INTO funding_foreignmoney (cost_object_id, currency, asked, allocated, committed, spent)\n        VALUES (thing, fund.currency, 0, 0, 0, 0) ON CONFLICT (cost_object_id, currency) DO NOTHING;\n    IF FOUND THEN\n        UPDATE funding_costobject SET other_currencies = other_currencies + 1 WHERE id = thing;\n    END IF;\n            UPDATE funding_foreignmoney SET \n    allocated = allocated + NEW.amount * (given_after - given_before),\n    committed = committed + NEW.amount * ((target.kind = 'committed')::int - (source.kind = 'committed')::int),\n    spent = spent + NEW.amount * ((target.kind = 'spent')::int - (source.kind = 'spent')::int) WHERE cost_object_id = thing AND currency = fund.currency;\n        END IF;\n        IF rests <> '' AND book.act = 'committed' THEN RAISE EXCEPTION 'The work is paused or over; nothing is committed for it.' USING ERRCODE = 'check_violation', CONSTRAINT = 'resting_work_commits_nothing'; END IF;\n        RETURN NULL;\n    ", hash='8ca06ea96e910a7fdfb3bdd1baf50d42885aa81b', operation='INSERT', pgid='pgtrigger_move_money_4b6ab', table='funding_transfer', when='AFTER')),
        ),
        migrations.AddField(
            model_name='carryover',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='carryover',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='carryover',
            name='into',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carried_into', to='funding.pool'),
        ),
        migrations.AddField(
            model_name='carryover',
            name='pool',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='funding.pool'),
        ),
        migrations.AddField(
            model_name='journal',
            name='carryover',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='journals', to='funding.carryover'),
        ),
        migrations.AddConstraint(
            model_name='journal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('carried', 'brought')), ('carryover__isnull', False)), models.Q(models.Q(('act__in', ('carried', 'brought')), _negated=True), ('carryover', None)), _connector='OR'), name='carried_as_two_said'),
        ),
        migrations.AddConstraint(
            model_name='journal',
            constraint=models.UniqueConstraint(fields=('carryover', 'act'), name='carried_once'),
        ),
        migrations.AddConstraint(
            model_name='carryover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='carryover_is_decided'),
        ),
        migrations.AddConstraint(
            model_name='carryover',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('pool',), name='one_carryover_waits'),
        ),
        migrations.AddConstraint(
            model_name='carryover',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='something_is_carried'),
        ),
        migrations.AddConstraint(
            model_name='carryover',
            constraint=models.CheckConstraint(condition=models.Q(('pool', models.F('into')), _negated=True), name='carried_to_another_pool'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carryover',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5e770a8ff33fc6eaa35501977fc4aebbe4afcb0e', operation='DELETE', pgid='pgtrigger_never_deleted_95381', table='funding_carryover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carryover',
            trigger=pgtrigger.compiler.Trigger(name='made_by_two', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.state <> 'proposed' THEN RAISE EXCEPTION 'A change of a pool is proposed before it is confirmed.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_is_proposed_first'; END IF;\n            RETURN NEW;\n        END IF;\n        IF (NEW.pool_id, NEW.by_id, NEW.reason, NEW.into_id, NEW.amount) IS DISTINCT FROM (OLD.pool_id, OLD.by_id, OLD.reason, OLD.into_id, OLD.amount)\n            OR (OLD.state, NEW.state) NOT IN (\n                ('proposed', 'confirmed'), ('proposed', 'declined'), ('proposed', 'withdrawn'))\n        THEN RAISE EXCEPTION 'What was proposed for a pool is not edited; it is declined and proposed anew.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_stays';\n        END IF;\n        IF NEW.state = 'withdrawn' AND NEW.decided_by_id <> NEW.by_id THEN RAISE EXCEPTION 'Only who proposed it takes it back.' USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawn_by_who_proposed'; END IF;\n        IF NEW.state = 'confirmed' AND (NEW.decided_by_id = NEW.by_id OR NOT EXISTS (\n            SELECT FROM organization_role role\n            WHERE role.person_id = NEW.decided_by_id AND role.kind = 'finance'\n                AND (role.ends IS NULL OR role.ends > role.starts)))\n        THEN RAISE EXCEPTION 'A change of a pool holds when another person in finance confirms it.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_is_made_by_two';\n        END IF;\n        RETURN NEW;\n    ", hash='59bc4427722156a5d5b8bd5537ed754d72d9ac17', operation='INSERT OR UPDATE', pgid='pgtrigger_made_by_two_82fcc', table='funding_carryover', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carryover',
            trigger=pgtrigger.compiler.Trigger(name='carried_into_the_next', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' AND NOT EXISTS (\n            SELECT FROM organization_role role\n            WHERE role.person_id = NEW.by_id AND role.kind = 'finance' AND (role.ends IS NULL OR role.ends > role.starts))\n        THEN RAISE EXCEPTION 'Only finance carries money forward.' USING ERRCODE = 'check_violation', CONSTRAINT = 'carried_by_finance';\n        END IF;\n        IF NEW.state IN ('proposed', 'confirmed') AND NOT EXISTS (\n            SELECT FROM funding_pool here JOIN funding_fiscalyear year ON year.id = here.year_id\n            JOIN funding_pool there ON there.id = NEW.into_id JOIN funding_fiscalyear next ON next.id = there.year_id\n            WHERE here.id = NEW.pool_id AND here.department_id IS NOT DISTINCT FROM there.department_id\n                AND lower(here.name) = lower(there.name) AND here.currency = there.currency AND here.nature = there.nature\n                AND next.starts = (SELECT min(later.starts) FROM funding_fiscalyear later WHERE later.starts > year.ends)\n                AND year.ends <= coalesce(NEW.decided_at, NEW.at)::date)\n        THEN RAISE EXCEPTION 'Free money of a year that is over is carried into the same pool of the year that follows.' USING ERRCODE = 'check_violation', CONSTRAINT = 'carried_into_the_next_year';\n        END IF;\n        RETURN NEW;\n    ", hash='519235cace7a08a60246981b21093284d6d59755', operation='INSERT OR UPDATE', pgid='pgtrigger_carried_into_the_next_3ec45', table='funding_carryover', when='BEFORE')),
        ),
    ]
