"""The product's own processes: web, worker, beat, and one-off commands of manage.py."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cxgov.local.children import Child, Children
from cxgov.local.state import ROOT, State

_LOG_LIMIT = 5_000_000  # bytes; a longer log is put aside at the next start


def python(
    name: str, *arguments: str, state: State, children: Children, environment: Mapping[str, str], patience: float = 10
) -> Child:
    """Start `python -m arguments…` in the project's folder, writing to log/<name>.log."""
    log = state.logs / f"{name}.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    env = {**os.environ, **environment}
    return children.start(name, [sys.executable, *arguments], log=log, env=env, cwd=ROOT, patience=patience)


def manage(command: str, *arguments: str, state: State, children: Children, environment: Mapping[str, str]) -> Child:
    return python(command, "manage.py", command, *arguments, state=state, children=children, environment=environment)


def start_product(port: int, state: State, children: Children, environment: Mapping[str, str]) -> None:
    """Web server, worker and beat; they come up side by side, and none of them knows the tables' owner."""
    environment = {**environment, "DATABASE_OWNER_URL": ""}
    shared_memory = Path("/dev/shm")
    heartbeats = ["--worker-tmp-dir", str(shared_memory)] if os.access(shared_memory, os.W_OK) else []
    web = ["-m", "gunicorn", "cxgov.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread"]
    web += ["--threads", "4", "--preload", "--graceful-timeout", "8", *heartbeats]
    celery = ["-m", "celery", "-A", "cxgov"]
    quiet = ["--without-gossip", "--without-mingle"]  # one worker has nobody to gossip with
    schedule = ["--schedule", str(state.folder / "beat-schedule"), "--pidfile="]
    for name, command in (
        ("web", web),
        ("worker", [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *quiet]),
        ("beat", [*celery, "beat", "--loglevel", "INFO", *schedule]),
    ):
        python(name, *command, state=state, children=children, environment=environment)
