"""`make run` as people treat it: started twice, interrupted at any moment, killed, and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg2.errors
import pytest

from cxgov.local.state import ROOT
from tests.live import until
from tests.local.conftest import Launcher

pytestmark = pytest.mark.timeout(300)  # several starts of the whole product, on whatever else the machine does


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_serves_refuses_a_second_start_and_ends_cleanly_at_two_interrupts(launcher: Launcher) -> None:
    said = launcher.start()
    assert f"http://localhost:{launcher.port}" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{launcher.port}/account/login/", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        launcher.sql("DELETE FROM core_event", by="DATABASE_URL")
    known = [Path(f"/proc/{pid}/environ").read_bytes() for pid in launcher.children().values()]
    assert any(b"DATABASE_URL=postgres" in words for words in known)
    assert not any(b"DATABASE_OWNER_URL=postgres" in words for words in known)  # who serves does not know the owner
    second = subprocess.run(
        [sys.executable, "-m", "cxgov.local", "run"], cwd=ROOT, env=launcher.environment, capture_output=True, text=True
    )
    assert (second.returncode, "already running at http://localhost" in second.stderr) == (1, True)
    children = launcher.children()
    launcher.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    code, said = launcher.stop(signal.SIGINT)
    assert (code, "Stopped." in said) == (0, True)
    assert all(gone(pid) for pid in children.values())
    assert not (launcher.folder / "run.json").exists()


def test_killed_itself_it_leaves_nothing_running_and_loses_nothing(launcher: Launcher) -> None:
    launcher.start()
    launcher.sql("INSERT INTO kept VALUES (1)")
    children = launcher.children()
    assert len(children) >= 3
    launcher.process.kill()
    launcher.process.wait()
    until(lambda: all(gone(pid) for pid in children.values()))
    launcher.start()
    assert launcher.sql("SELECT count(*) FROM kept WHERE n = 1") == [(1,)]
    assert launcher.stop(signal.SIGTERM)[0] == 0


def test_a_killed_database_ends_it_with_a_sentence_and_the_next_start_has_the_data(launcher: Launcher) -> None:
    launcher.start()
    launcher.sql("INSERT INTO kept VALUES (2)")
    os.kill(launcher.children()["postgres"], signal.SIGKILL)
    code, said = launcher.ended()
    assert code == 1
    assert "PostgreSQL was ended by SIGKILL while running" in said
    launcher.start()
    assert launcher.sql("SELECT count(*) FROM kept WHERE n = 2") == [(1,)]
    assert launcher.stop(signal.SIGHUP)[0] == 0


def test_interrupted_while_starting_it_ends_cleanly(launcher: Launcher) -> None:
    launcher.begin()
    until((launcher.folder / "run.json").exists)  # the servers are up, the product is not yet
    launcher.process.send_signal(signal.SIGINT)
    assert launcher.process.wait(30) == 0


def test_a_port_that_is_taken_is_said_in_one_sentence(launcher: Launcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", launcher.port))
        taken.listen()
        launcher.start(until=f"Port {launcher.port} cannot be used")
        assert launcher.ended()[0] == 1
