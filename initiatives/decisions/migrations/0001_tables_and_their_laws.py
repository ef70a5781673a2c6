import django.core.validators
import django.db.models.deletion
import initiatives.core.clock
import initiatives.core.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# What was decided before is not asked about.
BOUND = "INSERT INTO decisions_paperbound (amount, reason, at) VALUES (50000, 'The bound to begin with.', now())"


class Migration(migrations.Migration):

    replaces = [('decisions', '0001_rankings'), ('decisions', '0002_log'), ('decisions', '0003_scenarios'), ('decisions', '0004_rounds'), ('decisions', '0001_tables_and_laws'), ('decisions', '0002_wanted_papers')]

    initial = True

    dependencies = [
        ('core', '0001_tables_and_laws'),
        ('funding', '0001_tables_and_their_laws'),
        ('organization', '0001_tables_and_laws'),
        ('portfolio', '0001_tables_and_their_laws'),
    ]

    operations = [
        initiatives.core.migrating.Together(
            operations=[
                migrations.CreateModel(
                    name='Assessment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='portfolio.initiative')),
                        ('value', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)])),
                        ('effort', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)])),
                        ('rationale', models.TextField(max_length=2000)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now)),
                        ('superseded_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('initiative',), name='one_current_assessment'), models.CheckConstraint(condition=models.Q(('effort__range', (1, 10)), ('value__range', (1, 10))), name='assessment_on_its_scale'), models.CheckConstraint(condition=models.Q(('rationale', ''), _negated=True), name='assessment_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Ranking',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(null=True, unique=True)),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=9)),
                        ('rationale', models.TextField(blank=True, max_length=5000)),
                        ('published_at', models.DateTimeField(null=True)),
                        ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='one_draft_ranking'), models.CheckConstraint(condition=models.Q(models.Q(('number', None), ('published_at', None), ('published_by', None), ('state', 'draft')), models.Q(('number__gte', 1), ('published_at__isnull', False), ('published_by__isnull', False), ('state', 'published'), models.Q(('rationale', ''), _negated=True)), _connector='OR'), name='published_with_a_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Placement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ranking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='decisions.ranking')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.initiative')),
                        ('position', models.PositiveIntegerField()),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('ranking', 'initiative'), name='one_placement_each'), models.UniqueConstraint(fields=('ranking', 'position'), name='one_at_a_place')],
                    },
                ),
                migrations.CreateModel(
                    name='RankedItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ranking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='decisions.ranking')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranked', to='portfolio.initiative')),
                        ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.assessment')),
                        ('position', models.PositiveIntegerField()),
                        ('model_position', models.PositiveIntegerField()),
                        ('placed', models.BooleanField(default=False)),
                        ('reason', models.TextField(blank=True, max_length=2000)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('ranking', 'position'), name='one_item_a_position'), models.UniqueConstraint(fields=('ranking', 'initiative'), name='ranked_once'), models.CheckConstraint(condition=models.Q(models.Q(('placed', True), models.Q(('reason', ''), _negated=True)), models.Q(('placed', False), ('reason', '')), _connector='OR'), name='overruled_with_a_reason'), models.CheckConstraint(condition=models.Q(('model_position__gte', 1), ('position__gte', 1)), name='positions_start_at_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Scenario',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='funding.fiscalyear')),
                        ('name', models.CharField(max_length=80)),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('approved', 'The plan'), ('archived', 'Archived')], default='draft', max_length=10)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('note', models.TextField(blank=True, max_length=2000)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('year', 'name'), name='one_scenario_a_name'), models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('year',), name='one_plan_a_year'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(models.Q(('note', ''), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='approved_with_a_note')],
                    },
                ),
                migrations.CreateModel(
                    name='ScenarioLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='decisions.scenario')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.initiative')),
                        ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.pool')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('scenario', 'initiative', 'pool'), name='planned_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='planned_amounts_are_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='Paper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='core.event')),
                        ('rationale', models.TextField(max_length=5000)),
                        ('options', models.TextField(blank=True, max_length=5000)),
                        ('dissent', models.TextField(blank=True, max_length=5000)),
                        ('review_on', models.DateField(blank=True, null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('', 'Not reviewed'), ('kept', 'It stands'), ('changed', 'It is decided anew')], default='', max_length=8)),
                        ('reviews', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review_of', to='decisions.paper')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('reviews', None)), models.Q(models.Q(('outcome', ''), _negated=True), ('reviews__isnull', False)), _connector='OR'), name='a_review_reviews')],
                    },
                ),
                migrations.CreateModel(
                    name='Round',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=200)),
                        ('cap', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('minimum', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                        ('closes_on', models.DateField()),
                        ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6)),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('opened_at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('closed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='one_open_round'), models.CheckConstraint(condition=models.Q(('cap__gt', 0), ('minimum__gte', 0), ('minimum__lte', models.F('cap'))), name='round_amounts'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state', 'closed')), _connector='OR'), name='round_closed_at_an_instant')],
                    },
                ),
                migrations.CreateModel(
                    name='RoundCandidate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='decisions.round')),
                        ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portfolio.initiative')),
                        ('lead_department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('position', models.PositiveSmallIntegerField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('round', 'initiative'), name='in_a_round_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RoundBallot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='decisions.round')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department')),
                        ('cast_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('cast_at', models.DateTimeField(null=True)),
                        ('version', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('round', 'department'), name='one_round_ballot_each'), models.CheckConstraint(condition=models.Q(models.Q(('cast_at', None), ('cast_by', None), ('version', 0)), models.Q(('cast_at__isnull', False), ('cast_by__isnull', False), ('version__gte', 1)), _connector='OR'), name='ballot_cast_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Portion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='decisions.roundballot')),
                        ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='portions', to='decisions.roundcandidate')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('ballot', 'candidate'), name='one_portion_each'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='portion_above_zero')],
                    },
                ),
                migrations.CreateModel(
                    name='PaperBound',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                        ('reason', models.TextField(max_length=2000)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(default=initiatives.core.clock.now, editable=False)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='paper_bound_not_negative')],
                    },
                ),
            ],
        ),
        initiatives.core.migrating.Together(
            operations=[
                pgtrigger.migrations.AddTrigger(
                    model_name='assessment',
                    trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ac3e7b4eed7b05151b5dab8132844e0e2a194c84', operation='DELETE', pgid='pgtrigger_never_deleted_2e5bc', table='decisions_assessment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='assessment',
                    trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."initiative_id" IS DISTINCT FROM (NEW."initiative_id") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."effort" IS DISTINCT FROM (NEW."effort") OR OLD."rationale" IS DISTINCT FROM (NEW."rationale") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='00da7e431c672ccc85b1c4b440a7331b059c3c46', operation='UPDATE', pgid='pgtrigger_never_changed_29df6', table='decisions_assessment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='assessment',
                    trigger=pgtrigger.compiler.Trigger(name='set_aside_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."superseded_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4f72cc0c9e0c927d353c4807fb773e998be8a4fc', operation='UPDATE', pgid='pgtrigger_set_aside_once_0beed', table='decisions_assessment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ranking',
                    trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'published\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3ab86f0bcad30f0aee3a7f3af45f415d93ad1d4b', operation='UPDATE', pgid='pgtrigger_published_stays_014b8', table='decisions_ranking', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ranking',
                    trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8ff2ee00fe9325dd6cd2b3c2aa5e6f6760534de2', operation='DELETE', pgid='pgtrigger_never_deleted_379dd', table='decisions_ranking', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='rankeditem',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='59be20cccc46734cbfad744abe8b74cc20809b79', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fc698', table='decisions_rankeditem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='rankeditem',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='1c9dbe55e8e08c71b14d00ca108f4bd04a058a3f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_74757', table='decisions_rankeditem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='rankeditem',
                    trigger=pgtrigger.compiler.Trigger(name='written_with_its_ranking', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF (SELECT state FROM decisions_ranking WHERE id = NEW.ranking_id) <> 'draft' THEN RAISE EXCEPTION 'A published ranking stays as it is.' USING ERRCODE = 'check_violation', CONSTRAINT = 'published_ranking_stays'; END IF; RETURN NEW;", hash='98cedb2145614830f409fc57a2d6160b9fa0e073', operation='INSERT', pgid='pgtrigger_written_with_its_ranking_b9f92', table='decisions_rankeditem', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='scenario',
                    trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3b1d63bba0a56125219eb4636e034e6d4ff883d9', operation='DELETE', pgid='pgtrigger_keep_74b3f', table='decisions_scenario', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='scenario',
                    trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:approved,draft:archived,approved:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='9e42492d0e87e6646b7e9b67ce115d94ce550867', operation='UPDATE', pgid='pgtrigger_steps_d18c3', table='decisions_scenario', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='scenarioline',
                    trigger=pgtrigger.compiler.Trigger(name='lines_of_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE line decisions_scenarioline%ROWTYPE; one decisions_scenario%ROWTYPE;', func="\n        IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;\n        SELECT * INTO STRICT one FROM decisions_scenario WHERE id = line.scenario_id FOR SHARE;\n        IF one.state <> 'draft' OR TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'What was approved or archived stays as it is.' USING ERRCODE = 'check_violation', CONSTRAINT = 'scenarios_stay'; END IF;\n        IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM funding_pool WHERE id = line.pool_id AND year_id = one.year_id) THEN\n            RAISE EXCEPTION 'A scenario plans with the pools of its year.' USING ERRCODE = 'check_violation', CONSTRAINT = 'planned_from_its_year';\n        END IF;\n        RETURN line;\n    ", hash='9ebc236914f45bb1e61e30fa30227efa1c11f207', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_lines_of_drafts_2d995', table='decisions_scenarioline', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paper',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='262636ba6bba03670e976254c6a69a22be43026a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_51cc3', table='decisions_paper', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paper',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='263bb6d15e6053b5d98edd8f7fc67d5863a7d7ff', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_b5ef1', table='decisions_paper', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='round',
                    trigger=pgtrigger.compiler.Trigger(name='closed_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'closed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='20a6eba6dd6ceefb88b860f031f8cde6fc6f59a5', operation='UPDATE', pgid='pgtrigger_closed_stays_39e52', table='decisions_round', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='round',
                    trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='03ad2977b8db59ca12fe5414e8d85cd437913fc6', operation='DELETE', pgid='pgtrigger_never_deleted_57f0d', table='decisions_round', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='round',
                    trigger=pgtrigger.compiler.Trigger(name='as_opened', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."cap" IS DISTINCT FROM (NEW."cap") OR OLD."minimum" IS DISTINCT FROM (NEW."minimum") OR OLD."closes_on" IS DISTINCT FROM (NEW."closes_on") OR OLD."opened_by_id" IS DISTINCT FROM (NEW."opened_by_id") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4db5c7f8dba0f3133e67dc32f06a3c14c05096e1', operation='UPDATE', pgid='pgtrigger_as_opened_b0bce', table='decisions_round', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundcandidate',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='375f24c3383b2a21a473b9ea5084d07f2d9052a1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6dbc1', table='decisions_roundcandidate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundcandidate',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='341f1519c89bb1a2956bc833b15e2c8a98069cee', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e0550', table='decisions_roundcandidate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundcandidate',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM decisions_round WHERE id = COALESCE(NEW.round_id, OLD.round_id)) IS DISTINCT FROM 'open' THEN\n                RAISE EXCEPTION 'This round is closed and stays as it is.' USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays_as_divided';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n            ", hash='1c09e30d7aa6aa76c2da7ab4256a298711a0167b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_open_464bc', table='decisions_roundcandidate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundballot',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM decisions_round WHERE id = COALESCE(NEW.round_id, OLD.round_id)) IS DISTINCT FROM 'open' THEN\n                RAISE EXCEPTION 'This round is closed and stays as it is.' USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays_as_divided';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n            ", hash='78285338bbff5a5aed4aafb20bc503a565498bb6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_open_caeb3', table='decisions_roundballot', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundballot',
                    trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d37bd41cc33bb57834c04d4b858f3d9a67eec46b', operation='DELETE', pgid='pgtrigger_never_deleted_dccea', table='decisions_roundballot', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='roundballot',
                    trigger=pgtrigger.compiler.Trigger(name='of_one_department', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4fbc1e77e522803d40d13d72c7f62e5040a2917e', operation='UPDATE', pgid='pgtrigger_of_one_department_54c56', table='decisions_roundballot', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='portion',
                    trigger=pgtrigger.compiler.Trigger(name='only_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (SELECT state FROM decisions_round WHERE id = (SELECT round_id FROM decisions_roundballot WHERE id = COALESCE(NEW.ballot_id, OLD.ballot_id))) IS DISTINCT FROM 'open' THEN\n                RAISE EXCEPTION 'This round is closed and stays as it is.' USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays_as_divided';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n            ", hash='ff50fe4f8fcf560cb896719e6a935bdb856ebdaf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_while_open_40dad', table='decisions_portion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='portion',
                    trigger=pgtrigger.compiler.Trigger(name='within_the_amount', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        PERFORM FROM decisions_roundballot WHERE id = NEW.ballot_id FOR NO KEY UPDATE;\n        IF NOT EXISTS (\n            SELECT FROM decisions_roundballot ballot JOIN decisions_roundcandidate candidate USING (round_id)\n            WHERE ballot.id = NEW.ballot_id AND candidate.id = NEW.candidate_id)\n        THEN RAISE EXCEPTION 'This initiative is not in the round.' USING ERRCODE = 'check_violation', CONSTRAINT = 'portion_of_its_own_round';\n        END IF;\n        IF (SELECT sum(amount) FROM decisions_portion WHERE ballot_id = NEW.ballot_id)\n            > (SELECT cap FROM decisions_round JOIN decisions_roundballot ballot ON round_id = decisions_round.id\n               WHERE ballot.id = NEW.ballot_id)\n        THEN RAISE EXCEPTION 'This is more than a department may divide.' USING ERRCODE = 'check_violation', CONSTRAINT = 'ballot_within_its_amount';\n        END IF;\n        RETURN NULL;\n        ", hash='ceb03cb527ab2bb714563d8dd5ea4f3ce803a4e3', operation='INSERT OR UPDATE', pgid='pgtrigger_within_the_amount_8cfce', table='decisions_portion', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paperbound',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f50017e52457c9d0b4ca541194a5765df72f2050', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07334', table='decisions_paperbound', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paperbound',
                    trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;", hash='a4a12fb7a95199fbed051c212a9d8c61c3d6f823', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_81ff8', table='decisions_paperbound', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunSQL(BOUND, migrations.RunSQL.noop),
    ]
