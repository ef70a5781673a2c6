import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import initiatives.core.clock
import initiatives.core.migrating
import initiatives.organization.models.calendar
import initiatives.organization.models.people
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('organization', '0001_people'), ('organization', '0002_invitations_moves_and_grants'), ('organization', '0003_working_calendar'), ('organization', '0004_to_be_told')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),  # trusted extensions: the owner of the database may create them, no superuser is needed
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='WorkingWeek',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')]), default=initiatives.organization.models.calendar.week_of_default, size=None)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_working_week'), models.CheckConstraint(condition=models.Q(('days__contained_by', [1, 2, 3, 4, 5, 6, 7]), ('days__len__gte', 1)), name='week_of_weekdays')],
                    },
                ),
                migrations.CreateModel(
                    name='Department',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organization.department')),
                        ('code', models.CharField(max_length=20)),
                        ('name', models.CharField(max_length=120)),
                        ('cost_centre', models.CharField(blank=True, max_length=20)),
                        ('closed_on', models.DateField(blank=True, null=True)),
                        ('stewards', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='department', to='auth.group')),
                        ('version', models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='one_department_per_code'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='no_department_under_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='Holiday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holidays', to='organization.department')),
                        ('day', models.DateField()),
                        ('name', models.CharField(max_length=60)),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('department', 'day'), name='one_holiday_a_day', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('email', models.EmailField(error_messages={'unique': 'Somebody with this e-mail address is already here.'}, max_length=254, unique=True, verbose_name='e-mail')),
                        ('name', models.CharField(max_length=120)),
                        ('is_active', models.BooleanField(default=True)),
                        ('time_zone', models.CharField(default='Europe/Berlin', max_length=64, validators=[initiatives.organization.models.people.validate_time_zone])),
                        ('locale', models.CharField(default='en-gb', max_length=16)),
                        ('theme', models.CharField(choices=[('system', 'As my device'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=8)),
                        ('joined_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('to_be_told', models.JSONField(blank=True, default=list)),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='email_in_lower_case'), models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='nobody_is_a_superuser')],
                    },
                ),
                migrations.CreateModel(
                    name='Role',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(choices=[('administrator', 'Administrator'), ('cxo', 'CXO'), ('ceo', 'CEO'), ('finance', 'Finance'), ('head', 'Department head'), ('deputy', 'Deputy'), ('contributor', 'Contributor'), ('auditor', 'Auditor')], max_length=16)),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='organization.department')),
                        ('starts', models.DateField()),
                        ('ends', models.DateField(blank=True, null=True)),
                        ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-starts', '-id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='role_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('granted_by', models.F('person')), _negated=True), _connector='OR'), name='role_granted_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('department', None), ('kind__in', ('administrator', 'cxo', 'ceo', 'finance', 'auditor'))), models.Q(models.Q(('kind__in', ('administrator', 'cxo', 'ceo', 'finance', 'auditor')), _negated=True), ('department__isnull', False)), _connector='OR'), name='role_in_the_right_place'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'head')), expressions=[('department', '='), (models.Func('starts', 'ends', models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_head_at_a_time'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('kind', '='), (django.db.models.functions.comparison.Coalesce('department', models.Value(0), output_field=models.BigIntegerField()), '='), (models.Func('starts', 'ends', models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_role_of_a_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                        ('name', models.CharField(max_length=120)),
                        ('kind', models.CharField(choices=[('administrator', 'Administrator'), ('cxo', 'CXO'), ('ceo', 'CEO'), ('finance', 'Finance'), ('head', 'Department head'), ('deputy', 'Deputy'), ('contributor', 'Contributor'), ('auditor', 'Auditor')], max_length=16)),
                        ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('token_hash', models.CharField(max_length=64, unique=True)),
                        ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('invited_at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('expires_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(null=True)),
                        ('withdrawn_at', models.DateTimeField(null=True)),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('email',), name='one_open_invitation_per_address'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='invitation_accepted_or_withdrawn')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='department',
                    trigger=pgtrigger.compiler.Trigger(name='no_loop', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN RETURN NEW; END IF;\nPERFORM pg_advisory_xact_lock(hashtext('organization_department.parent'));\nIF EXISTS (\n    WITH RECURSIVE above(id, parent_id) AS (\n        SELECT id, parent_id FROM organization_department WHERE id = NEW.parent_id\n        UNION\n        SELECT d.id, d.parent_id FROM organization_department d JOIN above ON d.id = above.parent_id\n    )\n    SELECT FROM above WHERE id = NEW.id\n) THEN\n    RAISE EXCEPTION 'department % would stand under itself', NEW.id\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'no_department_loop';\nEND IF;\nRETURN NEW;\n", hash='05b418aa4d2e996d059b233e4c9cf57e96dc9a5d', operation='UPDATE', pgid='pgtrigger_no_loop_82019', table='organization_department', when='BEFORE')),
                ),
            ],
        ),
    ]
