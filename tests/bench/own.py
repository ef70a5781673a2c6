"""`python -m tests.bench.own`: what the ownership map costs above an empty page in the same frame.

12 stages × 10 channels × 300 touchpoints, owned, stale and unowned, with forty handoffs, over HTTP against gunicorn. The goal is
150 ms of server time above the frame, in at most 15 queries.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from cxgov.local.state import ROOT, data_folder
from cxgov.local.suite import servers
from tests.bench.__main__ import SETTINGS, _python, web
from tests.bench.load import Target, window_alone

MOST_MS, MOST_QUERIES = 150, 15
FRAME = "/floor/frame"  # the same frame, nothing in it
PAGES = ("/own/map/", "/own/map/?view=names", "/own/map/?view=table", "/own/coverage/", "/own/handoffs/")

FILL = """
import django
django.setup()
from initiatives.journey.models import Channel, Handoff, Journey, Stage, State, Step, Touchpoint
from initiatives.organization.models import Department, User
kinds = ["pre_sale"] * 4 + ["post_sale"] * 6 + ["employee"] * 2
stages = [Stage.objects.create(title=f"Stage {n}", kind=kind, position=n) for n, kind in enumerate(kinds, 1)]
channels = [Channel.objects.create(name=f"Channel {n}", position=n) for n in range(1, 11)]
owners = [(unit, unit.head()) for unit in Department.objects.active() if unit.head()]
cxo, made = User.objects.get(email="cxo@seed.example"), []
for n in range(300):
    place = {"stage": stages[n % 12], "channel": channels[n * 7 % 10], "reach": 1000 + 37 * n}
    one = Touchpoint.objects.create(title=f"Contact number {n} of the journey", moment_of_truth=n % 9 == 0, **place)
    one.weigh()
    unit, person = owners[n * 5 % len(owners)]
    if n % 3:
        one.owned.become(State.OWNED, department=unit, person=person, lapses=n % 7 == 0)
    made.append(one)
for n in range(4):
    journey = Journey.objects.create(title=f"Journey {n}")
    for place in range(11):
        Step.objects.create(journey=journey, touchpoint=made[n * 40 + place], position=place + 1)
        if place:
            ends = (made[n * 40 + place - 1], made[n * 40 + place])
            Handoff.objects.propose(*ends, by=cxo, passes="What was said", hours=1)
"""


def main() -> int:

    with servers() as environment:
        environment = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": SETTINGS, "DEMO": "0"}
        for command in (["migrate", "-v0"], ["seed_world", "--seed", "1", "--size", "200"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        subprocess.run([sys.executable, "-c", FILL], cwd=ROOT, env=environment, check=True)
        cookies = json.loads(_python("tests.bench.people", environment))
        with web(environment) as port:
            targets = [Target(path, path, f"session={cookies['ceo']}") for path in (FRAME, *PAGES)]
            for _ in range(3):
                for target in targets:
                    window_alone(target, port, 1)
    frame, *pages = targets
    print(f"{'page':<26}{'ms':>8}{'above':>8}{'queries':>9}{'kB':>7}")
    for target in targets:
        above = target.milliseconds - frame.milliseconds
        print(f"{target.path:<26}{target.milliseconds:>8.1f}{above:>8.1f}{target.queries:>9}{target.weight / 1000:>7.1f}")
    drawn = pages[0]
    met = drawn.milliseconds - frame.milliseconds <= MOST_MS and drawn.queries <= MOST_QUERIES
    print("met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    Path(data_folder()).mkdir(parents=True, exist_ok=True)
    sys.exit(main())
