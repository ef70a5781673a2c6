"""Make .venv and install one locked set of requirements into it, with hashes, only when the lock has changed.

Run by path with any Python (`python3 cxgov/local/install.py local`): it imports nothing but the standard library, and
its syntax is old enough for an old Python to read the sentence that sends it away.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(which: str) -> None:
    """Bring .venv to the state of the lock `which`: "local" or "dev"."""
    lock = ROOT / "requirements-{}.txt".format(which)
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two makes in one checkout take turns
        stamp = VENV / ".installed-{}".format(which)
        checksum = hashlib.sha256(file.read()).hexdigest()
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == checksum:
            return
        make_venv()
        print("Installing {} ...".format(lock.name), flush=True)
        pip("install", "--quiet", "--only-binary", ":all:", "--require-hashes", "--requirement", str(lock))
        stamp.write_text(checksum)


def make_venv() -> None:
    if works():
        return
    print("Making .venv ...", flush=True)
    made = subprocess.run([new_enough(), "-m", "venv", "--clear", str(VENV)], stdout=subprocess.DEVNULL)
    if made.returncode:
        sys.exit("This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv")


def works() -> bool:
    """Whether .venv is whole: an interrupted first run leaves one without pip."""
    return PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "--version"], stdout=subprocess.DEVNULL).returncode == 0


def new_enough() -> str:
    """A Python that cxgov runs on: this one, or a newer one on the path."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found:
            return found
    sys.exit("cxgov needs Python {}.{} or newer; this is {}.{}.".format(*OLDEST, *sys.version_info[:2]))


def pip(*arguments: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, env=clean).returncode:
        sys.exit("The requirements could not be installed; pip says why above.")


if __name__ == "__main__":
    main(*sys.argv[1:])
