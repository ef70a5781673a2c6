"""What the ownership map and the pages beside it cost above an empty page in the same frame.

The seeded map has 12 stages, 10 channels and 300 touchpoints, owned and unowned, with forty handoffs. The goal is 150 ms of
server time above the frame for the drawn map, in at most 15 queries; the other pages are measured beside it and have no goal.
"""

from typing import Any

from tests.bench.load import Target, window_alone

MOST_MS, MOST_QUERIES = 150, 15
FRAME = "/floor/frame"  # the same frame, nothing in it
PAGES = ("/own/map/", "/own/map/?view=names", "/own/map/?view=table", "/own/coverage/", "/own/handoffs/")


def measure_map(port: int, session: str, seconds: float, rounds: int) -> list[dict[str, Any]]:
    targets = [Target(path, path, f"session={session}") for path in (FRAME, *PAGES)]
    for number in range(rounds):
        for target in targets[number % len(targets) :] + targets[: number % len(targets)]:
            window_alone(target, port, seconds)
    frame, *pages = targets
    rows = []
    for page in pages:
        above = page.milliseconds - frame.milliseconds
        asked = page is pages[0]
        rows.append(
            {
                "map": page.path,
                "ms": round(page.milliseconds, 1),
                "above_the_frame": round(above, 1),
                "queries": page.queries,
                "bytes": page.weight,
                "met": not asked or (above <= MOST_MS and page.queries <= MOST_QUERIES),
            }
        )
    return rows


def print_map(rows: list[dict[str, Any]], size: int) -> None:
    print(f"\n{f'the map, {size:,} initiatives':<44}{'ms':>8}{'above the frame':>17}{'queries':>9}{'kB':>7}")
    for row in rows:
        missed = "" if row["met"] else "  MISSED"
        print(f"{row['map']:<44}{row['ms']:>8}{row['above_the_frame']:>17}{row['queries']:>9}{row['bytes'] / 1000:>7.1f}{missed}")
