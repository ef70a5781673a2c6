import django.core.serializers.json
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import initiatives.core.clock
import initiatives.core.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


PREFIXES = ("stg", "tp", "hof", "con", "sig", "prb", "sys", "ent")
REFERENCE = "".join(f"CREATE SEQUENCE journey_{prefix} AS bigint;" for prefix in PREFIXES) + """
CREATE FUNCTION journey_next_reference(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT prefix || '-' || lpad(n::text, greatest(3, length(n::text)), '0') FROM nextval('journey_' || lower(prefix)) AS n
$$;
"""
NO_REFERENCE = "DROP FUNCTION journey_next_reference(text);" + "".join(f"DROP SEQUENCE journey_{prefix};" for prefix in PREFIXES)


class Migration(migrations.Migration):

    replaces = [('journey', '0001_map_and_ownership'), ('journey', '0002_thresholds_of_coverage'), ('journey', '0003_systems'), ('journey', '0004_handshake_with_codes_and_endings'), ('journey', '0005_charter'), ('journey', '0006_signals_and_problems'), ('journey', '0007_contests'), ('journey', '0008_handoffs'), ('journey', '0009_sight'), ('journey', '0010_sweeps'), ('journey', '0011_facets'), ('journey', '0012_proposed_changes_of_the_map'), ('journey', '0013_calls'), ('journey', '0014_funding_needs_case'), ('journey', '0015_readings_and_breaches'), ('journey', '0016_test_within_days')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('duties', '0001_tables_and_laws'),
        ('organization', '0001_tables_and_laws'),
    ]

    operations = [
        migrations.RunSQL(REFERENCE, NO_REFERENCE),
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='OwnedObject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('stage', 'Stage'), ('touchpoint', 'Touchpoint'), ('facet', 'Facet'), ('system', 'System'), ('entity', 'Data entity')], editable=False, max_length=10)),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('restricted', models.BooleanField(default=False)),
                        ('weight', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                        ('state', models.CharField(choices=[('unowned', 'Unowned'), ('proposed', 'Proposed'), ('owned', 'Owned'), ('contested', 'Contested'), ('vacant', 'Vacant')], default='unowned', max_length=10)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_objects', to='organization.department')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_objects', to=settings.AUTH_USER_MODEL)),
                        ('steward', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stewarded_objects', to=settings.AUTH_USER_MODEL)),
                        ('attest_by', models.DateField(blank=True, null=True)),
                        ('lapses', models.PositiveSmallIntegerField(default=0)),
                        ('refusals', models.PositiveSmallIntegerField(default=0)),
                        ('locked_until', models.DateField(blank=True, null=True)),
                        ('archived_on', models.DateField(blank=True, null=True)),
                        ('departments', models.ManyToManyField(blank=True, related_name='+', to='organization.department')),
                        ('guests', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['kind', 'state'], name='owned_object_by_state'), models.Index(fields=['department', 'kind'], name='owned_object_by_department')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'owned'), _negated=True), models.Q(('department__isnull', False), ('person__isnull', False)), _connector='OR'), name='owned_by_name'), models.CheckConstraint(condition=models.Q(('state', 'owned'), ('person', None), _connector='OR'), name='only_owned_has_a_person'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='weight_not_negative'), models.CheckConstraint(condition=models.Q(('state__in', ['unowned', 'proposed', 'owned', 'contested', 'vacant'])), name='ownership_state')],
                    },
                ),
                migrations.CreateModel(
                    name='OwnedObjectUserPermission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                        ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='journey.ownedobject')),
                    ],
                    options={
                        'unique_together': {('user', 'permission', 'content_object')},
                        'abstract': False,
                        'indexes': [models.Index(fields=['content_object', 'user'], name='owned_object_guest')],
                    },
                ),
                migrations.CreateModel(
                    name='OwnedObjectGroupPermission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                        ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='journey.ownedobject')),
                    ],
                    options={
                        'unique_together': {('group', 'permission', 'content_object')},
                        'abstract': False,
                        'indexes': [models.Index(fields=['content_object', 'group'], name='owned_object_guests')],
                    },
                ),
                migrations.CreateModel(
                    name='Spell',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spells', to='journey.ownedobject')),
                        ('began', models.DateTimeField()),
                        ('until', models.DateTimeField(null=True)),
                        ('state', models.CharField(choices=[('unowned', 'Unowned'), ('proposed', 'Proposed'), ('owned', 'Owned'), ('contested', 'Contested'), ('vacant', 'Vacant')], max_length=10)),
                        ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lapses', models.PositiveSmallIntegerField()),
                        ('weight', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('archived_on', models.DateField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['owned', 'began'], name='spell_by_begin')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('owned',), name='one_running_spell')],
                    },
                ),
                migrations.CreateModel(
                    name='MapPolicy',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('moment_factor', models.PositiveSmallIntegerField(default=3)),
                        ('days_to_answer', models.PositiveSmallIntegerField(default=5)),
                        ('attest_days', models.PositiveSmallIntegerField(default=182)),
                        ('days_to_triage', models.PositiveSmallIntegerField(default=5)),
                        ('initiatives_need_problem', models.BooleanField(default=False)),
                        ('funding_needs_charter', models.BooleanField(default=False)),
                        ('funding_needs_case', models.BooleanField(default=False)),
                        ('test_within', models.PositiveSmallIntegerField(default=60)),
                        ('most_share', models.DecimalField(decimal_places=2, default=Decimal('0.50'), max_digits=3)),
                        ('most_concentration', models.DecimalField(decimal_places=2, default=Decimal('0.35'), max_digits=3)),
                        ('sight_members', models.PositiveSmallIntegerField(default=2)),
                        ('sight_days', models.PositiveSmallIntegerField(default=30)),
                        ('blind_below', models.DecimalField(decimal_places=2, default=Decimal('0.30'), max_digits=3)),
                        ('rating_n_min', models.PositiveSmallIntegerField(default=30)),
                        ('contact_cap', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                        ('moment_floor', models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                ),
                migrations.CreateModel(
                    name='Stage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='journey.ownedobject')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('kind', models.CharField(choices=[('pre_sale', 'Pre-sale'), ('post_sale', 'Post-sale'), ('employee', 'Employee')], max_length=10)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('review_on', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position'],
                        'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('position',), name='one_stage_per_position'), models.CheckConstraint(condition=models.Q(('kind__in', ['pre_sale', 'post_sale', 'employee'])), name='stage_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Channel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('online', models.BooleanField(default=False)),
                        ('archived_on', models.DateField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'ordering': ['position'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_channel_per_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Touchpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='journey.ownedobject')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='touchpoints', to='journey.stage')),
                        ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='touchpoints', to='journey.channel')),
                        ('description', models.TextField(blank=True, max_length=5000)),
                        ('reach', models.PositiveBigIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(99999999999)], verbose_name='contacts a year')),
                        ('moment_of_truth', models.BooleanField(default=False)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='journey.touchpoint')),
                        ('external_source', models.CharField(blank=True, max_length=60)),
                        ('external_id', models.CharField(blank=True, max_length=120)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['stage', 'channel'], name='touchpoint_by_cell')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_source', 'external_id'), name='one_touchpoint_per_external_id'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='no_touchpoint_in_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='Reading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('rating', 'Rating'), ('contacts', 'Outbound contacts')], max_length=10)),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='journey.touchpoint')),
                        ('first_day', models.DateField()),
                        ('last_day', models.DateField()),
                        ('total', models.DecimalField(decimal_places=6, max_digits=20)),
                        ('n', models.PositiveBigIntegerField(verbose_name='n')),
                        ('low', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='lowest of the scale')),
                        ('high', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='highest of the scale')),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('source', models.CharField(max_length=120)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                        ('withdrawn_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['kind', 'touchpoint', '-last_day'], name='reading_by_touchpoint')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('kind', 'touchpoint', 'first_day', 'last_day', 'source', 'department'), name='one_reading_per_period', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='reading_period'), models.CheckConstraint(condition=models.Q(('n__gte', 1), ('n__lte', 999999999)), name='reading_n'), models.CheckConstraint(condition=models.Q(models.Q(('department', None), ('high__isnull', False), ('kind', 'rating'), ('low__isnull', False), ('low__lt', models.F('high')), ('total__gte', django.db.models.expressions.CombinedExpression(models.F('low'), '*', models.F('n'))), ('total__lte', django.db.models.expressions.CombinedExpression(models.F('high'), '*', models.F('n')))), models.Q(('department__isnull', False), ('high', None), ('kind', 'contacts'), ('low', None), ('total__gte', models.F('n'))), _connector='OR'), name='reading_kind'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='reading_withdrawn')],
                    },
                ),
                migrations.CreateModel(
                    name='Problem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('statement', models.TextField(max_length=5000)),
                        ('severity', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                        ('frequency', models.DecimalField(decimal_places=4, default=Decimal('0.1'), max_digits=5, verbose_name='share of contacts')),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.touchpoint')),
                        ('state', models.CharField(choices=[('open', 'Open'), ('solved', 'Solved'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('posed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('posed_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('touchpoints', models.ManyToManyField(related_name='problems', through='journey.ProblemTouchpoint', to='journey.touchpoint')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('severity__gte', 1), ('severity__lte', 5)), name='problem_severity'), models.CheckConstraint(condition=models.Q(('frequency__gte', 0), ('frequency__lte', 1)), name='problem_frequency'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'solved', 'dismissed'])), name='problem_state'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='problem_ends_with_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='ProblemTouchpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='journey.problem')),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problem_links', to='journey.touchpoint')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('problem', 'touchpoint'), name='problem_once_a_touchpoint')],
                    },
                ),
                migrations.CreateModel(
                    name='Breach',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('limit', models.CharField(choices=[('cap', 'Above the cap of contacts'), ('floor', 'Moment of truth below the floor')], max_length=10)),
                        ('stage', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.stage')),
                        ('touchpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.touchpoint')),
                        ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='journey.reading')),
                        ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='journey.problem')),
                        ('value', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('allowed', models.DecimalField(decimal_places=4, max_digits=8)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('departments', models.ManyToManyField(related_name='+', to='organization.department')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('limit', 'stage', 'touchpoint', 'reading'), name='one_problem_per_breach', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('limit', 'cap'), ('stage__isnull', False), ('touchpoint', None)), models.Q(('limit', 'floor'), ('stage', None), ('touchpoint__isnull', False)), _connector='OR'), name='breach_stands_somewhere')],
                    },
                ),
                migrations.CreateModel(
                    name='Ownership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to='journey.ownedobject')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to='organization.department')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to=settings.AUTH_USER_MODEL)),
                        ('answer', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='proposed', max_length=10)),
                        ('succession', models.BooleanField(default=False)),
                        ('succeeds', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='journey.ownership')),
                        ('why', models.TextField(blank=True, max_length=2000, verbose_name='why this department')),
                        ('code', models.CharField(blank=True, choices=[('not_ours', 'Not ours'), ('no_capacity', 'No capacity'), ('no_budget', 'No budget'), ('unclear', 'Scope unclear'), ('other', 'Something else')], max_length=12)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('answer_by', models.DateField()),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('ending', models.CharField(blank=True, choices=[('handed_over', 'Handed over'), ('given_back', 'Given back'), ('left', 'Its person left'), ('moved', 'Its person moved'), ('merged', 'Department merged'), ('closed', 'Department closed'), ('ruled', 'Ruled')], max_length=12)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['department', 'answer'], name='ownership_by_department')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answer', 'accepted')), fields=('owned',), name='one_accepted_owner'), models.UniqueConstraint(condition=models.Q(('answer', 'proposed')), fields=('owned', 'department'), name='asked_once'), models.UniqueConstraint(condition=models.Q(('answer', 'proposed'), ('succession', True)), fields=('owned',), name='one_succession'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'accepted'), _negated=True), ('person__isnull', False), _connector='OR'), name='ownership_accepted_by_name'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'declined'), _negated=True), models.Q(('code__in', ['not_ours', 'no_capacity', 'no_budget', 'unclear', 'other']), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='ownership_declined_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'ended'), ('ended_at__isnull', False), ('ending__in', ['handed_over', 'given_back', 'left', 'moved', 'merged', 'closed', 'ruled'])), models.Q(models.Q(('answer', 'ended'), _negated=True), ('ended_at', None), ('ending', '')), _connector='OR'), name='ownership_ended_somehow')],
                    },
                ),
                migrations.CreateModel(
                    name='Call',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='journey.ownedobject')),
                        ('why', models.TextField(max_length=2000)),
                        ('offer', models.TextField(blank=True, max_length=2000)),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('closed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('owned',), name='one_open_call')],
                    },
                ),
                migrations.CreateModel(
                    name='Hand',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hands', to='journey.call')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('words', models.TextField(max_length=2000)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('lowered_at', models.DateTimeField(null=True)),
                        ('chosen_at', models.DateTimeField(null=True)),
                        ('chosen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lowered_at', None)), fields=('call', 'person'), name='one_hand_each'), models.CheckConstraint(condition=models.Q(('chosen_by', None), models.Q(('chosen_by', models.F('person')), _negated=True), _connector='OR'), name='nobody_chooses_themselves')],
                    },
                ),
                migrations.CreateModel(
                    name='Journey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=120)),
                        ('goal', models.CharField(blank=True, max_length=300)),
                        ('archived_on', models.DateField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('title'), name='one_journey_per_title')],
                    },
                ),
                migrations.CreateModel(
                    name='Step',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('journey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='journey.journey')),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='journey.touchpoint')),
                        ('position', models.PositiveSmallIntegerField()),
                    ],
                    options={
                        'ordering': ['position'],
                        'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('journey', 'position'), name='one_step_per_position')],
                    },
                ),
                migrations.CreateModel(
                    name='MapChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('noun', models.CharField(choices=[('touchpoint', 'Touchpoint'), ('stage', 'Stage'), ('channel', 'Channel'), ('journey', 'Customer journey')], max_length=10)),
                        ('act', models.CharField(choices=[('add', 'Add'), ('edit', 'Change'), ('split', 'Split'), ('archive', 'Archive')], max_length=10)),
                        ('touchpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='journey.touchpoint')),
                        ('stage', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='journey.stage')),
                        ('channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='journey.channel')),
                        ('journey', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='journey.journey')),
                        ('asked_stage', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.stage')),
                        ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ('reason', models.TextField(max_length=2000)),
                        ('state', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                        ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('answer_by', models.DateField()),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('answer', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', 'answer_by'], name='map_change_by_state')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='change_declined_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='change_answered_somehow')],
                    },
                ),
                migrations.CreateModel(
                    name='CharterVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(unique=True)),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('voting', 'Voting'), ('ratified', 'Ratified'), ('not_ratified', 'Not ratified'), ('superseded', 'Superseded')], default='draft', max_length=12)),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_at', models.DateTimeField(null=True)),
                        ('closes_on', models.DateField(null=True)),
                        ('decided_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='one_draft_charter'), models.UniqueConstraint(condition=models.Q(('state', 'voting')), fields=('state',), name='one_voting_charter'), models.UniqueConstraint(condition=models.Q(('state', 'ratified')), fields=('state',), name='one_ratified_charter'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('closes_on__isnull', False), ('opened_at__isnull', False), ('opened_by__isnull', False)), _connector='OR'), name='charter_opened_until_a_day'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'voting', 'ratified', 'not_ratified', 'superseded'])), name='charter_state')],
                    },
                ),
                migrations.CreateModel(
                    name='CharterItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='journey.charterversion')),
                        ('kind', models.CharField(choices=[('stage', 'Candidate stage'), ('metric', 'Shared metric'), ('principle', 'Principle')], max_length=10)),
                        ('text', models.CharField(max_length=300)),
                        ('position', models.PositiveSmallIntegerField()),
                    ],
                    options={
                        'ordering': ['position'],
                        'constraints': [models.UniqueConstraint(fields=('version', 'kind', 'text'), name='charter_item_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['stage', 'metric', 'principle'])), name='charter_item_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Ballot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='journey.charterversion')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('voted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('voted_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('version', 'department'), name='one_ballot_each'), models.CheckConstraint(condition=models.Q(models.Q(('voted_at', None), ('voted_by', None)), models.Q(('voted_at__isnull', False), ('voted_by__isnull', False)), _connector='OR'), name='voted_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Vote',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='journey.ballot')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='journey.charteritem')),
                        ('choice', models.CharField(choices=[('in', 'In'), ('out', 'Out'), ('abstain', 'Abstain')], max_length=7)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('ballot', 'item'), name='one_vote_each_item'), models.CheckConstraint(condition=models.Q(('choice__in', ['in', 'out', 'abstain'])), name='vote_in_out_or_abstain')],
                    },
                ),
                migrations.CreateModel(
                    name='CharterWaiver',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('reason', models.TextField(max_length=2000)),
                        ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('ended_at', None)), name='one_charter_waiver'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waived_with_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Contest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(editable=False, max_length=20, unique=True)),
                        ('owned', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contests', to='journey.ownedobject')),
                        ('claimant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('against', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('state', models.CharField(choices=[('claimed', 'Claimed'), ('contested', 'Contested'), ('mediation', 'Mediation'), ('ruling', 'Waits for a ruling'), ('ruled', 'Ruled'), ('appealed', 'Appealed'), ('settled', 'Settled'), ('withdrawn', 'Claim withdrawn')], max_length=10)),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('due_on', models.DateField(null=True)),
                        ('escalated', models.BooleanField(default=False)),
                        ('ruled_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('settlement', models.CharField(blank=True, choices=[('silence', 'Nobody counter-claimed'), ('agreement', 'By agreement'), ('ruling', 'By ruling'), ('appeal', 'By ruling on appeal')], max_length=10)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ('claimed', 'contested', 'mediation', 'ruling', 'ruled', 'appealed'))), fields=['due_on'], name='contests_by_clock')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('claimed', 'contested', 'mediation', 'ruling', 'ruled', 'appealed'))), fields=('owned',), name='one_open_contest'), models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', False), ('ended_at', None), ('settlement', ''), ('state__in', ('claimed', 'contested', 'mediation', 'ruling', 'ruled', 'appealed'))), models.Q(('due_on', None), ('ended_at__isnull', False), ('ruled_for__isnull', False), ('settlement__in', ['silence', 'agreement', 'ruling', 'appeal']), ('state', 'settled')), models.Q(('due_on', None), ('ended_at__isnull', False), ('settlement', ''), ('state', 'withdrawn')), _connector='OR'), name='contest_ends_somehow')],
                    },
                ),
                migrations.CreateModel(
                    name='Claim',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='journey.contest')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('names', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('contest', 'department'), name='one_claim_each')],
                    },
                ),
                migrations.CreateModel(
                    name='Exhibit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='journey.contest')),
                        ('number', models.PositiveIntegerField()),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('words', models.TextField(max_length=5000)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                    ],
                    options={
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('contest', 'number'), name='evidence_numbered'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='evidence_says_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Ruling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='journey.contest')),
                        ('on_appeal', models.BooleanField(default=False)),
                        ('decider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('rationale', models.TextField(max_length=5000)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('cites', models.ManyToManyField(related_name='+', to='journey.exhibit')),
                    ],
                    options={
                        'ordering': ['on_appeal'],
                        'constraints': [models.UniqueConstraint(fields=('contest', 'on_appeal'), name='one_ruling_each_time'), models.UniqueConstraint(fields=('contest', 'decider'), name='another_rules_on_appeal'), models.CheckConstraint(condition=models.Q(('rationale', ''), _negated=True), name='ruled_with_a_rationale')],
                    },
                ),
                migrations.CreateModel(
                    name='System',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='journey.ownedobject')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('description', models.TextField(blank=True, max_length=5000)),
                        ('capability', models.CharField(blank=True, max_length=80)),
                        ('vendor', models.CharField(blank=True, max_length=120)),
                        ('yearly_cost', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                        ('lifecycle', models.CharField(choices=[('planned', 'Planned'), ('in_use', 'In use'), ('replace', 'To be replaced'), ('retired', 'Retired')], default='in_use', max_length=10)),
                        ('course', models.CharField(choices=[('invest', 'Invest'), ('sustain', 'Sustain'), ('migrate', 'Migrate'), ('retire', 'Retire')], default='sustain', max_length=10)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stages', models.ManyToManyField(blank=True, related_name='systems', to='journey.stage')),
                        ('touchpoints', models.ManyToManyField(blank=True, related_name='systems', to='journey.touchpoint')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('lifecycle__in', ['planned', 'in_use', 'replace', 'retired'])), name='system_lifecycle'), models.CheckConstraint(condition=models.Q(('course__in', ['invest', 'sustain', 'migrate', 'retire'])), name='system_course'), models.CheckConstraint(condition=models.Q(('yearly_cost', None), ('yearly_cost__gte', 0), _connector='OR'), name='system_cost_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='DataEntity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='journey.ownedobject')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('description', models.TextField(blank=True, max_length=2000)),
                        ('context', models.BooleanField(default=False, verbose_name='needed at every contact')),
                        ('needed_at', models.ManyToManyField(blank=True, related_name='needs', to='journey.touchpoint')),
                    ],
                ),
                migrations.CreateModel(
                    name='MatrixCell',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cells', to='journey.dataentity')),
                        ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cells', to='journey.system')),
                        ('role', models.CharField(choices=[('capture', 'Capture'), ('record', 'System of record'), ('replica', 'Replica'), ('derived', 'Derived')], max_length=10)),
                        ('region', models.CharField(blank=True, default='', max_length=40)),
                        ('claimed', models.BooleanField(default=False)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('claimed', False), ('ended_at', None), ('role', 'record')), fields=('entity', 'region'), name='one_system_of_record'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('entity', 'system', 'role', 'region'), name='one_cell_per_role'), models.CheckConstraint(condition=models.Q(('role', 'record'), ('claimed', False), _connector='OR'), name='only_records_are_claimed'), models.CheckConstraint(condition=models.Q(('role__in', ['capture', 'record', 'replica', 'derived'])), name='data_role'), models.CheckConstraint(condition=models.Q(('region', django.db.models.functions.text.Upper(models.F('region')))), name='region_in_capitals')],
                    },
                ),
                migrations.CreateModel(
                    name='Facet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owned', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='journey.ownedobject')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facets', to='journey.touchpoint')),
                        ('kind', models.CharField(choices=[('content', 'Content'), ('channel', 'Channel or technology'), ('data', 'Data'), ('outcome', 'Service outcome')], max_length=8)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('touchpoint', 'kind'), name='one_facet_of_a_kind'), models.CheckConstraint(condition=models.Q(('kind__in', ['content', 'channel', 'data', 'outcome'])), name='facet_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='FacetRole',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('facet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='journey.facet')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facet_roles', to='organization.department')),
                        ('letter', models.CharField(choices=[('R', 'Responsible'), ('C', 'Consulted'), ('I', 'Informed')], max_length=1)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('until', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('facet', 'department'), name='one_letter_in_a_facet'), models.CheckConstraint(condition=models.Q(('letter__in', ['R', 'C', 'I'])), name='facet_letter')],
                    },
                ),
                migrations.CreateModel(
                    name='Flow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flows_out', to='journey.system')),
                        ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flows_in', to='journey.system')),
                        ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flows', to='journey.dataentity')),
                        ('key', models.CharField(max_length=80)),
                        ('direction', models.CharField(choices=[('one_way', 'One way'), ('both_ways', 'Both ways')], default='one_way', max_length=10)),
                        ('minutes', models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(525600)])),
                        ('online', models.BooleanField(default=True)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('ended_at', models.DateTimeField(editable=False, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('source', 'target', 'entity'), name='one_flow_per_entity'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='no_flow_in_itself'), models.CheckConstraint(condition=models.Q(('minutes__lte', 525600)), name='flow_within_a_year'), models.CheckConstraint(condition=models.Q(('direction__in', ['one_way', 'both_ways'])), name='flow_direction')],
                    },
                ),
                migrations.CreateModel(
                    name='Handoff',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_out', to='journey.touchpoint')),
                        ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_in', to='journey.touchpoint')),
                        ('passes', models.TextField(max_length=2000, verbose_name='what is passed on')),
                        ('hours', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(8784)], verbose_name='within how many hours')),
                        ('customer_data', models.TextField(blank=True, max_length=2000, verbose_name='which data goes along')),
                        ('state', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('ended', 'Ended')], default='proposed', max_length=10)),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('giver', 'taker'), name='one_handoff_each_way'), models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='no_handoff_to_itself'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'agreed', 'declined', 'ended'])), name='handoff_state')],
                    },
                ),
                migrations.CreateModel(
                    name='HandoffSide',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('handoff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sides', to='journey.handoff')),
                        ('taking', models.BooleanField()),
                        ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('answer', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='proposed', max_length=10)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('answer_by', models.DateField(null=True)),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['department', 'answer'], name='handoff_side_by_department')],
                        'constraints': [models.UniqueConstraint(fields=('handoff', 'taking'), name='one_side_each'), models.CheckConstraint(condition=models.Q(('answer', 'proposed'), models.Q(('answered_by__isnull', False), ('department__isnull', False)), _connector='OR'), name='side_answered_by_name'), models.CheckConstraint(condition=models.Q(('answer__in', ('proposed', 'accepted', 'declined'))), name='side_answer')],
                    },
                ),
                migrations.CreateModel(
                    name='Sight',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.stage')),
                        ('day', models.DateField()),
                        ('members', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('department', 'stage', 'day'), name='one_sight_a_day'), models.CheckConstraint(condition=models.Q(('members__gte', 0)), name='sight_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='Signal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.touchpoint')),
                        ('state', models.CharField(choices=[('open', 'Waiting for an answer'), ('gathered', 'Gathered into a problem'), ('answered', 'Answered'), ('duplicate', 'Duplicate'), ('dismissed', 'Not a problem')], default='open', max_length=10)),
                        ('since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('disposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('problem', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='journey.problem')),
                        ('duplicate_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='journey.signal')),
                        ('title', models.CharField(max_length=200, verbose_name='what fails')),
                        ('text', models.TextField(blank=True, max_length=5000, verbose_name='what was observed')),
                        ('source', models.CharField(choices=[('staff', 'Observation by staff'), ('complaint', 'Complaint'), ('comment', 'Survey comment'), ('finding', 'Audit finding'), ('other', 'Other')], default='staff', max_length=10)),
                        ('observed_on', models.DateField(default=initiatives.core.clock.today, verbose_name='day observed')),
                        ('customers', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999999999)], verbose_name='customers')),
                        ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to=settings.AUTH_USER_MODEL)),
                        ('raised_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('touchpoints', models.ManyToManyField(related_name='signals', through='journey.SignalTouchpoint', to='journey.touchpoint')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', '-raised_at'], name='signal_by_state'), models.Index(fields=['raised_by', '-raised_at'], name='signal_by_author')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'gathered', 'answered', 'duplicate', 'dismissed'])), name='signal_state'), models.CheckConstraint(condition=models.Q(models.Q(('problem__isnull', False), ('state', 'gathered')), models.Q(models.Q(('state', 'gathered'), _negated=True), ('problem', None)), _connector='OR'), name='gathered_into_a_problem'), models.CheckConstraint(condition=models.Q(models.Q(('duplicate_of__isnull', False), ('state', 'duplicate')), models.Q(models.Q(('state', 'duplicate'), _negated=True), ('duplicate_of', None)), _connector='OR'), name='duplicate_of_a_signal'), models.CheckConstraint(condition=models.Q(('duplicate_of', None), models.Q(('duplicate_of', models.F('id')), _negated=True), _connector='OR'), name='no_duplicate_of_itself'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(models.Q(('reason', ''), _negated=True), ('disposed_by__isnull', False)), _connector='OR'), name='disposed_with_a_reason'), models.CheckConstraint(condition=models.Q(('customers__gte', 1)), name='signal_customers')],
                    },
                ),
                migrations.CreateModel(
                    name='News',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news', to='journey.signal')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news', to='duties.letter')),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                    ],
                ),
                migrations.CreateModel(
                    name='Evidence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='journey.problem')),
                        ('signal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='journey.signal')),
                        ('source', models.CharField(choices=[('staff', 'Observation by staff'), ('complaint', 'Complaint'), ('comment', 'Survey comment'), ('finding', 'Audit finding'), ('other', 'Other')], max_length=10)),
                        ('observed_on', models.DateField(verbose_name='day observed')),
                        ('customers', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999999999)], verbose_name='customers')),
                        ('words', models.CharField(blank=True, max_length=500)),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('added_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['problem', '-observed_on'], name='evidence_by_day')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('signal',), name='evidence_once'), models.CheckConstraint(condition=models.Q(('customers__gte', 1)), name='evidence_customers'), models.CheckConstraint(condition=models.Q(('source__in', ['staff', 'complaint', 'comment', 'finding', 'other'])), name='evidence_source')],
                    },
                ),
                migrations.CreateModel(
                    name='SignalTouchpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='journey.signal')),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signal_links', to='journey.touchpoint')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('signal', 'touchpoint'), name='signal_once_a_touchpoint')],
                    },
                ),
                migrations.CreateModel(
                    name='Voice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='journey.signal')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to=settings.AUTH_USER_MODEL)),
                        ('words', models.CharField(blank=True, max_length=500)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('signal', 'person'), name='one_voice_each')],
                    },
                ),
                migrations.CreateModel(
                    name='Sweep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(editable=False, unique=True)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                        ('due_on', models.DateField(verbose_name='answers due')),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['-number'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='one_open_sweep'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='sweep_ends_at_an_instant')],
                    },
                ),
                migrations.CreateModel(
                    name='SweepStage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sweep', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='journey.sweep')),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sweeps', to='journey.stage')),
                        ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('signed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('sweep', 'stage'), name='stage_once_a_sweep'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='signed_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='TruthPolicy',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('node', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journey.system', verbose_name='single view')),
                        ('limit_minutes', models.PositiveIntegerField(default=1440, validators=[django.core.validators.MaxValueValidator(525600)])),
                        ('view_target', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='target for single-view reach')),
                        ('link_target', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='target for the online-offline link')),
                        ('repeat_target', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='ceiling for repeat risk')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('view_target__isnull', True), ('view_target__range', (0, 100)), _connector='OR'), name='percent_view_target'), models.CheckConstraint(condition=models.Q(('link_target__isnull', True), ('link_target__range', (0, 100)), _connector='OR'), name='percent_link_target'), models.CheckConstraint(condition=models.Q(('repeat_target__isnull', True), ('repeat_target__range', (0, 100)), _connector='OR'), name='percent_repeat_target')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='ownedobject',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3f235a9dfdb5f9fdcc4219787044278003383c3f', operation='DELETE', pgid='pgtrigger_keep_15e6e', table='journey_ownedobject', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='spell',
                    trigger=pgtrigger.compiler.Trigger(name='ended_stays_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."until" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='034b8df3d426cc7ca8b0d292756400682dccc528', operation='UPDATE', pgid='pgtrigger_ended_stays_ended_c4519', table='journey_spell', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='spell',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5adacd927df148bdbd4cf85f8efad885f7bcf9a1', operation='DELETE', pgid='pgtrigger_keep_5a03c', table='journey_spell', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='mappolicy',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bab2ca5774fe42ff0570d8f5908d6795fda198b5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1bf73', table='journey_mappolicy', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='mappolicy',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='20a4162907d60cb24dd1ed289b1f144d19057f2c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_7fa92', table='journey_mappolicy', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='channel',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='11144b0fba86352f0e49f04873f8e2baa1f1481f', operation='DELETE', pgid='pgtrigger_keep_23c56', table='journey_channel', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='touchpoint',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e2a82503de6ab7b67a3e8aae9e1ef42808dd9c49', operation='DELETE', pgid='pgtrigger_keep_c0631', table='journey_touchpoint', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reading',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='86272a9d2ff1b4a2afc4f8f8e599a65c9ad8c62b', operation='DELETE', pgid='pgtrigger_keep_b44e1', table='journey_reading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reading',
                    trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."touchpoint_id" IS DISTINCT FROM (NEW."touchpoint_id") OR OLD."first_day" IS DISTINCT FROM (NEW."first_day") OR OLD."last_day" IS DISTINCT FROM (NEW."last_day") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."n" IS DISTINCT FROM (NEW."n") OR OLD."low" IS DISTINCT FROM (NEW."low") OR OLD."high" IS DISTINCT FROM (NEW."high") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6f43ef490884f6ca0ccccba995ad5e20414214b8', operation='UPDATE', pgid='pgtrigger_never_changed_e5fcd', table='journey_reading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reading',
                    trigger=pgtrigger.compiler.Trigger(name='withdrawn_stays_withdrawn', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."withdrawn_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='514c06ca95af08a890f6c33840f517776834fc0d', operation='UPDATE', pgid='pgtrigger_withdrawn_stays_withdrawn_3b680', table='journey_reading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='problem',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:solved,open:dismissed,solved:open,dismissed:open}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='94a6aabbaf490f965891d013adaa091c60f9471c', operation='UPDATE', pgid='pgtrigger_life_64711', table='journey_problem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='problem',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0fe53b211b457973e2b0b74a248e32dc37d2c4bd', operation='DELETE', pgid='pgtrigger_keep_36aab', table='journey_problem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='problem',
                    trigger=pgtrigger.compiler.Trigger(name='stands_on_something', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF NOT EXISTS (SELECT FROM journey_problemtouchpoint WHERE problem_id = NEW.id AND touchpoint_id = NEW.touchpoint_id) THEN\n        RAISE EXCEPTION 'A problem stands at one touchpoint at least.' USING ERRCODE = 'check_violation', CONSTRAINT = 'problem_has_a_touchpoint';\n    END IF;\n    IF NOT EXISTS (SELECT FROM journey_evidence WHERE problem_id = NEW.id AND withdrawn_at IS NULL) THEN\n        RAISE EXCEPTION 'A problem rests on one piece of evidence at least.' USING ERRCODE = 'check_violation', CONSTRAINT = 'problem_has_evidence';\n    END IF;\n    RETURN NULL;\n    ", hash='f8cab7a18cead37e155be5aa913aba9e88c53f42', operation='INSERT OR UPDATE', pgid='pgtrigger_stands_on_something_eb086', table='journey_problem', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='problemtouchpoint',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fe73092343afaa4402cd53a58b8543423272b22f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_84a12', table='journey_problemtouchpoint', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='breach',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5179625b4536635ab1d05b1dd73b937e3d38a3c2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4ac7b', table='journey_breach', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='breach',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='48e288056acef951bd47fb4f1ff8f943d046f74c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8d179', table='journey_breach', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ownership',
                    trigger=pgtrigger.compiler.Trigger(name='handshake', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."answer", \':\', NEW."answer") = ANY(\'{proposed:accepted,proposed:declined,proposed:lapsed,proposed:withdrawn,accepted:ended}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."answer" IS DISTINCT FROM NEW."answer") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "answer" from "%" to "%" on table %\', OLD."answer", NEW."answer", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='da51777f72fa688b69036feca8ceca0fe11c5fc5', operation='UPDATE', pgid='pgtrigger_handshake_ff4c4', table='journey_ownership', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ownership',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3edbda5b05960d53a96f2303fdaf4cdd2a96883a', operation='DELETE', pgid='pgtrigger_keep_fd420', table='journey_ownership', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='call',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3be88cb4c0a860eecd9dc6ab2a502c7b03e5b4b8', operation='DELETE', pgid='pgtrigger_keep_868af', table='journey_call', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='call',
                    trigger=pgtrigger.compiler.Trigger(name='closed_stays_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."closed_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8c3758c0914f6d6cba5fe20fa19e062b6d6513c1', operation='UPDATE', pgid='pgtrigger_closed_stays_closed_d67ff', table='journey_call', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='hand',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ad2904bc9332757cdb18ab62ddf3794696724954', operation='DELETE', pgid='pgtrigger_keep_e25d4', table='journey_hand', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='journey',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a964941d2e521e50baf31c60138df29e6e97cc2c', operation='DELETE', pgid='pgtrigger_keep_f2d9c', table='journey_journey', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='mapchange',
                    trigger=pgtrigger.compiler.Trigger(name='proposal', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{proposed:accepted,proposed:declined,proposed:lapsed,proposed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='948592a009e1d093124ef767b2119dfcc152ce93', operation='UPDATE', pgid='pgtrigger_proposal_87979', table='journey_mapchange', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='mapchange',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='fb7e8754525745c7edb7e85c438ed0addad84827', operation='DELETE', pgid='pgtrigger_keep_042e1', table='journey_mapchange', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charterversion',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:voting,voting:ratified,voting:not_ratified,ratified:superseded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='dfc90e6e0790cb664c91351296f217e56184f3d4', operation='UPDATE', pgid='pgtrigger_life_b3a30', table='journey_charterversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charterversion',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6b8eead3230a68408c423e7526f25c1824676876', operation='DELETE', pgid='pgtrigger_keep_045ac', table='journey_charterversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charteritem',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_draft', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM journey_charterversion WHERE id = COALESCE(NEW.version_id, OLD.version_id)) IS DISTINCT FROM 'draft' THEN\n                RAISE EXCEPTION 'The charter is no longer voted on.' USING ERRCODE = 'check_violation', CONSTRAINT = 'charter_stays_as_voted';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ", hash='8f181603c6a7ffa623a9c2a65dddef65dc3c4ebd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_draft_f3010', table='journey_charteritem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ballot',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_voting', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM journey_charterversion WHERE id = COALESCE(NEW.version_id, OLD.version_id)) IS DISTINCT FROM 'voting' THEN\n                RAISE EXCEPTION 'The charter is no longer voted on.' USING ERRCODE = 'check_violation', CONSTRAINT = 'charter_stays_as_voted';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ", hash='8718cfc6c2997b1f1127fb0a595a3074298ff2df', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_voting_090ac', table='journey_ballot', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='vote',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_voting', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM journey_charterversion WHERE id = (SELECT version_id FROM journey_ballot WHERE id = COALESCE(NEW.ballot_id, OLD.ballot_id))) IS DISTINCT FROM 'voting' THEN\n                RAISE EXCEPTION 'The charter is no longer voted on.' USING ERRCODE = 'check_violation', CONSTRAINT = 'charter_stays_as_voted';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ", hash='e3f6b6bee3cb7cd914205c63f39df9542a1a89cf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_voting_f32cd', table='journey_vote', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charterwaiver',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c7111c3cd2863e5e928a0ecafe59b17f3d6cbd1f', operation='DELETE', pgid='pgtrigger_keep_eb979', table='journey_charterwaiver', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charterwaiver',
                    trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."reason" IS DISTINCT FROM (NEW."reason"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='79709188b0fba4186a424d13fd4bc5fb2c91083f', operation='UPDATE', pgid='pgtrigger_never_changed_98938', table='journey_charterwaiver', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='charterwaiver',
                    trigger=pgtrigger.compiler.Trigger(name='ended_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."ended_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c96633b12e28cdd9820a5c62c7ccddbad7c41c8f', operation='UPDATE', pgid='pgtrigger_ended_once_fe3b2', table='journey_charterwaiver', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='contest',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{claimed:contested,claimed:settled,claimed:withdrawn,contested:mediation,contested:settled,contested:withdrawn,mediation:ruling,mediation:settled,mediation:withdrawn,ruling:ruled,ruled:appealed,ruled:settled,appealed:settled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='6303be4c757c08325f8b58d1245eb7f7d00dcc30', operation='UPDATE', pgid='pgtrigger_life_c01df', table='journey_contest', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='contest',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='fb9020f730873f37e4da345ec958923a9c2dc6ff', operation='DELETE', pgid='pgtrigger_keep_b6eec', table='journey_contest', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='claim',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='10b1adc16b06786c1ff41cd77e5d5af9c6f651a0', operation='DELETE', pgid='pgtrigger_keep_5ae0d', table='journey_claim', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='exhibit',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='443c609996c76c7566ac9ef842d3e4b5fab310e8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ac148', table='journey_exhibit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='exhibit',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='4c231556ee0c83002725cba8bbf70845fe6dacc2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_4ba3b', table='journey_exhibit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='30657a96ef069bc04dfd62d125d976e32ea67dfc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_478be', table='journey_ruling', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='7d7595a1d562dc7bc176d4751ff824b1de2e32b8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_ce13e', table='journey_ruling', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='system',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='822891bef26ebb5efe15ab81f9353e2cb4008e45', operation='DELETE', pgid='pgtrigger_keep_f78cb', table='journey_system', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='dataentity',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='18891962f1b5749a054d1696650f76972939138d', operation='DELETE', pgid='pgtrigger_keep_0839e', table='journey_dataentity', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='matrixcell',
                    trigger=pgtrigger.compiler.Trigger(name='ended_stays_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."ended_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5fffb07ee1d1522de886ad58824a96985a7c98fa', operation='UPDATE', pgid='pgtrigger_ended_stays_ended_0568a', table='journey_matrixcell', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='matrixcell',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='07af6b488f47326720581651c207c9a3c67742a9', operation='DELETE', pgid='pgtrigger_keep_a9c32', table='journey_matrixcell', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='facet',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c163eba4632cf779184801ed3dfcaa72555e380a', operation='DELETE', pgid='pgtrigger_keep_79b78', table='journey_facet', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='facetrole',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='174da6d6dc8fe1e12fe022e5ef7251371fea9269', operation='DELETE', pgid='pgtrigger_keep_bd767', table='journey_facetrole', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='flow',
                    trigger=pgtrigger.compiler.Trigger(name='ended_stays_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."ended_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3276698cdc664c4e4c003d3de49c3ca17a4a5d2a', operation='UPDATE', pgid='pgtrigger_ended_stays_ended_10f9c', table='journey_flow', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='flow',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b85af8d6ed41cdea0c187998b6fe0966fe05ff5e', operation='DELETE', pgid='pgtrigger_keep_f1522', table='journey_flow', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='handoff',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='38f2bfe2201349c169a3e9100fa949b8a7efff3a', operation='DELETE', pgid='pgtrigger_keep_e4696', table='journey_handoff', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='handoffside',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='058e2222253d365ce8d8a62812c699ed2659a476', operation='DELETE', pgid='pgtrigger_keep_333bd', table='journey_handoffside', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signal',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:gathered,open:answered,open:duplicate,open:dismissed,gathered:open,answered:open,duplicate:open,dismissed:open}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='ee4919ee34e94cc67b01874f74229c60fbc2c4db', operation='UPDATE', pgid='pgtrigger_life_12328', table='journey_signal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signal',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b54fd8aa16a36370170b836ad5b342ead8254e14', operation='DELETE', pgid='pgtrigger_keep_f5b0b', table='journey_signal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signal',
                    trigger=pgtrigger.compiler.Trigger(name='has_its_touchpoint', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF NOT EXISTS (SELECT FROM journey_signaltouchpoint WHERE signal_id = NEW.id AND touchpoint_id = NEW.touchpoint_id) THEN\n        RAISE EXCEPTION 'A signal is about at least one touchpoint.' USING ERRCODE = 'check_violation', CONSTRAINT = 'signal_has_a_touchpoint';\n    END IF;\n    RETURN NULL;\n    ", hash='8287bd64753235098ef382b4ad03d9c6d4e2c018', operation='INSERT', pgid='pgtrigger_has_its_touchpoint_f0af7', table='journey_signal', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='news',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ba11d8e9c0176a36af301a8ce67b920d7aefcb2c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c68cc', table='journey_news', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='evidence',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7a58e72d39c9d11f9bb452e62158ac22f3341c29', operation='DELETE', pgid='pgtrigger_keep_34b75', table='journey_evidence', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='evidence',
                    trigger=pgtrigger.compiler.Trigger(name='withdrawn_stays_withdrawn', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."withdrawn_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='718244fab3c72accdb6f792a0e10ecdd72149446', operation='UPDATE', pgid='pgtrigger_withdrawn_stays_withdrawn_4ad01', table='journey_evidence', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='evidence',
                    trigger=pgtrigger.compiler.Trigger(name='not_the_last', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF NOT EXISTS (SELECT FROM journey_evidence WHERE problem_id = NEW.problem_id AND withdrawn_at IS NULL) THEN\n        RAISE EXCEPTION 'A problem rests on one piece of evidence at least.' USING ERRCODE = 'check_violation', CONSTRAINT = 'problem_has_evidence';\n    END IF;\n    RETURN NULL;\n    ", hash='8b4c29a6cf160e2d552db09e251a8318cfc7b2f5', operation='UPDATE', pgid='pgtrigger_not_the_last_5f038', table='journey_evidence', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signaltouchpoint',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c225a3a9ba0413bde5040f393c1e6592fcf9b34d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1da3e', table='journey_signaltouchpoint', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='voice',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='86e2dc829e019fd63a714c256ca4f3fc065776a2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_22df3', table='journey_voice', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='sweep',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:completed,open:cancelled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='b514b8391a5dde6a260a4274bf738bc51b276946', operation='UPDATE', pgid='pgtrigger_life_6b043', table='journey_sweep', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='sweep',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7acd968b9af11346d292b0f4d7ad7510a30d6d56', operation='DELETE', pgid='pgtrigger_keep_58d53', table='journey_sweep', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='sweepstage',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c9ce692c3651e271b0e720b880c5582a2760d763', operation='DELETE', pgid='pgtrigger_keep_45bb2', table='journey_sweepstage', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='truthpolicy',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='193c30f875e4cf473300b6618b8de7d341f0b86f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07ed3', table='journey_truthpolicy', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='truthpolicy',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='a7d3b5fa98fb118c983dcd56d7ea896ffd5cedf5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_0d5f5', table='journey_truthpolicy', when='BEFORE')),
                ),
            ],
        ),
    ]
