"""Where the embedded servers keep their data, starting both, and lending them to a command."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxgov.local import binaries
from cxgov.local.binaries import Account
from cxgov.local.children import Children
from cxgov.local.servers import Postgres, Valkey
from cxgov.local.state import PATIENCE, State, Trouble


def start_servers(state: State, children: Children, *, careless: bool = False) -> dict[str, str]:
    """Start what no URL in the environment replaces; the environment that Django's settings read."""
    known = state.secrets()
    environment = {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or known["secret_key"],
        "CXGOV_DATA": str(state.folder),
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL", ""),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
    }
    if environment["DATABASE_URL"] and environment["REDIS_URL"]:
        return environment
    who = binaries.account()
    folder = servers_folder(state, who)
    if not environment["DATABASE_URL"]:
        postgres = Postgres(folder, state.logs, known["database_password"], who, careless)
        environment["DATABASE_OWNER_URL"] = postgres.start(children)
        environment["DATABASE_URL"] = postgres.lend(known["application_password"])
    if not environment["REDIS_URL"]:
        environment["REDIS_URL"] = Valkey(folder, state.logs, known["broker_password"], who).start(children)
    return environment


def servers_folder(state: State, who: Account) -> Path:
    """servers/ in the data folder, or a folder under /var/lib when the servers' account may not enter the data folder.

    The permissions of existing folders are never changed: a checkout under /root stays as closed as it is.
    """
    folder, elsewhere = state.folder / "servers", _elsewhere(state)
    if elsewhere.exists() or not (folder.exists() or who.can("-x", state.folder)):
        folder = elsewhere
    if not folder.exists():
        folder.mkdir(mode=0o700)
        who.own(folder)
    if folder.stat().st_uid != (os.geteuid() if who.user is None else who.user):
        raise Trouble(f"{folder} belongs to another user: start as that user, or set CXGOV_DATA to a folder of your own.")
    return folder


def _elsewhere(state: State) -> Path:
    return binaries.SYSTEM / f"cxgov-data-{state.secrets()['installation'][:16]}"


def remove(state: State) -> None:
    """Delete everything that the product keeps on this machine: database, queue, mail, logs, secrets."""
    if (elsewhere := _elsewhere(state)).exists():
        shutil.rmtree(elsewhere)
    shutil.rmtree(state.folder)


@contextmanager
def lent_servers(state: State) -> Iterator[dict[str, str]]:
    """The environment for one command: of the servers that run here, or of servers started for as long as it takes."""
    until = time.monotonic() + PATIENCE
    while True:
        if state.take():
            yield from _own(state)
            return
        with state.borrowed() as facts:
            if facts is not None:
                yield facts["environment"]
                return
        if time.monotonic() > until:
            raise Trouble(f"Another process is starting or ending the servers in {state.folder} and does not come to an end.")
        time.sleep(0.1)


def _own(state: State) -> Iterator[dict[str, str]]:
    children = Children()
    try:
        environment = start_servers(state, children)
        state.publish(environment=environment)
        yield environment
    finally:
        state.withdraw(patience=600)
        children.stop()
        state.give_back()
