"""What the application's role may do in the database: nothing that the tables' owner keeps to itself.

With DATABASE_OWNER_URL set, migrations are the owner's and DATABASE_URL is a role that reads and writes rows: no table is its
own, so it switches no trigger off. What each table lets it do is read from the table's triggers: what one of them refuses
whatever the row, the role has no right to either. See docs/decisions/0010.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

# What makes tables, changes them, looks at their history also before it is granted, or winds sequences on.
OWNERS_COMMANDS = frozenset({"makemigrations", "migrate", "pgtrigger", "seed_world", "showmigrations"})

# django-pgtrigger makes this function beside its triggers, and whoever names a trigger in a setting of the session passes it.
# Ours lets nobody pass but who may switch triggers off anyway: the function's owner, and theirs.
IGNORES = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('pgtrigger.ignore', true), '') = '' THEN
        RETURN false;
    END IF;
    RETURN trigger_name = ANY(current_setting('pgtrigger.ignore')::text[]) AND pg_has_role(current_user, (
        SELECT proowner FROM pg_proc WHERE oid = 'public._pgtrigger_should_ignore(name)'::regprocedure
    ), 'USAGE');
END
$$
"""

EXCESS_IN_WORDS = (
    "owns tables, or belongs to a role that does",
    "switches triggers off for its session (session_replication_role)",
    "changes or deletes rows that are only ever added",
    "makes triggers or empties whole tables",
    "makes tables, or temporary ones that stand before them",
    "passes triggers by pgtrigger.ignore",
)
EXCESS = """
SELECT
    EXISTS (SELECT FROM unnest(%(tables)s) t JOIN pg_class ON oid = t::regclass WHERE pg_has_role(relowner, 'USAGE')),
    has_parameter_privilege('session_replication_role', 'SET'),
    EXISTS (SELECT FROM unnest(%(append_only)s) t WHERE has_table_privilege(t, 'UPDATE, DELETE')),
    EXISTS (SELECT FROM unnest(%(tables)s) t WHERE has_table_privilege(t, 'TRIGGER, TRUNCATE')),
    has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE, TEMPORARY'),
    (SELECT public._pgtrigger_should_ignore('x') FROM set_config('pgtrigger.ignore', '{x}', true))
"""


def act_as_owner(arguments: Sequence[str]) -> None:
    """Let a command that changes tables connect as their owner; to be called before anything connects."""
    if settings.DATABASE_OWNER and arguments[1:2] and arguments[1] in OWNERS_COMMANDS:
        settings.DATABASES[DEFAULT_DB_ALIAS].update(settings.DATABASE_OWNER)


def after_migrating(**kwargs: Any) -> None:
    """Django's post_migrate, which Django sends also when tests emptied the tables: then nothing changed."""
    if "plan" not in kwargs or not is_owner():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IGNORES)
        if settings.DATABASE_ROLE:
            grant(settings.DATABASE_ROLE)


def is_owner() -> bool:
    """Whether who is connected may change the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('core_event')")
        return bool((cursor.fetchone() or [False])[0])


def refused() -> dict[str, set[str]]:
    """By table, what a trigger refuses whatever the row: "UPDATE", "DELETE"."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, pgtrigger.Protect) and not isinstance(trigger, pgtrigger.ReadOnly) and not trigger.condition:
            found[model._meta.db_table] |= set(str(trigger.operation).split(" OR "))
    return found


def granted() -> dict[str, list[str]]:
    """By privilege, the tables on which the application's role has it."""
    tables, kept = sorted(set(connection.introspection.django_table_names(only_existing=True))), refused()
    return {
        "SELECT": [*tables, MigrationRecorder.Migration._meta.db_table],
        "INSERT": tables,
        "UPDATE": [table for table in tables if "UPDATE" not in kept[table]],
        "DELETE": [table for table in tables if "DELETE" not in kept[table]],
    }


def append_only() -> list[str]:
    """The tables whose rows are only ever added."""
    return sorted(table for table, operations in refused().items() if {"UPDATE", "DELETE"} <= operations)


def excess() -> list[str]:
    """What whoever is connected may do beyond the application's needs; nothing while no table is granted to it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_event') IS NOT NULL AND has_table_privilege('core_event', 'INSERT')")
        if cursor.fetchone() != (True,):
            return []
        cursor.execute(EXCESS, {"tables": granted()["INSERT"], "append_only": append_only()})
        return [words for words, found in zip(EXCESS_IN_WORDS, cursor.fetchone(), strict=True) if found]


def grant(role: str) -> None:
    """Give `role` what the application needs and take everything else; the owner of the tables calls this."""
    name = quoted([role])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        (database,) = cursor.fetchone()
        cursor.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}")
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {database} TO CURRENT_USER")
        cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for privilege, tables in granted().items():
            cursor.execute(f"GRANT {privilege} ON {quoted(tables)} TO {name}")


def quoted(names: Iterable[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)
