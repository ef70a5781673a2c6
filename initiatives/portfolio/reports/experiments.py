"""The named query of an initiative's experiments, and their line on its page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from initiatives.core import clock
from initiatives.funding import above
from initiatives.funding.models import Pool
from initiatives.organization.models import User
from initiatives.portfolio.models import Experiment, Initiative, Result

SHOWN = 50


def experiments_page(initiative: Initiative, user: User) -> dict[str, Any]:
    """What is tested now and by when, and what was found before."""
    rows = list(Experiment.objects.of(initiative).select_related("started_by", "ended_by")[:SHOWN])
    return {
        "initiative": initiative,
        "running": [one for one in rows if one.is_running],
        "ended": [one for one in rows if not one.is_running],
        "today": clock.today(),
        "start_obstacle": Experiment.objects.obstacle_to_start(initiative, user),
        "may_plan": initiative.may_plan(user),
        "seeds": bool(rows) and gives_seeds(initiative, user),
    }


def gives_seeds(initiative: Initiative, user: User) -> bool:
    """Whether the reader may ask for a seed: an experiment runs, and some pool gives that."""
    return above.may_ask(user, initiative.cost_object) and Pool.objects.sowing(initiative.cost_object).exists()


def experiment_line(tested: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The newest experiment in one line; `tested` is what the page's one question brought along."""
    if tested is None:
        return None
    result = tested["result"]
    return {"stops_on": date.fromisoformat(tested["stops_on"]), "result": str(Result(result).label).lower() if result else ""}
