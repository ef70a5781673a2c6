"""The sweeps: what each stage has answered in the one that is open, and how the earlier ones ended."""

from typing import Any

from initiatives.journey.models import Sweep, SweepStage
from initiatives.organization.models import User

EARLIER = 12


def sweeps_page(user: User) -> dict[str, Any]:
    """The newest sweep, stage by stage, as far as the reader may know of the stages; and the earlier ones."""
    sweeps = list(Sweep.objects.visible_to(user).select_related("opened_by")[: EARLIER + 1])
    newest = sweeps[0] if sweeps else None
    rows = _stages(newest, user) if newest else []
    leads = user.has_perm("journey.lead_sweep")
    return {
        "sweep": newest,
        "rows": rows,
        "answered": sum(row["answered"] for row in rows),
        "earlier": sweeps[1:],
        "may_lead": leads,
        "complete_obstacle": newest.obstacle_to_complete(user) if leads and newest and newest.is_open else None,
    }


def _stages(sweep: Sweep, user: User) -> list[dict[str, Any]]:
    along = ("stage", "department", "signed_by")
    found = SweepStage.objects.visible_to(user).filter(sweep=sweep).select_related(*along).order_by("stage__position")
    rows, entries = [], sweep.entries()
    for asked in found:
        asked.sweep = sweep
        signals, problems = entries.get(asked.stage_id, (0, 0))
        answered = asked.signed_by is not None or signals + problems > 0
        may_sign = sweep.is_open and not answered and asked.may_sign(user)
        rows.append({"asked": asked, "signals": signals, "problems": problems, "answered": answered, "may_sign": may_sign})
    return rows
