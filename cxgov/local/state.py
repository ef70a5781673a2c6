"""What the launcher keeps in the data folder: its lock, its secrets, and where the running servers listen."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
SECRETS = ("secret_key", "database_password", "application_password", "broker_password", "installation")
PATIENCE = 30.0  # seconds to wait for a server that is starting or ending


def data_folder() -> Path:
    """CXGOV_DATA, or var/ beside manage.py."""
    return Path(os.environ.get("CXGOV_DATA") or ROOT / "var").resolve()


class Trouble(Exception):
    """Something that the person at the terminal can understand and mend; printed without a traceback."""


class State:
    """The data folder of one installation, and who may use its servers now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self.stamps = folder / "stamps.json"
        self._run = folder / "run.json"
        self._lock: IO[str] | None = None
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"The data folder {folder} cannot be made: {error.strerror}.") from error

    # -- one supervisor at a time -------------------------------------------------------------------------------------

    def take(self) -> bool:
        """Become the one process that runs servers here; False when another one does. Ends with the process."""
        file = (self.folder / "lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock = file
        self._run.unlink(missing_ok=True)
        return True

    def give_back(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def publish(self, **facts: Any) -> None:
        """Tell other commands where the servers listen. Passwords are in it, so only the owner may read it."""
        write_private(self._run, json.dumps({"pid": os.getpid(), **facts}, indent=1))

    def withdraw(self, *, patience: float) -> None:
        """Take the announcement back, then give commands that still use the servers `patience` seconds to finish."""
        self._run.unlink(missing_ok=True)
        with (self.folder / "borrowers.lock").open("a") as file:
            until = time.monotonic() + patience
            while time.monotonic() < until:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.1)
                else:
                    return

    def published(self) -> dict[str, Any] | None:
        """What the running supervisor announced; only to be believed while its lock is held."""
        try:
            facts: dict[str, Any] = json.loads(self._run.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return facts

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[dict[str, Any] | None]:
        """What is announced, and stays up while in use; None when nothing is announced now."""
        with (self.folder / "borrowers.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield self.published()

    # -- what is made once and kept -----------------------------------------------------------------------------------

    def secrets(self) -> dict[str, str]:
        """Passwords and Django's key, made at the first start; only the owner may read them."""
        path = self.folder / "secrets.json"
        if not path.exists():
            write_private(path, "{}")
        known: dict[str, str] = json.loads(path.read_text())
        if missing := [name for name in SECRETS if name not in known]:  # also those that a later release asks for
            known |= {name: secrets.token_urlsafe(48) for name in missing}
            write_private(path, json.dumps(known, indent=1))
        return known

    def stamp(self, name: str) -> str:
        """The mark that `remember` left under this name, or ""."""
        try:
            return str(json.loads(self.stamps.read_text()).get(name, ""))
        except (FileNotFoundError, json.JSONDecodeError):
            return ""

    def remember(self, name: str, mark: str) -> None:
        try:
            marks = json.loads(self.stamps.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            marks = {}
        write_private(self.stamps, json.dumps({**marks, name: mark}, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write all or nothing, readable by the owner only."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
