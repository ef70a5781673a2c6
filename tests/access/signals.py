"""What fails in the access table: raised and posed by the contributor who owns the touchpoint of each case."""

from datetime import date
from decimal import Decimal
from typing import Any

from initiatives.journey.models import Problem, Signal, Stage, State, Sweep, SweepStage, Touchpoint
from tests.cast import Cast

EVIDENCE = {"source": "comment", "observed_on": date(2026, 9, 1), "customers": 12}
FACTS: dict[str, Any] = {"title": "A problem", "statement": "It fails.", "severity": 3, "frequency": Decimal("0.1")}
Arguments = dict[tuple[str, str], dict[str, Any]]


def signals(arguments: Arguments, cast: Cast) -> None:
    for case, code in (("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")):
        touchpoint = Touchpoint.objects.get(title=f"The {case} touchpoint")
        signal = Signal.objects.raise_signal(by=cast.contributor(code), touchpoints=[touchpoint], title=f"The {case} signal")
        arguments["signal", case] = {"ref": signal.reference}
        problem = Problem.objects.pose(by=cast.contributor(code), touchpoints=[touchpoint], evidence=EVIDENCE, **FACTS)
        arguments["problem", case] = {"ref": problem.reference}
    _sweep(arguments, cast)
    arguments["problem", "none"] = {"ref": "PRB-99999"}
    arguments["signal", "none"] = {"ref": "SIG-99999"}


def _sweep(arguments: Arguments, cast: Cast) -> None:
    stages = []
    for place, (case, code) in enumerate((("own", "OPS"), ("foreign", "HR"), ("hidden", "HR")), 90):
        stage = Stage.objects.create(title=f"The {case} stage", kind="post_sale", position=place)
        stage.owned.restricted = case == "hidden"
        stage.owned.save(update_fields=["restricted"])
        stage.owned.become(State.OWNED, department=cast.department(code), person=cast.contributor(code))
        stages.append((case, stage))
    sweep = Sweep.objects.open_sweep(by=cast.cxo, due_on=date(2030, 1, 1), stages=[stage for _, stage in stages])
    arguments["sweep", "own"], arguments["sweep", "none"] = {"number": sweep.number}, {"number": 999}
    for case, stage in stages:
        asked = SweepStage.objects.get(sweep=sweep, stage=stage)
        arguments["swept stage", case] = {"number": sweep.number, "pk": asked.pk}
    arguments["swept stage", "none"] = {"number": sweep.number, "pk": 2_000_000_000}
