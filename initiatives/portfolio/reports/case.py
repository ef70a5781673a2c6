"""The named queries of an initiative's business case: its page, what a request for money shows of it, its line."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from initiatives.core.templatetags.words import number
from initiatives.funding.above import Case, Name
from initiatives.funding.models import CostObject
from initiatives.organization.models import User
from initiatives.portfolio.models import BaselineReading, BenefitOwner, Better, BusinessCase, Initiative, Points, State

SHOWN = 10  # versions, readings


def measure(value: Decimal) -> str:
    """A metric's value without the zeros that nobody measured: "3.4"."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return number(value, max(0, -exponent if isinstance(exponent, int) else 0))


def read(reading: BaselineReading) -> str:
    """A reading as it is cited: "3.4 (n = 212), 3 Nov 2026; survey at the gates"."""
    return f"{measure(reading.value)} (n = {number(reading.n)}), {reading.on:%-d %b %Y}; {reading.source}"


def aim(case: BusinessCase) -> str:
    """The metric with where it should be: "Cleanliness score of 5: at least 4.2"."""
    bound = "at least" if case.better == Better.HIGHER else "at most"
    return f"{case.metric}: {bound} {measure(case.target)} {case.unit}"


def points(amounts: Points, *, open_: bool) -> tuple[Decimal | None, ...]:
    """Low, base, high and the PERT mean; all withheld from whom the money is not open to."""
    return (*amounts, amounts.expected) if open_ else (None,) * 4


def case_page(initiative: Initiative, user: User) -> dict[str, Any]:
    """The case as it is now, what it lacks, who owns the benefit, and its versions."""
    versions = list(BusinessCase.objects.of(initiative).select_related("by")[:SHOWN])
    readings = list(BaselineReading.objects.of(initiative).select_related("by")[:SHOWN])
    owners = list(BenefitOwner.objects.filter(initiative=initiative).select_related("person", "department").order_by("-id"))
    for owner in owners:
        owner.initiative = initiative
    money_open = initiative.cost_object.amounts_open_to(user)
    current = versions[0] if versions else None
    asked = next((one for one in owners if one.state == State.PROPOSED), None)
    return {
        "initiative": initiative,
        "case": current,
        "aim": aim(current) if current else "",
        "cost": points(current.cost, open_=money_open) if current else (),
        "benefit": points(current.benefit, open_=money_open) if current else (),
        "versions": versions,
        "readings": [{"row": one, "value": measure(one.value)} for one in readings],
        "owner": next((one for one in owners if one.state == State.ACCEPTED), None),
        "asked": asked,
        "past_owners": [one for one in owners if one.state in (State.DECLINED, State.ENDED)],
        "lacks": BusinessCase.objects.lacking(initiative),
        "answer_obstacle": asked.obstacle_to_answer(user) if asked else "",
        "write_obstacle": BusinessCase.objects.obstacle_to_write(initiative, user),
        "may_write": initiative.may_edit(user) or initiative.may_run(user),
        "may_ask": BenefitOwner.objects.obstacle_to_ask(initiative, user) is None,
        "currency": initiative.cost_object.currency,
    }


def case_for_request(user: User, cost_object: CostObject, decides: bool) -> Case | None:
    """The case that a request for money shows to who sees the initiative; who decides the request reads its amounts."""
    initiative = Initiative.objects.visible_to(user).filter(cost_object=cost_object).first()
    if initiative is None:
        return None
    case, reading = BusinessCase.objects.current(initiative), BaselineReading.objects.current(initiative)
    url, missing = f"{initiative.get_absolute_url()}case/", missing_of(initiative, user)
    if case is None:
        return Case(url, missing=missing)
    open_ = decides or cost_object.amounts_open_to(user)
    owner = BenefitOwner.objects.accepted().filter(initiative=initiative).select_related("person", "department").first()
    return Case(
        url,
        points(case.cost, open_=open_),
        points(case.benefit, open_=open_),
        aim(case),
        read(reading) if reading else "",
        f"{owner.person}, {owner.department}" if owner else "",
        missing,
    )


def missing_of(initiative: Initiative, user: User) -> tuple[Name, ...]:
    """What the case lacks, each where this person gives it; where somebody else does, the case's page."""
    writes = initiative.may_edit(user) or initiative.may_run(user)
    steps = BusinessCase.objects.missing(initiative).items()
    given = {step: reverse(f"portfolio:{step}", args=[initiative.reference]) for step, _ in steps if writes}
    return tuple(Name(words, given.get(step, f"{initiative.get_absolute_url()}case/")) for step, words in steps)


def cases_briefly(user: User, cost_objects: Collection[int]) -> Mapping[int, Case]:
    """What is expected of these cost objects, for who decides about them and sees their initiatives; one query."""
    seen = Initiative.objects.visible_to(user).filter(cost_object__in=cost_objects)
    newest = BusinessCase.objects.filter(initiative__in=seen).order_by("initiative", "-number").distinct("initiative")
    return {
        case.initiative.cost_object_id: Case(
            f"{case.initiative.get_absolute_url()}case/",
            points(case.cost, open_=True),
            points(case.benefit, open_=True),
            aim(case),
        )
        for case in newest.select_related("initiative")
    }


def as_figures(case: BusinessCase | None) -> dict[str, Any]:
    """What the form of the case begins with."""
    return {**case.figures(), "seen": case.number} if case else {"seen": 0}
