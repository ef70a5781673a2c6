"""`python -m tests.bench [--sizes 1000,10000] [--seconds 1.0] [--rounds 3]`: measure, print, write bench.json."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxgov.local.servers import free_port
from cxgov.local.state import ROOT, data_folder
from cxgov.local.suite import servers
from tests.bench.load import Target, window_alone, window_together
from tests.bench.own import measure_map, print_map

SETTINGS = "tests.bench.settings"


@dataclass
class Goal:
    """A page, the floor beside it, and how dear it may be: times its floor, and queries."""

    name: str
    page: str
    floor: str
    times: float
    queries: int
    who: str = "cxo"
    form: dict[str, str] | None = None


LISTED = "/initiatives/?status=active&sort=end"
REPORT = {"health": "green", "percent": "50", "done": "The pilot runs.", "next_steps": "", "blockers": ""}
GOALS = (
    Goal("portfolio list, filtered, sorted, grouped", f"{LISTED}&group=department", "/floor/list", 2, 10),
    Goal("initiative page with ten check-ins", "/initiatives/{reference}/", "/floor/object/{reference}", 3, 12),
    Goal("check-in POST", "/initiatives/{reference}/check-in/", "/floor/update/{reference}", 4, 12, who="owner", form=REPORT),
    Goal("ownership dashboard", "/own/", "/floor/dashboard", 3, 12, who="ceo"),
    Goal("Home", "/", "/floor/home", 3, 12, who="owner"),
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,10000")
    options.add_argument("--seconds", type=float, default=1.0, help="of one window")
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    pages, beside = [], []
    for size in map(int, chosen.sizes.split(",")):
        with servers() as environment:
            measured = measure(size, environment, chosen.seconds, chosen.rounds)
        pages += measured["pages"]
        beside += [*measured["map"], measured["postings"]]
        print_map(measured["map"], size)
        print_postings(measured["postings"], size)
    results = [*pages, *beside]
    table(pages)
    kept = data_folder() / "bench.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(results, indent=2))
    print(f"\nWritten to {kept}")
    return 0 if all(row["met"] for row in results) else 1


def measure(size: int, environment: dict[str, str], seconds: float, rounds: int) -> dict[str, Any]:
    """The pages beside their floors, then the map above its frame, then postings beside SQL by hand."""
    environment = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": SETTINGS, "DEMO": "0"}
    for command in (["migrate", "-v0"], ["seed_world", "--seed", "1", "--size", str(size)]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    cookies = json.loads(_python("tests.bench.people", environment))
    with web(environment) as port:
        pairs = [pair(goal, cookies) for goal in GOALS]
        for target in (target for both in pairs for target in both):
            window_alone(target, port, 0.3)  # warm up
            target.alone.clear()
        for number in range(rounds):
            for page, floor in pairs[number % len(pairs) :] + pairs[: number % len(pairs)]:
                for target in (page, floor) if number % 2 else (floor, page):
                    window_alone(target, port, seconds)
                    window_together(target, port, seconds)
        drawn = measure_map(port, cookies["ceo"], seconds, rounds)
    return {
        "pages": [compared(size, goal, *both) for goal, both in zip(GOALS, pairs, strict=True)],
        "map": drawn,
        "postings": measure_postings(environment, seconds, rounds),
    }


def compared(size: int, goal: Goal, page: Target, floor: Target) -> dict[str, Any]:
    return {
        "page": goal.name,
        "initiatives": size,
        "floor_ms": round(floor.milliseconds, 2),
        "ms": round(page.milliseconds, 2),
        "times": round(page.milliseconds / floor.milliseconds, 2),
        "floor_a_second": round(floor.a_second, 1),
        "a_second": round(page.a_second, 1),
        "times_with_8": round(floor.a_second / page.a_second, 2),
        "times_goal": goal.times,
        "queries": page.queries,
        "queries_goal": goal.queries,
        "bytes": page.weight,
        "met": page.milliseconds <= goal.times * floor.milliseconds
        and floor.a_second <= goal.times * page.a_second
        and page.queries <= goal.queries,
    }


def pair(goal: Goal, cookies: dict[str, Any]) -> tuple[Target, Target]:
    who, token, reference = cookies[goal.who], cookies["token"], cookies["reference"]
    made = [
        Target(goal.name, path.format(reference=reference), f"session={who}; csrf={token}", goal.form, token)
        for path in (goal.page, goal.floor)
    ]
    return made[0], made[1]


def measure_postings(environment: dict[str, str], seconds: float, rounds: int) -> dict[str, Any]:
    posted: dict[str, Any] = json.loads(_python("tests.bench.postings", environment, str(seconds), str(rounds)))
    return posted


def print_postings(row: dict[str, Any], size: int) -> None:
    words = (
        f"{row['a_second']:.0f} a second by 8 writers on one pool, {row['share']:.2f} of {row['by_hand_a_second']:.0f} by hand"
    )
    print(f"\npostings, {size:,} initiatives: {words}; queries {row['posting']}{'' if row['met'] else '  MISSED'}")


def _python(module: str, environment: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@contextmanager
def web(environment: dict[str, str]) -> Iterator[int]:
    """gunicorn with two workers on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "cxgov.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--worker-class", "gthread", "--threads", "4", "--preload", "--log-level", "warning"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 30
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise SystemExit(f"The web server did not come up:\n{log.read().decode()[-4000:]}")
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except OSError:
        return False


def table(results: list[dict[str, Any]]) -> None:
    print(f"\n{'page':<44}{'size':>7}{'floor ms':>10}{'ms':>8}{'times':>7}{'×8':>7}{'goal':>6}{'queries':>9}{'kB':>7}")
    for row in results:
        print(
            f"{row['page']:<44}{row['initiatives']:>7}{row['floor_ms']:>10.2f}{row['ms']:>8.2f}{row['times']:>7.2f}"
            f"{row['times_with_8']:>7.2f}{row['times_goal']:>6.1f}{row['queries']:>5}/{row['queries_goal']:<3}"
            f"{row['bytes'] / 1000:>7.1f}{'' if row['met'] else '  MISSED'}"
        )


if __name__ == "__main__":
    Path(data_folder()).mkdir(parents=True, exist_ok=True)
    sys.exit(main())
