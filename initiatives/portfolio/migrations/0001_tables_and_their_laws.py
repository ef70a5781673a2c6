import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import initiatives.core.clock
import initiatives.core.migrating
import initiatives.portfolio.models.described
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


REFERENCE = """
CREATE SEQUENCE portfolio_reference AS bigint;
CREATE FUNCTION portfolio_next_reference() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT 'CX-' || lpad(n::text, greatest(3, length(n::text)), '0') FROM nextval('portfolio_reference') AS n
$$;
"""
NO_REFERENCE = """
DROP FUNCTION portfolio_next_reference();
DROP SEQUENCE portfolio_reference;
"""


class Migration(migrations.Migration):

    replaces = [('portfolio', '0001_initiatives'), ('portfolio', '0002_cost_object'), ('portfolio', '0003_count_by_status'), ('portfolio', '0004_aims'), ('portfolio', '0005_gates'), ('portfolio', '0006_case_and_baselines'), ('portfolio', '0007_horizons'), ('portfolio', '0008_type_and_experiments'), ('portfolio', '0009_given_for_its_aims'), ('portfolio', '0001_tables_and_laws'), ('portfolio', '0002_held_by_the_database')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('funding', '0001_tables_and_their_laws'),
        ('journey', '0001_tables_and_laws'),
        ('organization', '0001_tables_and_laws'),
    ]

    operations = [
        migrations.RunSQL(REFERENCE, NO_REFERENCE),
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='AimedRequest',
                    fields=[
                    ],
                    options={
                        'proxy': True,
                    },
                    bases=('funding.fundingrequest',),
                ),
                migrations.CreateModel(
                    name='Initiative',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.CharField(db_default=initiatives.portfolio.models.described.NextReference(), editable=False, max_length=20, unique=True)),
                        ('title', models.CharField(max_length=200)),
                        ('problem', models.TextField(blank=True, max_length=5000, verbose_name='problem statement')),
                        ('hypothesis', models.TextField(blank=True, max_length=5000)),
                        ('category', models.CharField(blank=True, max_length=80)),
                        ('horizon', models.PositiveSmallIntegerField(blank=True, choices=[(1, '1: what runs today'), (2, '2: what grows'), (3, '3: what may come')], null=True)),
                        ('type', models.CharField(blank=True, choices=[('process', 'Process'), ('policy', 'Policy'), ('it', 'IT'), ('content', 'Content'), ('people', 'People')], max_length=7)),
                        ('lead_department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_initiatives', to='organization.department')),
                        ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsored_initiatives', to=settings.AUTH_USER_MODEL)),
                        ('starts_on', models.DateField(blank=True, null=True, verbose_name='start')),
                        ('ends_on', models.DateField(blank=True, null=True, verbose_name='end')),
                        ('cadence_days', models.PositiveSmallIntegerField(default=28, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='days between check-ins')),
                        ('status', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('assessed', 'Assessed'), ('prioritised', 'Prioritised'), ('funded', 'Funded'), ('active', 'Active'), ('paused', 'Paused'), ('completed', 'Completed'), ('realised', 'Realised'), ('declined', 'Declined'), ('cancelled', 'Cancelled')], default='draft', max_length=12)),
                        ('status_since', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('life', models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='draft', then=models.Value(0)), models.When(status='proposed', then=models.Value(1)), models.When(status='assessed', then=models.Value(2)), models.When(status='prioritised', then=models.Value(3)), models.When(status='funded', then=models.Value(4)), models.When(status='active', then=models.Value(5)), models.When(status='paused', then=models.Value(6)), models.When(status='completed', then=models.Value(7)), models.When(status='realised', then=models.Value(8)), models.When(status='declined', then=models.Value(9)), models.When(status='cancelled', then=models.Value(10)), default=models.Value(99)), output_field=models.SmallIntegerField())),
                        ('year_baseline', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='baseline this year')),
                        ('year_forecast', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='forecast this year')),
                        ('whole_life_cost', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='whole-life cost')),
                        ('external_source', models.CharField(blank=True, max_length=60)),
                        ('external_id', models.CharField(blank=True, max_length=120)),
                        ('withheld', models.JSONField(blank=True, default=dict)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('confidential', models.BooleanField(default=False)),
                        ('accountable_department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accountable_initiatives', to='organization.department')),
                        ('accountable_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accountable_initiatives', to=settings.AUTH_USER_MODEL)),
                        ('cost_object', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='initiative', to='funding.costobject')),
                        ('health', models.CharField(blank=True, choices=[('green', 'On track'), ('amber', 'At risk'), ('red', 'Off track')], max_length=8)),
                        ('health_on', models.DateField(blank=True, null=True)),
                        ('stale_on', models.DateField(blank=True, null=True)),
                        ('percent', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)])),
                        ('concern', models.GeneratedField(db_persist=True, expression=models.Case(models.When(health='red', then=models.Value(1)), models.When(health='amber', then=models.Value(2)), models.When(health='green', then=models.Value(3)), models.When(health='', then=models.Value(4)), default=models.Value(4)), output_field=models.SmallIntegerField())),
                        ('rank', models.PositiveIntegerField(blank=True, null=True)),
                        ('rank_reason', models.TextField(blank=True, max_length=2000)),
                        ('named', models.ManyToManyField(blank=True, related_name='named_on_initiatives', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(django.db.models.functions.text.Lower('title'), models.F('id'), name='initiative_by_title'), models.Index(fields=['life', 'id'], name='initiative_by_life'), models.Index(fields=['concern', 'id'], name='initiative_by_concern'), models.Index(fields=['rank', 'id'], name='initiative_by_rank'), models.Index(fields=['ends_on', 'id'], name='initiative_by_end'), models.Index(fields=['health_on', 'id'], name='initiative_by_report'), models.Index(fields=['lead_department', 'id'], name='initiative_by_lead'), models.Index(fields=['status', 'confidential'], name='initiative_by_status')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_source', 'external_id'), name='one_per_external_id'), models.CheckConstraint(condition=models.Q(('ends_on', None), ('starts_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='initiative_ends_after_it_starts', violation_error_message='The end cannot be before the start.'), models.CheckConstraint(condition=models.Q(('percent', None), ('percent__lte', 100), _connector='OR'), name='initiative_percent'), models.CheckConstraint(condition=models.Q(('horizon', None), ('horizon__in', [1, 2, 3]), _connector='OR'), name='a_horizon'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'proposed', 'assessed', 'prioritised', 'funded', 'active', 'paused', 'completed', 'realised', 'declined', 'cancelled'])), name='initiative_status'), models.CheckConstraint(condition=models.Q(('type', ''), ('type__in', ['process', 'policy', 'it', 'content', 'people']), _connector='OR'), name='initiative_type'), models.CheckConstraint(condition=models.Q(('rank', None), ('rank__gte', 1), _connector='OR'), name='initiative_rank'), models.CheckConstraint(condition=models.Q(models.Q(('health', ''), ('health_on', None), ('stale_on', None)), models.Q(models.Q(('health', ''), _negated=True), ('health_on__isnull', False), ('stale_on__isnull', False)), _connector='OR'), name='health_has_a_day'), models.CheckConstraint(condition=models.Q(('accountable_department', None), ('accountable_person__isnull', False), _connector='OR'), name='accountable_by_name')],
                    },
                ),
                migrations.CreateModel(
                    name='AnsweredProblem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('left_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('left_at', models.DateTimeField(null=True)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answered_problems', to='portfolio.initiative')),
                        ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='journey.problem')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('initiative', 'problem'), name='problem_answered_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ImprovedTouchpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('left_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('left_at', models.DateTimeField(null=True)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='improved_touchpoints', to='portfolio.initiative')),
                        ('touchpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='journey.touchpoint')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('initiative', 'touchpoint'), name='touchpoint_improved_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Involvement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='portfolio.initiative')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='organization.department')),
                        ('letter', models.CharField(choices=[('R', 'Responsible'), ('A', 'Accountable'), ('C', 'Consulted'), ('I', 'Informed')], max_length=1)),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to=settings.AUTH_USER_MODEL)),
                        ('state', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('ended', 'Ended')], default='proposed', max_length=8)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['department', 'state'], name='involvement_by_department'), models.Index(fields=['person', 'state'], name='involvement_by_person')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('letter', 'A'), ('state', 'accepted')), fields=('initiative',), name='one_accountable'), models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'accepted'))), fields=('initiative', 'department', 'letter'), name='one_involvement_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('person__isnull', False), _connector='OR'), name='accepted_by_name')],
                    },
                ),
                migrations.CreateModel(
                    name='BenefitOwner',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='benefit_owners', to='portfolio.initiative')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned_benefits', to=settings.AUTH_USER_MODEL)),
                        ('state', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('ended', 'Ended')], default='proposed', max_length=8)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('initiative',), name='one_benefit_owner'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('initiative',), name='one_asked_for_benefit'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('answered_by', models.F('person')), ('answered_by__isnull', False)), _connector='OR'), name='benefit_accepted_in_person')],
                    },
                ),
                migrations.CreateModel(
                    name='BusinessCase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='portfolio.initiative')),
                        ('number', models.PositiveIntegerField()),
                        ('cost_low', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('cost_base', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('cost_high', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('benefit_low', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('benefit_base', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('benefit_high', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('metric', models.CharField(max_length=120)),
                        ('unit', models.CharField(max_length=40)),
                        ('better', models.CharField(choices=[('higher', 'Higher is better'), ('lower', 'Lower is better')], max_length=6)),
                        ('target', models.DecimalField(decimal_places=4, max_digits=13)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('initiative', 'number'), name='case_versions_in_order'), models.CheckConstraint(condition=models.Q(('cost_base__gte', models.F('cost_low')), ('cost_high__gte', models.F('cost_base')), ('cost_low__gte', 0)), name='costs_in_order'), models.CheckConstraint(condition=models.Q(('benefit_base__gte', models.F('benefit_low')), ('benefit_high__gte', models.F('benefit_base')), ('benefit_low__gte', 0)), name='benefits_in_order'), models.CheckConstraint(condition=models.Q(('better__in', ['higher', 'lower']), models.Q(('metric', ''), _negated=True), models.Q(('unit', ''), _negated=True)), name='metric_is_named')],
                    },
                ),
                migrations.CreateModel(
                    name='BaselineReading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='portfolio.initiative')),
                        ('value', models.DecimalField(decimal_places=4, max_digits=13)),
                        ('n', models.PositiveIntegerField()),
                        ('on', models.DateField()),
                        ('source', models.CharField(max_length=300)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('n__gte', 1), models.Q(('source', ''), _negated=True)), name='reading_of_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Milestone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='portfolio.initiative')),
                        ('title', models.CharField(max_length=200)),
                        ('due_on', models.DateField()),
                        ('promised_on', models.DateField()),
                        ('met_on', models.DateField(blank=True, null=True)),
                        ('dropped_on', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['due_on', 'id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('met_on', None), ('dropped_on', None), _connector='OR'), name='milestone_met_or_dropped')],
                    },
                ),
                migrations.CreateModel(
                    name='Baseline',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_on', models.DateField(null=True)),
                        ('ends_on', models.DateField(null=True)),
                        ('money', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.businesscase')),
                        ('reading', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.baselinereading')),
                        ('accountable_department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('accountable_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('benefit_owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('scope', models.JSONField()),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baselines', to='portfolio.initiative')),
                        ('number', models.PositiveIntegerField()),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('initiative', 'number'), name='baselines_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('proposed_by', None)), models.Q(('by__isnull', False), ('number__gte', 1), ('proposed_by__isnull', False), models.Q(('by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='baseline_of_two')],
                    },
                ),
                migrations.CreateModel(
                    name='Experiment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experiments', to='portfolio.initiative')),
                        ('hypothesis', models.TextField(max_length=2000)),
                        ('success', models.CharField(max_length=300, verbose_name='success metric')),
                        ('stops_on', models.DateField()),
                        ('promised_on', models.DateField()),
                        ('result', models.CharField(blank=True, choices=[('confirmed', 'Confirmed'), ('refuted', 'Refuted'), ('open', 'Inconclusive')], max_length=9)),
                        ('finding', models.TextField(blank=True, max_length=5000)),
                        ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('started_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('result', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('result__in', ['confirmed', 'refuted', 'open']), models.Q(('finding', ''), _negated=True)), _connector='OR'), name='experiment_ends_with_a_result')],
                    },
                ),
                migrations.CreateModel(
                    name='InitiativeUserPermission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                        ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='portfolio.initiative')),
                    ],
                    options={
                        'unique_together': {('user', 'permission', 'content_object')},
                        'abstract': False,
                        'indexes': [models.Index(fields=['content_object', 'user'], name='initiative_guest')],
                    },
                ),
                migrations.CreateModel(
                    name='InitiativeGroupPermission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                        ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='portfolio.initiative')),
                    ],
                    options={
                        'unique_together': {('group', 'permission', 'content_object')},
                        'abstract': False,
                        'indexes': [models.Index(fields=['content_object', 'group'], name='initiative_guests')],
                    },
                ),
                migrations.CreateModel(
                    name='CheckIn',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='portfolio.initiative')),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to=settings.AUTH_USER_MODEL)),
                        ('health', models.CharField(choices=[('green', 'On track'), ('amber', 'At risk'), ('red', 'Off track')], max_length=8)),
                        ('percent', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100)])),
                        ('done', models.TextField(blank=True, max_length=5000)),
                        ('next_steps', models.TextField(blank=True, max_length=5000)),
                        ('blockers', models.TextField(blank=True, max_length=5000)),
                        ('no_change', models.BooleanField(default=False)),
                    ],
                    options={
                        'ordering': ['-at', '-id'],
                        'indexes': [models.Index(fields=['initiative', '-at', '-id'], name='check_in_newest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('percent', None), ('percent__lte', 100), _connector='OR'), name='check_in_percent'), models.CheckConstraint(condition=models.Q(('health__in', ['green', 'amber', 'red'])), name='check_in_health')],
                    },
                ),
                migrations.CreateModel(
                    name='BaselineProposal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_on', models.DateField(null=True)),
                        ('ends_on', models.DateField(null=True)),
                        ('money', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.businesscase')),
                        ('reading', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.baselinereading')),
                        ('accountable_department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('accountable_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('benefit_owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('scope', models.JSONField()),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baseline_proposals', to='portfolio.initiative')),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=9)),
                        ('reason', models.TextField(max_length=2000)),
                        ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('proposed_at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('answer', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('initiative',), name='one_baseline_proposed'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'declined')), _negated=True), models.Q(('answered_by__isnull', False), models.Q(('answered_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='baseline_judged_by_another')],
                    },
                ),
                migrations.CreateModel(
                    name='Gate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gate', to='portfolio.milestone')),
                        ('tranche', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('passed', 'Passed'), ('killed', 'Killed')], default='waiting', max_length=8)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('tranche__gte', 0)), name='tranche_not_negative'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'passed', 'killed'])), name='gate_state')],
                    },
                ),
                migrations.CreateModel(
                    name='Criterion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('gate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='portfolio.gate')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('words', models.CharField(max_length=300)),
                        ('must', models.BooleanField()),
                        ('met', models.BooleanField(null=True)),
                        ('evidence', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'ordering': ['place'],
                    },
                ),
                migrations.CreateModel(
                    name='GateDecision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('gate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='portfolio.gate')),
                        ('verdict', models.CharField(choices=[('go', 'Go'), ('hold', 'Hold'), ('recycle', 'Recycle'), ('kill', 'Kill')], max_length=8)),
                        ('reason', models.TextField(max_length=2000)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('answers', models.JSONField()),
                    ],
                    options={
                        'ordering': ['-at', '-id'],
                    },
                ),
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                        ('name', models.CharField(max_length=80)),
                        ('query', models.CharField(blank=True, max_length=1000)),
                        ('shared', models.BooleanField(default=False)),
                        ('saved_at', models.DateTimeField(default=initiatives.core.clock.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(models.F('owner'), django.db.models.functions.text.Lower('name'), name='one_view_per_name')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='aimedrequest',
                    trigger=pgtrigger.compiler.Trigger(name='given_for_its_aims', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE work portfolio_initiative%ROWTYPE;', func="\n        IF NEW.state = OLD.state OR NEW.state NOT IN ('submitted', 'allocated') THEN RETURN NEW; END IF;\n        SELECT * INTO work FROM portfolio_initiative WHERE cost_object_id = NEW.cost_object_id;\n        IF NOT FOUND THEN RETURN NEW; END IF;\n        PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)\n            ORDER BY id FOR NO KEY UPDATE;\n        IF EXISTS (\n            SELECT FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id\n            WHERE line.request_id = NEW.id AND cardinality(pool.for_types) > 0 AND work.type <> ALL (pool.for_types))\n        THEN RAISE EXCEPTION 'A pool that is asked does not give money for initiatives of this type.' USING ERRCODE = 'check_violation', CONSTRAINT = 'pool_gives_for_other_types';\n        END IF;\n        IF EXISTS (\n            SELECT FROM funding_requestline line WHERE line.request_id = NEW.id\n                AND EXISTS (SELECT FROM funding_pool_for_stages kept WHERE kept.pool_id = line.pool_id)\n                AND NOT EXISTS (\n                    SELECT FROM funding_pool_for_stages kept\n                    WHERE kept.pool_id = line.pool_id AND kept.stage_id IN (\n    SELECT place.stage_id FROM portfolio_improvedtouchpoint aim\n        JOIN journey_touchpoint place ON place.id = aim.touchpoint_id\n        WHERE aim.initiative_id = work.id AND aim.left_at IS NULL\n    UNION\n    SELECT place.stage_id FROM portfolio_answeredproblem aim\n        JOIN journey_problemtouchpoint link ON link.problem_id = aim.problem_id\n        JOIN journey_touchpoint place ON place.id = link.touchpoint_id\n        WHERE aim.initiative_id = work.id AND aim.left_at IS NULL)))\n        THEN RAISE EXCEPTION 'A pool that is asked gives money for other stages only.' USING ERRCODE = 'check_violation', CONSTRAINT = 'pool_gives_for_other_stages';\n        END IF;\n        RETURN NEW;\n    ", hash='88a4d0c9f7df98fe5d3c669e8410f45ddcecfb83', operation='UPDATE OF "state"', pgid='pgtrigger_given_for_its_aims_98b81', table='funding_fundingrequest', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='initiative',
                    trigger=pgtrigger.compiler.Trigger(name='life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:proposed,proposed:assessed,assessed:prioritised,prioritised:funded,funded:active,active:completed,completed:realised,active:paused,paused:active,proposed:declined,assessed:declined,prioritised:declined,draft:cancelled,proposed:cancelled,assessed:cancelled,prioritised:cancelled,funded:cancelled,active:cancelled,paused:cancelled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='5691fb6e69e529bb36567678a5dffe70517018a2', operation='UPDATE', pgid='pgtrigger_life_c1a47', table='portfolio_initiative', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='initiative',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1c9c28ee41b7c4a6c40cfbe1db24ea4f1d6f53d8', operation='DELETE', pgid='pgtrigger_keep_899c9', table='portfolio_initiative', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='answeredproblem',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ca06acfb9688fcfe53ee71252cf4774367d89fd9', operation='DELETE', pgid='pgtrigger_keep_7f096', table='portfolio_answeredproblem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='answeredproblem',
                    trigger=pgtrigger.compiler.Trigger(name='left_stays_left', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."left_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e76cae1302e7fcf796939db10d05c7c6da8a6af3', operation='UPDATE', pgid='pgtrigger_left_stays_left_fd3ba', table='portfolio_answeredproblem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='improvedtouchpoint',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f5ab7f1a0a6a2ed752abf4d253d12614a45e973c', operation='DELETE', pgid='pgtrigger_keep_487e4', table='portfolio_improvedtouchpoint', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='improvedtouchpoint',
                    trigger=pgtrigger.compiler.Trigger(name='left_stays_left', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."left_at" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='db10e0aa1c123b5c140d2b94d49f6b8756e529ab', operation='UPDATE', pgid='pgtrigger_left_stays_left_e7f85', table='portfolio_improvedtouchpoint', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='benefitowner',
                    trigger=pgtrigger.compiler.Trigger(name='benefit_life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{proposed:accepted,proposed:declined,proposed:ended,accepted:ended}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='55221b7c1470c967c8617cf55b4ce8ee244db35c', operation='UPDATE', pgid='pgtrigger_benefit_life_54176', table='portfolio_benefitowner', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='benefitowner',
                    trigger=pgtrigger.compiler.Trigger(name='benefit_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cb45c6d4d71b5e30efd622f82b1bb41d1c883815', operation='DELETE', pgid='pgtrigger_benefit_kept_f6b04', table='portfolio_benefitowner', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='benefitowner',
                    trigger=pgtrigger.compiler.Trigger(name='benefit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."initiative_id" IS DISTINCT FROM (NEW."initiative_id") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f0ac51b9f5c18c53f214cbf42f01f577cabdca6c', operation='UPDATE', pgid='pgtrigger_benefit_stays_a3488', table='portfolio_benefitowner', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='businesscase',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='76fff2a201f8e97efef1c277a24fe2364ba996a8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55814', table='portfolio_businesscase', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='businesscase',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='88b577611f7c9ab3043961a69df0ca08e636f0e3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_b0fd3', table='portfolio_businesscase', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baselinereading',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e339b8db587a798d271a4f78236b01a68582d7b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1b9e9', table='portfolio_baselinereading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baselinereading',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='e33d610375e31a73e37a5ea02551a06a87f108d0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_472be', table='portfolio_baselinereading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baseline',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='95398620906e99417912b6ea33f6fdc6cec6e9db', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cf7a6', table='portfolio_baseline', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baseline',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='2fa2662ff51131229ec60aa1bdafeb04475fb2f1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_19bd1', table='portfolio_baseline', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='experiment',
                    trigger=pgtrigger.compiler.Trigger(name='experiment_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2894a21abc91bdffe1e9957583f31667934894b0', operation='DELETE', pgid='pgtrigger_experiment_kept_7c31b', table='portfolio_experiment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='experiment',
                    trigger=pgtrigger.compiler.Trigger(name='result_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."result" = \'\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ef7e417fa43358284e738e7811931e65c62aef01', operation='UPDATE', pgid='pgtrigger_result_stays_a521b', table='portfolio_experiment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='experiment',
                    trigger=pgtrigger.compiler.Trigger(name='experiment_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."initiative_id" IS DISTINCT FROM (NEW."initiative_id") OR OLD."hypothesis" IS DISTINCT FROM (NEW."hypothesis") OR OLD."success" IS DISTINCT FROM (NEW."success") OR OLD."promised_on" IS DISTINCT FROM (NEW."promised_on") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3fac2cf12ee001afcb44deadbc73be4e8ad7afec', operation='UPDATE', pgid='pgtrigger_experiment_stays_91a8a', table='portfolio_experiment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='checkin',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='00ff5e970dc45c41480bf58cb081117c33cd0b8c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c329b', table='portfolio_checkin', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='checkin',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='084a5933772c0c20e2ccf49973b4c939708de6ad', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_d0de8', table='portfolio_checkin', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baselineproposal',
                    trigger=pgtrigger.compiler.Trigger(name='proposal_life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:approved,waiting:declined,waiting:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='898862c5fe68ecbbe2a8087734e060f3fc315164', operation='UPDATE', pgid='pgtrigger_proposal_life_59bae', table='portfolio_baselineproposal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baselineproposal',
                    trigger=pgtrigger.compiler.Trigger(name='proposal_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7404ef06039acb9e7a098750af13c0a3d635c84a', operation='DELETE', pgid='pgtrigger_proposal_kept_0de9a', table='portfolio_baselineproposal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='baselineproposal',
                    trigger=pgtrigger.compiler.Trigger(name='proposal_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."initiative_id" IS DISTINCT FROM (NEW."initiative_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."money" IS DISTINCT FROM (NEW."money") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."reading_id" IS DISTINCT FROM (NEW."reading_id") OR OLD."accountable_department_id" IS DISTINCT FROM (NEW."accountable_department_id") OR OLD."accountable_person_id" IS DISTINCT FROM (NEW."accountable_person_id") OR OLD."benefit_owner_id" IS DISTINCT FROM (NEW."benefit_owner_id") OR OLD."scope" IS DISTINCT FROM (NEW."scope"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ff2b4c0be40c2e8839fa430cfc70d93a511a0283', operation='UPDATE', pgid='pgtrigger_proposal_stays_2912b', table='portfolio_baselineproposal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gate',
                    trigger=pgtrigger.compiler.Trigger(name='gate_life', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:passed,waiting:killed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='5332ff137dfde49a27cf4a107525e923add733bb', operation='UPDATE', pgid='pgtrigger_gate_life_28cf7', table='portfolio_gate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gate',
                    trigger=pgtrigger.compiler.Trigger(name='gate_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1bb5ab8f016fc952d8f519ecb9a904ca8b280ccc', operation='DELETE', pgid='pgtrigger_gate_kept_e417a', table='portfolio_gate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gate',
                    trigger=pgtrigger.compiler.Trigger(name='gate_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."milestone_id" IS DISTINCT FROM (NEW."milestone_id") OR OLD."tranche" IS DISTINCT FROM (NEW."tranche"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b25dfc5e019c8a1d3f60e14142cbd1578886717f', operation='UPDATE', pgid='pgtrigger_gate_stays_506f7', table='portfolio_gate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gate',
                    trigger=pgtrigger.compiler.Trigger(name='holds_money', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE more numeric;', func="\n        more := CASE WHEN NEW.state = 'waiting' THEN NEW.tranche ELSE 0 END;\n        IF TG_OP = 'UPDATE' AND OLD.state = 'waiting' THEN more := more - OLD.tranche; END IF;\n        IF more <> 0 THEN\n            UPDATE funding_costobject SET held = held + more WHERE id = (\n                SELECT initiative.cost_object_id FROM portfolio_milestone milestone\n                    JOIN portfolio_initiative initiative ON initiative.id = milestone.initiative_id\n                WHERE milestone.id = NEW.milestone_id);\n        END IF;\n        RETURN NULL;\n    ", hash='12605ce5543936b04820f29f03fff58b9e7ec6f9', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_holds_money_01cbf', table='portfolio_gate', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='criterion',
                    trigger=pgtrigger.compiler.Trigger(name='criterion_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='786b189bf7d55a99a685a797942565854daaea23', operation='DELETE', pgid='pgtrigger_criterion_kept_cd72b', table='portfolio_criterion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gatedecision',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='54e3c3fa715e8a0d1c4683cc0f719f00f1bf1888', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2e680', table='portfolio_gatedecision', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='gatedecision',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='bb633e62c4eed4cdbdf19c035bed10e096c701c2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e3f8b', table='portfolio_gatedecision', when='BEFORE')),
                ),
            ],
        ),
    ]
