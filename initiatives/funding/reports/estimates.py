"""Estimates at completion by other methods than the pace of months, each with its formula and every number in it.

The formulas are those of earned value management (PMI, Practice Standard for Earned Value Management): an estimate at completion
(EAC) is what was paid (AC) and an estimate to complete. BAC is the budget of the plan, EV what is done of it. Who says that the
rest costs as was planned reckons AC + BAC - EV; who says that it costs as what is done did, BAC / CPI with CPI = EV / AC; who
adds up what is still to come, AC and that.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models

from initiatives.core.money import CENT
from initiatives.funding.above import Progress
from initiatives.funding.models.figures import Sums
from initiatives.funding.reports.forecast import NONE, Outlook


class Method(models.TextChoices):
    """How the estimate is reckoned; the first one is that of initiatives.funding.reports.forecast."""

    PACE = "pace", "By pace"
    PROMISED = "promised", "By what is promised"
    PLAN = "plan", "By plan"
    PROGRESS = "progress", "By progress"


NEEDS_PROGRESS = (Method.PLAN, Method.PROGRESS)


@dataclass(frozen=True)
class Estimate(Outlook):
    """What it will have cost by one method; None where a number of it is missing, and `lacks` says which."""

    method: Method
    formula: str
    allocated: Decimal
    terms: list[tuple[str, Decimal]] = field(default_factory=list)
    at_completion: Decimal | None = None
    lacks: str = ""


def estimate(method: Method, sums: Sums, progress: Progress | None, plans_in: str) -> Estimate:
    """By this method, in the currency of these sums. `plans_in` is the currency of what is planned."""
    paid, due = ("paid (AC)", sums.spent), ("committed and not paid", sums.committed)
    if method not in NEEDS_PROGRESS:
        formula, terms = "AC + committed + asked", [paid, due, ("asked and not decided", sums.asked)]
        return Estimate(method, formula, sums.allocated, terms, sum((amount for _, amount in terms), NONE))
    formula = "AC + BAC − EV" if method == Method.PLAN else "BAC × AC ÷ EV"
    if sums.currency != plans_in:
        return Estimate(method, formula, sums.allocated, lacks=f"The plan is kept in {plans_in} only.")
    if progress is None:
        return Estimate(method, formula, sums.allocated, lacks="No plan, or no report of how far the work is, is known to you.")
    done = (progress.planned * progress.percent / 100).quantize(CENT)
    terms = [paid, ("planned (BAC)", progress.planned), (f"done, {progress.percent} % of it (EV)", done), due]
    if method == Method.PLAN:
        found = sums.spent + progress.planned - done
    elif done and sums.spent:
        found = (progress.planned * sums.spent / done).quantize(CENT)
    else:
        return Estimate(method, formula, sums.allocated, terms, lacks="As long as nothing is done or paid it says nothing.")
    return Estimate(method, formula, sums.allocated, terms, max(found, sums.spent + sums.committed))
