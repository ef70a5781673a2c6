"""One version of the truth as its page shows it: the measures N9, and what each is made of."""

from fractions import Fraction
from typing import Any

from django.urls import reverse

from initiatives.journey.models.system_words import interval
from initiatives.journey.reports.landscape import Landscape
from initiatives.journey.reports.matrix import fault
from initiatives.journey.reports.one_truth import View
from initiatives.organization.models import User

BROKEN_SHOWN, APART_SHOWN = 20, 20


def percent(share: Fraction | None) -> int | None:
    """A share in whole percent, half to even; None stays None."""
    return None if share is None else round(100 * share)


def single_view_page(user: User) -> dict[str, Any]:
    """The measures with their targets, each entity's verdict, the passages that break, the pairs that are apart."""
    land = Landscape(user)
    reach, views = land.single_view()
    joined, pairs, apart = land.online_offline()
    risk, broken, passages = land.repeat_risk()
    faults = [fault(systems) for systems in land.rulings().values()]
    policy = land.policy
    link = Fraction(joined, pairs) if pairs else None
    return {
        "policy": policy,
        "node": land.systems.get(land.node) if land.node else None,
        "limit": interval(policy.limit_minutes),
        "reach": percent(reach),
        "reached": sum(not view.fault for view in views),
        "entities": len(views),
        "reach_missed": missed(reach, policy.view_target),
        "link": percent(link),
        "joined": joined,
        "pairs": pairs,
        "link_missed": missed(link, policy.link_target),
        "risk": percent(risk),
        "risk_missed": risk is not None and policy.repeat_target is not None and risk * 100 > policy.repeat_target,
        "passages": passages,
        "conflicts": faults.count("conflict"),
        "voids": faults.count("void"),
        "views": [_verdict(view, land) for view in views],
        "broken": [
            {"pair": one, "percent": percent(one.carried), "asked": round(one.traffic * (1 - one.carried))}
            for one in broken[:BROKEN_SHOWN]
        ],
        "broken_total": len(broken),
        "apart": [[land.systems[pk] for pk in sorted(pair)] for pair in apart[:APART_SHOWN]],
        "apart_total": len(apart),
        "problem_url": reverse("journey:pose_problem") if user.has_perm("journey.pose_problem") else "",
        "may_agree": user.has_perm("journey.agree_view"),
    }


def missed(share: Fraction | None, target: int | None) -> bool:
    return share is not None and target is not None and share * 100 < target


def _verdict(view: View, land: Landscape) -> dict[str, Any]:
    """One entity's line: whether it arrives in the single view, and if not, why and between which systems."""
    age = None if view.age is None else interval(view.age)
    return {
        "entity": land.entities[view.entity],
        "fault": view.fault,
        "systems": [land.systems[pk] for pk in view.systems],
        "age": age,
    }
