"""Child processes that end when they are told to, in the order they are told, and never outlive this process."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cxgov.local.binaries import Account
from cxgov.local.state import Trouble

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One server process with its log file.

    ends       the signal that asks it to end in good order
    patience   seconds until `insists` is sent, and again until it is killed
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        ends: signal.Signals = signal.SIGTERM,
        insists: signal.Signals = signal.SIGQUIT,
        patience: float = 10.0,
        cwd: str | Path = "/",
        who: Account | None = None,
    ) -> None:
        self.name, self.log, self.ends, self.insists, self.patience = name, log, ends, insists, patience
        parent = os.getpid()
        with log.open("ab") as output:
            self._from = output.tell()
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=str(cwd),
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which ends the children in order
                preexec_fn=lambda: die_with(parent, ends),  # safe: no threads here when children are started
                **(who.keywords if who else {}),
            )

    def ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        """Ask, insist, kill; returns when it is gone."""
        for sign in (self.ends, self.insists):
            if not self.ended():
                self.process.send_signal(sign)
                try:
                    self.process.wait(self.patience)
                except subprocess.TimeoutExpired:
                    continue
        if not self.ended():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self, lines: int = 15) -> str:
        """The end of what it wrote since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._from)
            return "\n".join(log.read()[-20_000:].decode(errors="replace").splitlines()[-lines:])

    def trouble(self, doing: str) -> Trouble:
        code = self.process.returncode
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return Trouble(f"{self.name} {how}{doing}. The end of {self.log}:\n{self.said()}")


class Children:
    """The running children in the order of their start; they end in the reverse order."""

    def __init__(self) -> None:
        self.running: list[Child] = []

    def start(self, name: str, command: Sequence[str | Path], **more: Any) -> Child:
        """Start one. A signal waits until it is entered in the list, so that none is ever forgotten."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        try:
            child = Child(name, command, **more)
            self.running.append(child)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return child

    def finish(self, child: Child) -> None:
        """Wait for a child that does one thing and ends; its failure is trouble."""
        code = child.process.wait()
        self.running.remove(child)
        if code:
            raise child.trouble("")

    def dead(self) -> Child | None:
        return next((child for child in self.running if child.ended()), None)

    def stop(self) -> None:
        while self.running:
            self.running[-1].stop()
            self.running.pop()


def die_with(parent: int, sign: signal.Signals) -> None:
    """In the child, after it changed its user: have Linux send `sign` when the parent dies, even by kill -9.

    Other systems lack this; there, an orphaned PostgreSQL is found and ended at the next start.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:
            os._exit(1)


def wait_until(ready: Any, child: Child, *, seconds: float) -> None:
    """Poll `ready` until it answers true; a child that ends or dawdles instead is trouble."""
    until = time.monotonic() + seconds
    while not ready():
        if child.ended():
            raise child.trouble(" while starting")
        if time.monotonic() > until:
            raise Trouble(f"{child.name} did not come up in {seconds:.0f} s. The end of {child.log}:\n{child.said()}")
        time.sleep(0.02)
