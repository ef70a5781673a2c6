import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# On the way back; where a department has several pools by now, they stay, and nothing keeps others from being opened.
ONE_AGAIN = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM funding_pool GROUP BY year_id, department_id HAVING count(*) > 1) THEN
        ALTER TABLE funding_pool ADD CONSTRAINT one_pool_a_year UNIQUE NULLS NOT DISTINCT (year_id, department_id);
    END IF;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0001_tables_and_their_laws'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='pool',
            name='stays_what_it_is',
        ),
        migrations.RunSQL(
            'ALTER TABLE funding_pool DROP CONSTRAINT IF EXISTS one_pool_a_year',
            ONE_AGAIN,
            state_operations=[migrations.RemoveConstraint(model_name='pool', name='one_pool_a_year')],
        ),
        migrations.AddField(
            model_name='pool',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pool',
            trigger=pgtrigger.compiler.Trigger(name='stays_what_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.year_id IS DISTINCT FROM OLD.year_id OR NEW.department_id IS DISTINCT FROM OLD.department_id OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.name IS DISTINCT FROM OLD.name THEN RAISE EXCEPTION 'What an account or a pool stands for does not change.' USING ERRCODE = 'check_violation', CONSTRAINT = 'money_stays_where_it_was_put'; END IF; RETURN NEW;", hash='86bcd3a0933d81b573eec8316c7bf3eb400c6f5b', operation='UPDATE OF "year_id", "department_id", "currency", "name"', pgid='pgtrigger_stays_what_it_is_275f2', table='funding_pool', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(models.F('year'), models.F('department'), django.db.models.functions.text.Lower('name'), name='one_pool_of_a_name', nulls_distinct=False),
        ),
    ]
