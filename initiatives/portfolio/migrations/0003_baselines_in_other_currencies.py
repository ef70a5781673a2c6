import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    # Baselines that are here have no value: they did not count other currencies.

    dependencies = [
        ('portfolio', '0002_stops_its_money'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='baselineproposal',
            name='proposal_stays',
        ),
        migrations.AddField(
            model_name='baseline',
            name='foreign',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='baselineproposal',
            name='foreign',
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name='baseline',
            name='foreign',
            field=models.JSONField(default=dict, null=True),
        ),
        migrations.AlterField(
            model_name='baselineproposal',
            name='foreign',
            field=models.JSONField(default=dict, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='baselineproposal',
            trigger=pgtrigger.compiler.Trigger(name='proposal_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."initiative_id" IS DISTINCT FROM (NEW."initiative_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."money" IS DISTINCT FROM (NEW."money") OR OLD."foreign" IS DISTINCT FROM (NEW."foreign") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."reading_id" IS DISTINCT FROM (NEW."reading_id") OR OLD."accountable_department_id" IS DISTINCT FROM (NEW."accountable_department_id") OR OLD."accountable_person_id" IS DISTINCT FROM (NEW."accountable_person_id") OR OLD."benefit_owner_id" IS DISTINCT FROM (NEW."benefit_owner_id") OR OLD."scope" IS DISTINCT FROM (NEW."scope"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d572575850f8322fd5a08cd2ca733bb60b07daa8', operation='UPDATE', pgid='pgtrigger_proposal_stays_2912b', table='portfolio_baselineproposal', when='BEFORE')),
        ),
    ]
