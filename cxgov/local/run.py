"""`make run`: everything up, watched, and ended in good order."""

import json
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

from cxgov.local import signals
from cxgov.local.children import Children
from cxgov.local.place import start_servers
from cxgov.local.prepare import prepare
from cxgov.local.process import manage, start_product
from cxgov.local.state import State, Trouble, data_folder

COMES_UP_IN = 120.0  # seconds at most, on a slow machine


def run() -> int:
    """Start, serve until somebody ends it or a part of it dies, stop. The exit code."""
    began = time.monotonic()
    state = State(data_folder())
    if not state.take():
        raise Trouble(already_running(state))
    children = Children()
    try:
        with signals.heard():
            serve(state, children, began)
    except signals.Stopped as stopped:
        print(f"\n{stopped}: stopping ...", flush=True)
    finally:
        signals.deaf()
        state.withdraw(patience=5)
        children.stop()
    print("Stopped.", flush=True)
    return 0


def serve(state: State, children: Children, began: float) -> None:
    port = free_to_listen(os.environ.get("PORT", "8000"))
    address = os.environ.get("PUBLIC_URL") or f"http://localhost:{port}"
    environment = {"DEMO": os.environ.get("DEMO", "1"), "PUBLIC_URL": address, **start_servers(state, children)}
    state.publish(environment=environment, address=address)
    prepare(state, children, environment)
    start_product(port, state, children, environment)
    wait_until_ready(port, address, children)
    print(f"\ncxgov is running at {address} after {time.monotonic() - began:.1f} s. Ctrl-C stops it.", flush=True)
    if logins := demo_logins(state, children, environment):
        print(f"\n{logins}")
    print(f"\nData and logs: {state.folder}", flush=True)
    while (dead := children.dead()) is None:
        time.sleep(0.25)
    raise dead.trouble(" while running")


def demo_logins(state: State, children: Children, environment: Mapping[str, str]) -> str:
    """Who can sign in, by role; "" when this company is not the demo world."""
    if environment["DEMO"] != "1":
        return ""
    asking = manage("demo_logins", state=state, children=children, environment=environment)
    asking.process.wait()
    children.running.remove(asking)
    return asking.said(60) if asking.process.returncode == 0 else ""


def already_running(state: State) -> str:
    facts = state.published()
    if facts is None:
        return f"Another command is using the data folder {state.folder}. Try again when it has ended."
    where = f" at {facts['address']}" if "address" in facts else ""
    return f"cxgov is already running{where} (process {facts['pid']}). Stop it there with Ctrl-C first."


def free_to_listen(text: str) -> int:
    """The port from the environment, if nobody else listens on it."""
    try:
        port = int(text)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (ValueError, OverflowError):
        raise Trouble(f"PORT must be a number from 1 to 65535, not “{text}”.") from None
    except OSError as error:
        raise Trouble(f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} make run") from None
    return port


def wait_until_ready(port: int, address: str, children: Children) -> None:
    """Ask /readyz until every part is green."""
    until = time.monotonic() + COMES_UP_IN
    while not (answer := readiness(port, address)).get("ready"):
        if dead := children.dead():
            raise dead.trouble(" while starting")
        if time.monotonic() > until:
            raise Trouble(f"Not ready after {COMES_UP_IN:.0f} s: {json.dumps(answer)}. The logs say more.")
        time.sleep(0.05)


def readiness(port: int, address: str) -> Mapping[str, object]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": urlsplit(address).netloc})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError:
        return {}
    try:
        parts = json.loads(body)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) else {}
