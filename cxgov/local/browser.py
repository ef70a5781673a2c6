"""The Chromium that the browser tests drive: one that is there, or Debian's where we may install it."""

import os
import shutil
import subprocess
from pathlib import Path

from cxgov.local.state import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def chromium() -> str:
    """The path of the browser; Trouble says how to get one."""
    if found := _found():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "--quiet", "--quiet", *arguments], env=quiet, stdout=subprocess.DEVNULL)
        if found := _found():
            return found
    raise Trouble(
        "The browser tests need Chromium or Google Chrome, and none was found. On Debian and Ubuntu: sudo apt install "
        "chromium. Elsewhere install it as usual, or set CXGOV_CHROMIUM to the program's path."
    )


def _found() -> str | None:
    if chosen := os.environ.get("CXGOV_CHROMIUM"):
        if not os.access(chosen, os.X_OK):
            raise Trouble(f"CXGOV_CHROMIUM names {chosen}, which is not a program.")
        return chosen
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)
