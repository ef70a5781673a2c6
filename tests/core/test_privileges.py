"""What the application's role may do: write rows, and add to what is only added to. Nothing that would switch a trigger off."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from cxgov import env
from initiatives.core import checks, privileges
from initiatives.core.models import Event, Seal
from tests.cast import Cast
from tests.role import ROLE, serving

DENIED = "42501"  # insufficient_privilege
TRAIL = "core_event"


def carried_out(statement: str) -> bool:
    """Whether it goes through. Undone in any case; refused for any reason but its privileges, it is an error here too."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        if error.__cause__.pgcode != DENIED:
            raise
        return False
    return True


def test_what_is_only_added_to_is_neither_changed_nor_deleted_nor_emptied_under_the_role(db: None) -> None:
    kept = privileges.append_only()
    assert {TRAIL, "core_seal", "funding_journal", "funding_transfer", "funding_approval", "portfolio_checkin"} <= set(kept)
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models()}
    acts = ("DELETE FROM {0}", "TRUNCATE {0} CASCADE", "UPDATE {0} SET {1} = {1}")
    with serving():
        passed = [(act, table) for table in kept for act in acts if carried_out(act.format(table, keys[table]))]
    assert passed == []


def test_no_table_is_the_roles_own(db: None) -> None:
    tables = privileges.granted()["SELECT"]
    with serving():
        passed = [table for table in tables if carried_out(f"ALTER TABLE {table} DISABLE TRIGGER USER")]
    assert (len(tables) > 100, passed) == (True, [])


REFUSED = (
    "SET session_replication_role = replica",
    f"ALTER TABLE {TRAIL} DISABLE TRIGGER ALL",
    f"DROP TABLE {TRAIL} CASCADE",
    f"CREATE TRIGGER mine BEFORE INSERT ON {TRAIL} FOR EACH ROW EXECUTE FUNCTION core_seal_event()",
    f"DROP TRIGGER core_event_seal ON {TRAIL}",
    f"CREATE RULE mine AS ON INSERT TO {TRAIL} DO INSTEAD NOTHING",
    "DROP FUNCTION core_seal_event() CASCADE",
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE TABLE mine (n int)",
    f"CREATE TEMPORARY TABLE {TRAIL} (n int)",  # it would stand before the real one wherever a trigger looks
    "CREATE SCHEMA mine",
    "DELETE FROM django_migrations",
    "SELECT setval('portfolio_reference', 1)",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_role_makes_nothing_and_switches_nothing_off(db: None, statement: str) -> None:
    with serving():
        assert not carried_out(statement)
    assert carried_out(statement)  # the negative control: the owner can


def test_a_setting_of_the_session_passes_no_trigger_but_for_the_owner(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{pgtrigger_life_0}'")
        ask = "SELECT public._pgtrigger_should_ignore('pgtrigger_life_0')"
        cursor.execute(ask)
        assert cursor.fetchone() == (True,)
        with serving():
            cursor.execute(ask)
            assert cursor.fetchone() == (False,)


def test_an_act_is_recorded_and_sealed_under_the_role(cast: Cast) -> None:
    ops = cast.department("OPS")
    with serving(), transaction.atomic(), connection.cursor() as cursor:
        ops.lock()
        event = ops.record("looked_at", by=cast.ceo)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert Seal.objects.filter(event=event).exists()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(reason="forged")


def test_to_grant_again_changes_nothing_and_takes_what_was_given_by_hand(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, TRIGGER ON {TRAIL} TO {ROLE}")
        with serving():
            assert privileges.excess() == [privileges.EXCESS_IN_WORDS[2], privileges.EXCESS_IN_WORDS[3]]
        privileges.grant(ROLE)
    with serving():
        assert privileges.excess() == []
        assert checks.the_role_only_writes_rows(None) == []


def test_the_deployment_check_warns_of_one_role_for_everything(db: None) -> None:
    (warning,) = checks.the_role_only_writes_rows(None)
    assert (warning.id, "owns tables" in warning.msg) == ("privileges.W001", True)


def test_migrating_grants_to_the_role_that_serves(db: None, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    granted: list[str] = []
    monkeypatch.setattr(privileges, "grant", granted.append)
    privileges.after_migrating(plan=[])  # one role for everything: nobody to grant to
    settings.DATABASE_ROLE = "somebody"
    privileges.after_migrating()  # tests emptied the tables
    with serving():
        privileges.after_migrating(plan=[])
    assert granted == []
    privileges.after_migrating(plan=[])
    assert granted == ["somebody"]


@pytest.fixture
def two_urls(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], dict[str, object]]:
    def owner(serving: str, owning: str) -> dict[str, object]:
        monkeypatch.setenv("DATABASE_URL", serving)
        monkeypatch.setenv("DATABASE_OWNER_URL", owning)
        monkeypatch.setattr(env, "DATABASE_OWNER_URL", owning)
        return env.owner()

    return owner


def test_commands_that_change_tables_connect_as_their_owner(two_urls, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    serving, owning = "postgres://app:a@db/cxgov", "postgres://owner:o@db/cxgov"
    settings.DATABASE_OWNER = two_urls(serving, owning)
    monkeypatch.setitem(settings.DATABASES, "default", {"USER": "app"})
    for command, user in (("run_due", "app"), ("check", "app"), ("migrate", "owner")):
        privileges.act_as_owner(["manage.py", command])
        assert settings.DATABASES["default"]["USER"] == user, command
    assert two_urls(serving, "") == {}
    for wrong in ("postgres://owner:o@db/another", "postgres://app:a@db/cxgov", "mysql://owner:o@db/cxgov"):
        with pytest.raises(ValueError, match="DATABASE_OWNER_URL"):
            two_urls(serving, wrong)
