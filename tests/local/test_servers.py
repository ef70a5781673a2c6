"""The embedded servers: made once, found by commands, and sound after a crash."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest
from redis import Redis

from cxgov.local import binaries
from cxgov.local.children import Child, Children
from cxgov.local.place import lent_servers, servers_folder, start_servers
from cxgov.local.servers import APPLICATION
from cxgov.local.state import ROOT, State, Trouble, write_private


@contextmanager
def running(folder: Path) -> Iterator[tuple[Children, dict[str, str]]]:
    children = Children()
    try:
        yield children, start_servers(State(folder), children)
    finally:
        children.stop()


@contextmanager
def connected(url: str) -> Iterator["psycopg2.extensions.cursor"]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        yield cursor


def named(children: Children, name: str) -> Child:
    return next(child for child in children.running if child.name == name)


def kill(child: Child) -> None:
    child.process.send_signal(signal.SIGKILL)
    child.process.wait()


def test_what_is_queued_outlives_a_killed_broker_and_rows_a_killed_database(folder: Path) -> None:
    with running(folder) as (children, environment):
        with (
            closing(psycopg2.connect(environment["DATABASE_OWNER_URL"])) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE TABLE kept AS SELECT lower('É') AS word")
        with Redis.from_url(environment["REDIS_URL"]) as client:
            client.rpush("queue", *range(50))
        kill(named(children, "Valkey"))
        kill(named(children, "PostgreSQL"))
    with running(folder) as (_, environment):
        with connected(environment["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute("SELECT word FROM kept")
            assert cursor.fetchone() == ("é",)
        with Redis.from_url(environment["REDIS_URL"]) as client:
            assert client.llen("queue") == 50


def test_a_folder_of_an_earlier_release_gets_the_role_that_serves(folder: Path) -> None:
    with running(folder) as (_, environment), connected(environment["DATABASE_OWNER_URL"]) as cursor:
        cursor.execute(f"DROP ROLE {APPLICATION}")
    kept = State(folder).secrets()
    write_private(folder / "secrets.json", json.dumps({name: kept[name] for name in kept if name != "application_password"}))
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege)
    with running(folder) as (_, environment), connected(environment["DATABASE_URL"]) as cursor, refused:
        cursor.execute("CREATE TABLE mine (n int)")
    assert {name for name, secret in State(folder).secrets().items() if secret != kept[name]} == {"application_password"}


def test_a_pid_that_now_belongs_to_another_program_does_not_block_the_start(folder: Path) -> None:
    with running(folder) as (children, _):
        kill(named(children, "PostgreSQL"))
    state = State(folder)
    pid_file = servers_folder(state, binaries.account()) / "pgdata" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    with running(folder) as (children, _):
        assert int(pid_file.read_text().split()[0]) == named(children, "PostgreSQL").process.pid


def test_the_database_is_closed_to_whoever_lacks_its_password(folder: Path) -> None:
    with running(folder) as (_, environment):
        for url, password in (("DATABASE_URL", "application_password"), ("DATABASE_OWNER_URL", "database_password")):
            wrong = environment[url].replace(State(folder).secrets()[password], "guess")
            with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
                psycopg2.connect(wrong)
    for name in ("secrets.json",):
        assert (folder / name).stat().st_mode & 0o077 == 0


def test_commands_share_the_servers_of_the_first_and_take_them_down_after_the_last(folder: Path) -> None:
    with lent_servers(State(folder)) as first, lent_servers(State(folder)) as second:
        assert first["DATABASE_URL"] == second["DATABASE_URL"]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(first["DATABASE_URL"])


def test_manage_without_a_database_starts_one_for_the_command(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY",)}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--plan"],
        cwd=ROOT,
        env={**environment, "CXGOV_DATA": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "core.0001_tables_and_laws" in done.stdout


def test_missing_programs_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXGOV_PG_BIN", "/nowhere")
    with pytest.raises(Trouble, match="No PostgreSQL was found"):
        start_servers(State(folder), Children())


def test_a_url_of_ones_own_starts_no_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example.org/cxgov")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.org/0")
    children = Children()
    assert start_servers(State(folder), children)["DATABASE_URL"] == "postgres://db.example.org/cxgov"
    assert children.running == []
    assert not (folder / "servers").exists()
