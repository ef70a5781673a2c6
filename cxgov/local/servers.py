"""The embedded PostgreSQL and Valkey: made once, started on free ports of the loopback, ended in good order."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg2
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from cxgov.local import binaries
from cxgov.local.binaries import Account
from cxgov.local.children import Children, wait_until
from cxgov.local.state import PATIENCE, Trouble

CLEAN = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}  # a LANG that is not generated on this machine stops initdb
DATABASE = OWNER = "cxgov"
APPLICATION = "cxgov_app"  # may read and write rows; what of which table, initiatives/core/privileges.py says


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Postgres:
    """A cluster of our own in `folder`, reached by password over the loopback only."""

    folder: Path
    logs: Path
    password: str
    who: Account
    careless: bool = False  # tests that crash nothing need no fsync
    port: int = 0  # 0: any that is free
    options: Mapping[str, str] = field(default_factory=dict)  # of PostgreSQL, beside those that we need

    def start(self, children: Children) -> str:
        """Start the server, making the cluster first when there is none; its URL."""
        programs = binaries.postgres(self.who)
        data = self.folder / "pgdata"
        if not data.exists():
            self._make(programs, data)
        self._clear_stale_pid(data)
        port = self.port = self.port or free_port()
        options = {
            **self.options,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",  # no socket file, so no limit on the length of the path
            "port": port,
            "max_connections": 100,
            "log_min_messages": "warning",
            **({"fsync": "off", "full_page_writes": "off"} if self.careless else {}),
        }
        child = children.start(
            "PostgreSQL",
            [programs / "postgres", "-D", data, *(part for name, value in options.items() for part in ("-c", f"{name}={value}"))],
            log=self.logs / "postgresql.log",
            env=CLEAN,
            ends=signal.SIGINT,  # PostgreSQL's fast shutdown
            patience=30,
            who=self.who,
        )
        # A long recovery after a crash is normal, and safe to wait for.
        wait_until(lambda: self._answers(port), child, seconds=300)
        self._make_database(port)
        return self.url(OWNER, self.password)

    def url(self, role: str, password: str) -> str:
        return f"postgres://{role}:{quote(password)}@127.0.0.1:{self.port}/{DATABASE}"

    def lend(self, password: str) -> str:
        """Make the role that the product serves with, when it is not there yet; its URL."""
        with closing(self._connect(self.port, DATABASE)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD %s", [password])
        return self.url(APPLICATION, password)

    def _make(self, programs: Path, data: Path) -> None:
        """A new cluster, renamed into place when whole: a first start that is killed leaves no half of one."""
        part = self.folder / "pgdata.new"
        shutil.rmtree(part, ignore_errors=True)
        secret = self.folder / "password.new"
        secret.unlink(missing_ok=True)
        secret.touch(0o600)
        secret.write_text(self.password)
        self.who.own(secret)
        tell = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, env=CLEAN)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if int(tell.stdout.split()[2].partition(".")[0]) < 17:  # knows no built-in locale; the C library's does the same
            locale = ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
        shape = ["-U", OWNER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", *locale, "-N"]
        command = [str(programs / "initdb"), "-D", str(part), *shape]
        made = subprocess.run(command, capture_output=True, text=True, env=CLEAN, cwd="/", **self.who.keywords)
        secret.unlink()
        if made.returncode:
            raise Trouble(f"The PostgreSQL cluster in {part} could not be made:\n{made.stdout}{made.stderr}")
        part.rename(data)

    def _clear_stale_pid(self, data: Path) -> None:
        """After kill -9, postmaster.pid may name a server that is still ending, or by now some other program."""
        pid_file = data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        until = time.monotonic() + PATIENCE
        while _works_in(pid, data) and time.monotonic() < until:
            os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        if Path("/proc/self").exists() and not _works_in(pid, data):
            pid_file.unlink(missing_ok=True)  # we hold the lock of the data folder: nobody else starts one here

    def _connect(self, port: int, database: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host="127.0.0.1", port=port, user=OWNER, password=self.password, dbname=database, connect_timeout=2
        )

    def _answers(self, port: int) -> bool:
        try:
            self._connect(port, "postgres").close()
        except psycopg2.OperationalError as error:
            if "password" in str(error):
                raise Trouble(
                    f"The database in {self.folder} was made with another password than {self.folder.parent}/secrets.json "
                    "holds. Put that file back, or start anew with make reset."
                ) from error
            return False
        return True

    def _make_database(self, port: int) -> None:
        with closing(self._connect(port, "postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")


@dataclass
class Valkey:
    """Broker and cache, with an append-only file so that what is queued outlives a crash."""

    folder: Path
    logs: Path
    password: str
    who: Account

    def start(self, children: Children) -> str:
        data = self.folder / "valkey"
        data.mkdir(exist_ok=True)
        self.who.own(data)
        port = free_port()
        configuration = self.folder / "valkey.conf"
        configuration.unlink(missing_ok=True)
        configuration.touch(0o600)
        configuration.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir {_quoted(data)}\ndatabases 64\n"
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\ndaemonize no\n'
        )
        self.who.own(configuration)
        child = children.start(
            "Valkey",
            [binaries.valkey(self.who), configuration],
            log=self.logs / "valkey.log",
            env=CLEAN,
            who=self.who,
        )
        wait_until(lambda: self._answers(port), child, seconds=60)
        return f"redis://:{quote(self.password)}@127.0.0.1:{port}/0"

    def _answers(self, port: int) -> bool:
        # Without its default retries, which would hide for minutes that nobody listens.
        at_once = Retry(NoBackoff(), 0)
        with Redis(port=port, password=self.password, retry=at_once, socket_connect_timeout=1, socket_timeout=5) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process `pid` is a PostgreSQL whose working folder is `folder`."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return name.startswith(("postgres", "postmaster")) and Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _quoted(path: Path) -> str:
    """A path as a string of Valkey's configuration: spaces and other letters are meant."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
