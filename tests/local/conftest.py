"""Folders to start in, and the launcher as a process that tests may kill."""

import fcntl
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from cxgov.local.place import remove
from cxgov.local.servers import free_port
from cxgov.local.state import ROOT, State, data_folder

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_URL")


def emptied(folder: Path) -> None:
    if folder.exists():
        remove(State(folder))


def a_folder() -> Path:
    base = Path(tempfile.mkdtemp(prefix="cxgov-launcher-"))
    base.chmod(0o711)
    return base / "ein Ordner für Zürich"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, with a space and umlauts in its path; no URL in the environment replaces a server."""
    for name in SERVERS:
        monkeypatch.delenv(name, raising=False)
    folder = a_folder()
    yield folder
    emptied(folder)
    shutil.rmtree(folder.parent)


@dataclass
class Launcher:
    """`make run`'s process, started as often as a test likes in one folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str]" = field(init=False)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in (*SERVERS, "SECRET_KEY")}
        return {**inherited, "CXGOV_DATA": str(self.folder), "PORT": str(self.port), "DEMO": "0", "LANG": "de_DE.UTF-8"}

    def begin(self, says: int = subprocess.DEVNULL) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cxgov.local", "run"],
            cwd=ROOT,
            env=self.environment,
            stdout=says,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self, until: str = "cxgov is running") -> str:
        """Start, and read what it says until it says `until`."""
        self.begin(subprocess.PIPE)
        lines: queue.Queue[str] = queue.Queue()
        output = self.process.stdout
        assert output is not None

        def read() -> None:
            with output:
                for line in output:
                    lines.put(line)
            lines.put("")

        threading.Thread(target=read, daemon=True).start()
        said, end = "", time.monotonic() + 180
        while until not in said:
            line = lines.get(timeout=max(0.1, end - time.monotonic()))
            assert line, f"It ended before it said “{until}”:\n{said}"
            said += line
        self._lines = lines
        return said

    def ended(self) -> tuple[int, str]:
        """Its exit code and what it still said."""
        code = self.process.wait(60)
        said = ""
        while line := self._lines.get(timeout=10):
            said += line
        return code, said

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(sign)
        return self.ended()

    def children(self) -> dict[str, int]:
        """Process ids of its children by the name of their program."""
        listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return {name: int(pid) for pid, name in (line.split(None, 1) for line in listed.stdout.splitlines())}

    def sql(self, statement: str, *, by: str = "DATABASE_OWNER_URL") -> Any:
        facts = json.loads((self.folder / "run.json").read_text())
        with closing(psycopg2.connect(facts["environment"][by])) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A folder in which the product was started before, so that the next starts are quick; one process of a run starts it."""
    folder, of_the_run = a_folder(), os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    first = data_folder() / f"prepared-{of_the_run}"
    with (data_folder() / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not first.exists():
            for earlier in data_folder().glob("prepared-*"):
                shutil.rmtree(earlier)
            launcher = Launcher(folder)
            launcher.start()
            launcher.sql("CREATE TABLE kept (n int)")
            launcher.stop()
            copied(folder, first)
        else:
            copied(first, folder)
    yield folder
    emptied(folder)
    shutil.rmtree(folder.parent)


def copied(source: Path, target: Path) -> None:
    """With the owners: PostgreSQL opens its own folder only."""
    subprocess.run(["cp", "-a", source, target], check=True)


@pytest.fixture
def launcher(prepared: Path) -> Iterator[Launcher]:
    launcher = Launcher(prepared)
    yield launcher
    if hasattr(launcher, "process") and launcher.process.poll() is None:
        launcher.process.terminate()
        launcher.process.wait(60)
