import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.text
import initiatives.core.clock
import initiatives.core.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Seal each event into the hash chain when its transaction commits.
#
# A deferred constraint trigger takes the advisory lock only at commit, so the lock is held for microseconds and never
# while a row lock is waited for. The canonical text of an event is its fields, each preceded by its length in bytes.
SEAL = """
CREATE FUNCTION core_event_text(event core_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(octet_length(part) || ':' || part, ',' ORDER BY place)
    FROM unnest(ARRAY[
        event.id::text,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(event.actor_id::text, ''),
        event.actor_name,
        coalesce(event.on_behalf_of_id::text, ''),
        event.verb,
        event.subject_type,
        event.subject_id::text,
        event.changes::text,
        event.reason
    ]) WITH ORDINALITY AS parts(part, place)
$$;

CREATE FUNCTION core_seal_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last core_seal%ROWTYPE;
    before text := repeat('0', 64);
    place bigint := 1;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('core_seal'));
    SELECT * INTO last FROM core_seal ORDER BY position DESC LIMIT 1;
    IF FOUND THEN
        before := last.digest;
        place := last.position + 1;
    END IF;
    INSERT INTO core_seal (position, event_id, previous, digest)
    VALUES (place, NEW.id, before, encode(sha256(convert_to(before || core_event_text(NEW), 'UTF8')), 'hex'));
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER core_event_seal AFTER INSERT ON core_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_seal_event();
"""

NO_SEAL = """
DROP TRIGGER core_event_seal ON core_event;
DROP FUNCTION core_seal_event();
DROP FUNCTION core_event_text(core_event);
"""


class Migration(migrations.Migration):

    replaces = [('core', '0001_audit_trail'), ('core', '0002_seal_at_commit'), ('core', '0003_heartbeat'), ('core', '0004_imports'), ('core', '0005_ends_of_imports')]

    initial = True

    dependencies = [
        ('organization', '0001_tables_and_laws'),
    ]

    operations = [
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('actor_name', models.CharField(max_length=200)),
                        ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('verb', models.CharField(max_length=100)),
                        ('subject_type', models.CharField(max_length=100)),
                        ('subject_id', models.BigIntegerField()),
                        ('changes', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('reason', models.TextField(blank=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject_type', 'subject_id', '-id'], name='event_by_subject')],
                    },
                ),
                migrations.CreateModel(
                    name='Seal',
                    fields=[
                        ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='core.event')),
                        ('previous', models.CharField(max_length=64, unique=True)),
                        ('digest', models.CharField(max_length=64, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Heartbeat',
                    fields=[
                        ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='ImportRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('target', models.CharField(max_length=40)),
                        ('name', models.CharField(max_length=200)),
                        ('path', models.CharField(max_length=100, unique=True)),
                        ('sha256', models.CharField(db_index=True, max_length=64)),
                        ('size', models.PositiveIntegerField()),
                        ('mapping', models.JSONField(default=dict)),
                        ('mapping_name', models.CharField(blank=True, max_length=80)),
                        ('state', models.CharField(choices=[('uploaded', 'Being mapped'), ('checked', 'Tried, not stored'), ('waiting', 'Waiting to run'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed: nothing was stored'), ('cancelled', 'Cancelled: nothing was stored')], default='uploaded', max_length=10)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('rows_done', models.PositiveIntegerField(default=0)),
                        ('seen_at', models.DateTimeField(null=True)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('cancel_asked', models.BooleanField(default=False)),
                        ('result', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('failure', models.TextField(blank=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('uploaded_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('confirmed_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('removed_at', models.DateTimeField(null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['target', '-id'], name='import_runs_newest')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('target',), name='one_import_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'checked', 'waiting', 'running', 'done', 'failed', 'cancelled'])), name='import_state')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('target', models.CharField(max_length=40)),
                        ('name', models.CharField(max_length=80)),
                        ('data', models.JSONField(default=dict)),
                        ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('saved_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(models.F('target'), django.db.models.functions.text.Lower('name'), name='one_mapping_per_name')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='event',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e10987bc9a49a1926c7e6570fb01934fa665dda6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_56466', table='core_event', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='event',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='35c179c90494995c04d75e2ecf35907d4bc96d8f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_65091', table='core_event', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='seal',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f24b77843cd114313373064d7860b4c1128193f0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e986a', table='core_seal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='seal',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='8786d07039aee5df1affda0bfb1b4f6000c92e49', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a9190', table='core_seal', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunSQL(SEAL, NO_SEAL),
    ]
