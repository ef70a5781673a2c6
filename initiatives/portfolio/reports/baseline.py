"""The named queries of an initiative's baselines: how the plan of today differs from the first and from the current one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from initiatives.core.templatetags.words import day
from initiatives.funding.reports.panels import Panel
from initiatives.journey.models import Problem, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models import Baseline, BaselineProposal, Initiative, Plan
from initiatives.portfolio.models.baselines import plan_of
from initiatives.portfolio.reports.baseline_money import Row, Worth, in_money, money_rows, words_row
from initiatives.portfolio.reports.case import aim, read


@dataclass(frozen=True)
class Piece:
    """One piece of the scope. `was`, `due`: the days of a milestone; `state`: added, removed, or kept."""

    label: str
    state: str
    was: date | None = None
    due: date | None = None
    change: str = ""

    @property
    def changed(self) -> bool:
        return self.state != "kept" or bool(self.change)


@dataclass(frozen=True)
class Difference:
    """What changed from one plan to another, for one reader."""

    rows: list[Row]
    milestones: list[Piece]
    aims: list[Piece]

    @property
    def changed(self) -> "Difference":
        """What is not as it was; and what is withheld, which may be."""
        return Difference(
            [row for row in self.rows if row.change or row.withheld],
            [one for one in self.milestones if one.changed],
            [one for one in self.aims if one.changed],
        )

    @property
    def same(self) -> "Difference":
        return Difference(
            [row for row in self.rows if not row.change and not row.withheld],
            [one for one in self.milestones if not one.changed],
            [one for one in self.aims if not one.changed],
        )

    def __len__(self) -> int:
        return len(self.rows) + len(self.milestones) + len(self.aims)


def in_days(before: date | None, after: date | None) -> str:
    """How far a day moved: "+14 days"."""
    if before is None or after is None or before == after:
        return ""
    days = (after - before).days
    return ngettext("%(n)s day", "%(n)s days", abs(days)) % {"n": f"{'+' if days > 0 else '−'}{abs(days)}"}


class Names:
    """What touchpoints and problems are called, for those that this reader may know of."""

    def __init__(self, user: User, *plans: Plan) -> None:
        touchpoints = {pk for plan in plans for pk in plan.scope["touchpoints"]}
        problems = {pk for plan in plans for pk in plan.scope["problems"]}
        seen = Touchpoint.objects.visible_to(user).filter(pk__in=touchpoints).select_related("owned")
        self.touchpoints = {one.pk: f"{one.reference} {one.title}" for one in seen} if touchpoints else {}
        answered = Problem.objects.visible_to(user).filter(pk__in=problems)
        self.problems = {one.pk: str(one) for one in answered} if problems else {}


def difference(before: Plan, after: Plan, names: Names, worth: Worth | None) -> Difference:
    """What lies between two plans; amounts only where the money is open to the reader: then `worth` counts them."""
    return Difference(
        list(rows(before, after, worth)),
        list(milestones(before.scope["milestones"], after.scope["milestones"])),
        [
            *aims(before.scope["touchpoints"], after.scope["touchpoints"], names.touchpoints),
            *aims(before.scope["problems"], after.scope["problems"], names.problems),
        ],
    )


def rows(before: Plan, after: Plan, worth: Worth | None) -> list[Row]:
    return [
        Row(_("Start"), before.starts_on, after.starts_on, in_days(before.starts_on, after.starts_on), "day"),
        Row(_("End"), before.ends_on, after.ends_on, in_days(before.ends_on, after.ends_on), "day"),
        *(money_rows(before, after, worth) if worth else [Row(_("Money, cost and benefit"), None, None, kind="money")]),
        words_row(_("Metric"), before.case and aim(before.case), after.case and aim(after.case)),
        words_row(_("Baseline reading"), before.reading and read(before.reading), after.reading and read(after.reading)),
        words_row(_("Accountable department"), before.accountable_department, after.accountable_department),
        words_row(_("Accountable person"), before.accountable_person, after.accountable_person),
        words_row(_("Benefit owner"), before.benefit_owner, after.benefit_owner),
    ]


def milestones(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> list[Piece]:
    """All of both plans by their day, each kept, added or removed."""
    was = {one["id"]: one for one in before}
    now = {one["id"]: one for one in after}
    found = []
    for pk in was.keys() | now.keys():
        one, old, new = now.get(pk) or was[pk], _due(was.get(pk)), _due(now.get(pk))
        state = "kept" if old and new else "added" if new else "removed"
        found.append(Piece(one["title"], state, old, new, in_days(old, new)))
    return sorted(found, key=lambda piece: (piece.due or piece.was or date.max, piece.label))


def _due(milestone: Mapping[str, Any] | None) -> date | None:
    return date.fromisoformat(milestone["due_on"]) if milestone else None


def aims(before: list[int], after: list[int], names: Mapping[int, str]) -> list[Piece]:
    """What it is for, as far as the reader may know of it."""
    states = {pk: "kept" if pk in before and pk in after else "added" if pk in after else "removed" for pk in {*before, *after}}
    return [Piece(names[pk], states[pk]) for pk in sorted(states) if pk in names]


def baseline_page(initiative: Initiative, user: User) -> dict[str, Any]:
    """Today against the first and the current baseline, what is proposed, and all versions."""
    versions = list(Baseline.objects.of(initiative).with_people().select_related("proposed_by"))
    proposals = list(BaselineProposal.objects.of(initiative).with_people())
    for proposal in proposals:
        proposal.initiative = initiative
    waiting = next((one for one in proposals if one.is_open), None)
    today = Baseline(initiative=initiative, **plan_of(initiative))
    first, current = (versions[-1], versions[0]) if versions else (None, None)
    open_ = initiative.cost_object.amounts_open_to(user)
    names = Names(user, today, *versions, *([waiting] if waiting else []))
    shown = [plan for plan in dict.fromkeys([current, first]) if plan]
    worth = Worth(today, *shown, *([waiting] if waiting else [])) if open_ else None
    against = [(plan, difference(plan, today, names, worth)) for plan in shown]
    return {
        "initiative": initiative,
        "currency": initiative.cost_object.currency,
        "money_open": open_,
        "first": first,
        "current": current,
        "against": against,
        "since": [summed(plan, today, worth) for plan in shown],
        "counted": worth.counted if worth else None,
        "versions": versions,
        "waiting": waiting,
        "wanted": difference(current or _nothing(), waiting, names, worth) if waiting else None,
        "past": [one for one in proposals if not one.is_open],
        "propose_obstacle": BaselineProposal.objects.obstacle_to_propose(initiative, user),
        "may_propose": initiative.may_run(user) or initiative.may_edit(user),
        "decide_obstacle": waiting.obstacle_to_decide(user) if waiting else "",
        "may_decide": waiting is not None and user.standing.holds("cxo"),
        "may_withdraw": waiting is not None and waiting.obstacle_to_withdraw(user) is None,
    }


def summed(plan: Plan, today: Plan, worth: Worth | None) -> str:
    """End and money in one sentence's part: "end +14 days; money +10,000.00 (+5.0 %)"; empty when both are as they were."""
    moved, grown = in_days(plan.ends_on, today.ends_on), in_money(*worth.both(plan, today)) if worth else ""
    return "; ".join(said for said in (moved and f"{_('end')} {moved}", grown and f"{_('money')} {grown}") if said)


def _nothing() -> Plan:
    """The plan before the first baseline."""
    return Baseline(money=Decimal(0), scope={"milestones": [], "touchpoints": [], "problems": []})


def baseline_line(kept: Mapping[str, Any] | None, initiative: Initiative, panel: Panel) -> Mapping[str, str] | None:
    """The current baseline in one line on the initiative's page; `kept` is what the page's one question brought along."""
    if kept is None:
        return None
    ends_on = date.fromisoformat(kept["ends_on"]) if kept["ends_on"] else None
    plan = Baseline(ends_on=ends_on, money=Decimal(kept["money"]), foreign=kept["foreign"])
    others = {book.figures.currency: book for book in (panel.money.books if panel.money else ()) if not book.own}
    there = {code: str(book.figures.allocated) for code, book in others.items() if book.figures.allocated}
    today = Baseline(ends_on=initiative.ends_on, money=initiative.cost_object.allocated, foreign=there)
    rates = {code: book.rate for code, book in others.items() if book.rate}
    at = day(date.fromisoformat(kept["at"][:10]))
    return {
        "number": kept["number"],
        "at": at,
        "change": summed(plan, today, Worth(plan, today, rates=rates) if panel.open else None),
    }
