"""`make check` and `make test`: all proof in one command, on servers of its own that leave nothing behind."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxgov.local import signals
from cxgov.local.browser import chromium
from cxgov.local.children import Child, Children
from cxgov.local.place import start_servers
from cxgov.local.servers import DATABASE
from cxgov.local.state import ROOT, State

ROOM = 2_000_000_000  # bytes that the tests' servers may need

PRODUCTION = {  # as a company would set them; the deployment check must find nothing to say
    "SECRET_KEY": "an-example-of-a-key-that-is-long-enough-and-has-Letters-and-0123456789",
    "PUBLIC_URL": "https://cxgov.example.org",
    "ALLOWED_HOSTS": "cxgov.example.org",
    "TRUST_PROXY": "1",
    "EMAIL_URL": "smtp://mail.example.org:25",
    "DEBUG": "0",
    "DEMO": "0",
}


Steps = dict[str, tuple[list[str], dict[str, str]]]


def steps() -> Steps:
    """What is checked without running the product: name, command, more environment."""
    tools = Path(sys.executable).parent
    manage = [sys.executable, "manage.py"]
    return {
        "types": ([str(tools / "mypy"), "cxgov", "initiatives", "manage.py"], {}),
        "lint": ([str(tools / "ruff"), "check", "."], {}),
        "format": ([str(tools / "ruff"), "format", "--check", "."], {}),
        "rooms and layers": ([str(tools / "lint-imports")], {}),
        "migrations": ([*manage, "makemigrations", "--check", "--dry-run"], {}),
        "deployment": ([*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    }


def check() -> int:
    """Everything but the behaviour: lint, types, contracts, migrations, deployment, and the house's own tests."""
    with signals.heard(), servers() as environment:
        return max(_steps(environment, steps()), _pytest(environment, "tests/house", "-q"))


def test(*arguments: str) -> int:
    """All of `check`, then every test. With arguments (of pytest) only those tests."""
    browser = chromium()
    with signals.heard(), servers() as environment:
        environment["CXGOV_CHROMIUM"] = browser
        if arguments:
            return _pytest(environment, *arguments)
        done = steps()
        if "DATABASE_URL" not in os.environ:  # nobody's: the tests' databases may be copies of it, migrated once
            done = {"tables": ([sys.executable, "manage.py", "migrate", "-v0"], {}), **done}
            environment["CXGOV_TEST_TEMPLATE"] = DATABASE
        return max(_steps(environment, done), _pytest(environment, "--numprocesses", "3", "--dist", "worksteal"))


def _pytest(environment: dict[str, str], *arguments: str) -> int:
    """As the tables' owner: tests make databases, and have one role write rows and another change triggers."""
    owner = {"DATABASE_URL": environment["DATABASE_OWNER_URL"] or environment["DATABASE_URL"], "DATABASE_OWNER_URL": ""}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment, **owner}).returncode


def _steps(environment: dict[str, str], waiting: Steps) -> int:
    """Run the steps two at a time; print what failed. 1 when something did."""
    running: dict[str, tuple[Child, float]] = {}
    children = Children()
    logs = Path(environment["CXGOV_DATA"]) / "log"
    code = 0
    try:
        while waiting or running:
            while waiting and len(running) < 2:
                name, (command, more) = next(iter(waiting.items()))
                del waiting[name]
                env = {**os.environ, **environment, **more}
                child = children.start(name, command, log=logs / f"{name}.log", env=env, cwd=ROOT)
                running[name] = child, time.monotonic()
            for name, (child, began) in list(running.items()):
                if child.ended():
                    del running[name]
                    children.running.remove(child)
                    passed = child.process.returncode == 0
                    print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
                    if not passed:
                        code = 1
                        print(child.said(200), flush=True)
            time.sleep(0.05)
    finally:
        children.stop()
    return code


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey of our own in a temporary folder, in memory where there is room; gone afterwards."""
    shared_memory = Path("/dev/shm")
    roomy = shared_memory.is_dir() and os.access(shared_memory, os.W_OK) and shutil.disk_usage(shared_memory).free > ROOM
    base = shared_memory if roomy else Path(tempfile.gettempdir())
    _sweep(base)
    folder = Path(tempfile.mkdtemp(prefix="cxgov-test-", dir=base))
    folder.chmod(0o711)  # the servers' account must pass through
    children = Children()
    try:
        state = State(folder)
        state.take()
        yield {"DJANGO_SETTINGS_MODULE": "cxgov.settings", **start_servers(state, children, careless=True)}
    finally:
        signals.deaf()
        children.stop()
        shutil.rmtree(folder)


def _sweep(base: Path) -> None:
    """Remove what earlier runs left that were killed."""
    for left in base.glob("cxgov-test-*"):
        if left.stat().st_uid == os.geteuid() and State(left).take():
            shutil.rmtree(left, ignore_errors=True)
