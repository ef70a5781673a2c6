"""The money of two plans side by side: each currency by itself, and all of it in the company's currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.utils.translation import gettext as _

from initiatives.core import clock
from initiatives.core.templatetags.words import amount, number
from initiatives.funding.models import ExchangeRate
from initiatives.funding.models.rates import in_company_currency
from initiatives.funding.reports.currencies import NONE, Counted
from initiatives.portfolio.models import Plan


@dataclass(frozen=True)
class Row:
    """One thing that two plans say: before, after, and what lies between. `kind` "money": an amount that is None is withheld."""

    label: str
    before: Any
    after: Any
    change: str = ""
    kind: str = "words"

    @property
    def withheld(self) -> bool:
        return self.kind == "money" and self.before is None


def in_money(before: Decimal | None, after: Decimal | None) -> str:
    """How far an amount moved, and in percent of what it was: "+10,000.00 (+5.0 %)"."""
    if before is None or after is None or before == after:
        return ""
    moved = after - before
    said = f"{'+' if moved > 0 else ''}{amount(moved)}"
    percent = (100 * moved / before).quantize(Decimal("0.1"), ROUND_HALF_EVEN) if before else None
    return said if percent is None else f"{said} ({'+' if moved > 0 else ''}{number(percent, 1)}\u00a0%)"


class Worth:
    """Plans' money in the company's currency: what is in others at the rates of today, alike for all that are compared.

    A plan that did not count other currencies is compared by its own. `rates`: those of today, where they are known.
    """

    def __init__(self, *plans: Plan, rates: dict[str, ExchangeRate] | None = None) -> None:
        codes = {code for plan in plans for code in plan.foreign or {}}
        if rates is None:
            rates = ExchangeRate.objects.on(clock.company_day()) if codes else {}
        self.rates = rates
        most = {code: max(foreign_in(plan).get(code, NONE) for plan in plans) for code in codes - rates.keys()}
        self.counted = Counted({}, most, [rates[code] for code in sorted(codes & rates.keys())])

    def both(self, before: Plan, after: Plan) -> tuple[Decimal, Decimal]:
        if before.foreign is None or after.foreign is None:
            return before.money, after.money
        return self.of(before), self.of(after)

    def of(self, plan: Plan) -> Decimal:
        others = (in_company_currency(there, code, self.rates) for code, there in foreign_in(plan).items())
        return plan.money + sum((one for one in others if one is not None), NONE)


def foreign_in(plan: Plan) -> dict[str, Decimal]:
    return {code: Decimal(text) for code, text in (plan.foreign or {}).items()}


def foreign_rows(before: Plan, after: Plan) -> list[Row]:
    """Each other currency by itself."""
    was, now = foreign_in(before), foreign_in(after)
    return [
        words_row(
            _("Money allocated, %(currency)s") % {"currency": code},
            *(
                _("not counted") if plan.foreign is None else f"{code} {amount(there.get(code, NONE))}"
                for plan, there in ((before, was), (after, now))
            ),
        )
        for code in sorted({*was, *now})
    ]


def money_rows(before: Plan, after: Plan, worth: Worth) -> list[Row]:
    """What was given, and the points of cost and benefit where one of the plans has a case."""
    found = [money_row(_("Money allocated"), *worth.both(before, after)), *foreign_rows(before, after)]
    if before.case is None and after.case is None:
        return found
    labels = {
        "cost": (_("Cost, low"), _("Cost, base"), _("Cost, high"), _("Cost, expected")),
        "benefit": (_("Benefit, low"), _("Benefit, base"), _("Benefit, high"), _("Benefit, expected")),
    }
    for what, words in labels.items():
        for point, label in zip(("low", "base", "high", "expected"), words, strict=True):
            was, now = (getattr(getattr(plan.case, what), point) if plan.case else None for plan in (before, after))
            found.append(money_row(label, was, now))
    return found


def money_row(label: str, was: Decimal | None, now: Decimal | None) -> Row:
    """Where one of the plans had no case, there was no amount: nothing, and not withheld."""
    if was is None or now is None:
        before, after = ("" if one is None else amount(one) for one in (was, now))
        return Row(label, before, after, _("new") if was is None else _("gone"))
    return Row(label, was, now, in_money(was, now), "money")


def words_row(label: str, was: Any, now: Any) -> Row:
    return Row(label, was or "", now or "", _("changed") if was != now else "")
