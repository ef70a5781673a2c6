import django.core.serializers.json
import django.db.models.deletion
import initiatives.core.migrating
import initiatives.duties.models.letter
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('duties', '0001_asks_and_outbox'), ('duties', '0002_letters_given_up')]

    initial = True

    dependencies = [
        ('organization', '0001_tables_and_laws'),
    ]

    operations = [
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Letter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('template', models.CharField(max_length=60)),
                        ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to=settings.AUTH_USER_MODEL)),
                        ('address', models.EmailField(blank=True, max_length=254)),
                        ('key', models.CharField(max_length=200)),
                        ('context', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('message_id', models.CharField(default=initiatives.duties.models.letter.new_message_id, max_length=200, unique=True)),
                        ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('dead', 'Given up'), ('dropped', 'Not needed any more')], default='queued', max_length=8)),
                        ('reason', models.TextField(blank=True)),
                        ('in_doubt', models.BooleanField(default=False)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('written_at', models.DateTimeField()),
                        ('next_try_at', models.DateTimeField()),
                        ('leased_until', models.DateTimeField(null=True)),
                        ('started_at', models.DateTimeField(null=True)),
                        ('sent_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'sending'))), fields=['next_try_at'], name='letters_to_send'), models.Index(condition=models.Q(('state', 'dead')), fields=['-id'], name='letters_given_up')],
                        'constraints': [models.UniqueConstraint(fields=('key',), name='one_letter_per_key'), models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('recipient__isnull', False)), models.Q(('recipient', None), models.Q(('address', ''), _negated=True)), _connector='OR'), name='letter_has_one_reader'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='letter_sent_at_an_instant'), models.CheckConstraint(condition=models.Q(models.Q(('leased_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('leased_until', None)), _connector='OR'), name='letter_leased_while_sending')],
                    },
                ),
                migrations.CreateModel(
                    name='Obligation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=60)),
                        ('subject_type', models.CharField(max_length=100)),
                        ('subject_id', models.BigIntegerField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to=settings.AUTH_USER_MODEL)),
                        ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='organization.department')),
                        ('words', models.CharField(max_length=200)),
                        ('url', models.CharField(max_length=300)),
                        ('due_on', models.DateField()),
                        ('opened_at', models.DateTimeField()),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('outcome', models.CharField(blank=True, choices=[('', 'Open'), ('met', 'Met'), ('excused', 'Excused'), ('handed_over', 'Handed over')], default='', max_length=12)),
                        ('reason', models.TextField(blank=True)),
                        ('stand_ins', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['person', 'due_on'], name='open_asks_of_a_person'), models.Index(condition=models.Q(('outcome', '')), fields=['department', 'opened_at'], name='open_asks_of_a_department'), models.Index(fields=['subject_type', 'subject_id'], name='asks_about_a_subject')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('kind', 'subject_type', 'subject_id', 'person'), name='one_open_ask_each'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='ask_closed_with_an_outcome'), models.CheckConstraint(condition=models.Q(('url__startswith', '/'), models.Q(('url__startswith', '//'), _negated=True)), name='ask_leads_into_the_site')],
                    },
                ),
                migrations.CreateModel(
                    name='Reminder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='duties.obligation')),
                        ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('due_on', models.DateField()),
                        ('step', models.SmallIntegerField()),
                        ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='duties.letter')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('obligation', 'recipient', 'due_on', 'step'), name='one_reminder_each_step')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='obligation',
                    trigger=pgtrigger.compiler.Trigger(name='closed_stays_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."outcome" = \'\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b51088a9697e136f5e9daeadb2ea6c16495667f2', operation='UPDATE', pgid='pgtrigger_closed_stays_closed_8ae3f', table='duties_obligation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='obligation',
                    trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='bedb35570af9ed1ec3e901454a509c7fcc3a07c2', operation='DELETE', pgid='pgtrigger_never_deleted_ee777', table='duties_obligation', when='BEFORE')),
                ),
            ],
        ),
    ]
