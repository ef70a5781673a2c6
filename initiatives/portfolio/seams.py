"""What the portfolio tells the rooms below: who sees a confidential initiative, what a leaver held, whose money it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.funding import above
from initiatives.funding.models import CostObject
from initiatives.journey import above as journey
from initiatives.journey.above import Aimless, Work
from initiatives.journey.models import MapPolicy, Touchpoint
from initiatives.organization import departures, projections, reorganization
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import (
    CANDIDATES,
    AnsweredProblem,
    Baseline,
    BenefitOwner,
    BusinessCase,
    Experiment,
    Gate,
    ImprovedTouchpoint,
    Initiative,
    InitiativeGroupPermission,
    InitiativeUserPermission,
    Involvement,
    Status,
)
from initiatives.portfolio.models.grants import project
from initiatives.portfolio.models.passing_on import department_closed, pass_to, work_of
from initiatives.portfolio.models.words import OVER, Type
from initiatives.portfolio.reports.case import case_for_request, cases_briefly


def rebuild_guests(*, check: bool = False) -> list[str]:
    """Make the grants on confidential initiatives again from what people decided; say what differed."""
    tables = (InitiativeUserPermission, InitiativeGroupPermission)
    granted = {pk for table in tables for pk in table.objects.values_list("content_object_id", flat=True)}
    initiatives = Initiative.objects.filter(Q(confidential=True) | Q(pk__in=granted)).order_by("pk")
    return [difference for initiative in initiatives for difference in project(initiative, apply=not check)]


def held_by(person: User, by: User | None) -> departures.Accountable:
    """The parts a person carries, the benefits they own and the initiatives they sponsor, as far as `by` may see them."""
    seen = Initiative.objects.all() if by is None else Initiative.objects.visible_to(by)
    parts = Involvement.objects.living().filter(person=person, initiative__in=seen).select_related("initiative").order_by("pk")
    benefits = BenefitOwner.objects.living().filter(person=person, initiative__in=seen).select_related("initiative")
    owned = [(f"Benefit of {one.initiative.reference}", one.initiative) for one in benefits.order_by("pk")]
    carried = [(f"{part.get_letter_display()}: {part.initiative.reference}", part.initiative) for part in parts]
    sponsored = [(f"Sponsor: {initiative.reference}", initiative) for initiative in seen.filter(sponsor=person).order_by("pk")]
    return [
        (words, initiative.get_absolute_url()) for words, initiative in (*carried, *owned, *sponsored) if not initiative.is_over
    ]


def pass_on(person: User, by: User | None) -> None:
    """Each part that a leaver carried passes to the head of the department, who is asked to name a successor."""
    for part in Involvement.objects.accepted().filter(person=person).select_related("initiative", "department").order_by("pk"):
        if not part.initiative.is_over:
            part.pass_to_steward(by=by, reason=f"{person} left.")
    benefits_pass_on(person, None, by)


def benefits_pass_on(person: User, department: Department | None, by: User | None) -> None:
    """The head is asked for each benefit of somebody who has no role in its department any more."""
    for owner in BenefitOwner.objects.without_role(person):
        owner.pass_to(owner.department, by=by, reason=f"{person} left {owner.department}.")


def worked_on_by(department: Department, by: User) -> reorganization.Held:
    """The initiatives that a department leads or takes part in, as far as `by` may see them."""
    seen = work_of(department).filter(pk__in=Initiative.objects.visible_to(by))
    return [(initiative.pk, f"{initiative.reference} {initiative.title}") for initiative in seen]


def names_for(user: User, cost_objects: Collection[int]) -> Mapping[int, above.Name]:
    """What these cost objects are called, for those whose initiative this person sees."""
    rows = Initiative.objects.visible_to(user).filter(cost_object__in=cost_objects)
    return {row.cost_object_id: above.Name(str(row), row.get_absolute_url()) for row in rows}


def referred(references: Collection[str]) -> Mapping[str, int]:
    """The cost objects of the initiatives that have these references."""
    return dict(Initiative.objects.filter(reference__in=references).values_list("reference", "cost_object_id"))


def tranches_from(cost_object: OuterRef, day: Any) -> QuerySet[Gate, Any]:
    """What waits at the gates of a cost object's initiative whose milestone is due on this day or later; for subqueries."""
    waiting = Gate.objects.waiting().filter(milestone__initiative__cost_object=cost_object, milestone__due_on__gte=day)
    return waiting.order_by().values("milestone__initiative__cost_object").annotate(sum=Sum("tranche")).values("sum")


def over(cost_objects: Collection[int]) -> Collection[int]:
    """Those of these cost objects whose initiative is completed, realised, declined or cancelled."""
    return set(Initiative.objects.filter(cost_object__in=cost_objects, status__in=OVER).values_list("cost_object_id", flat=True))


def carried_by(user: User) -> QuerySet[Initiative, Any]:
    """The cost objects of what this person answers for, leads, or drafted in the own department."""
    standing = user.standing
    mine = Q(accountable_person=user) | Q(created_by=user, lead_department__in=standing.belongs_to)
    led = Q(lead_department__in=standing.heads) | Q(accountable_department__in=standing.heads)
    return Initiative.objects.visible_to(user).filter(mine | led).values("cost_object")


def aims_of(cost_objects: Collection[int]) -> Mapping[int, above.Aims]:
    """The stages of the touchpoints that the initiative improves, and of those at which the problems stand that it answers."""
    stages: dict[int, set[int]] = {pk: set() for pk in cost_objects}
    paid = {"initiative__cost_object__in": cost_objects}
    improved = ImprovedTouchpoint.objects.living().filter(**paid)
    answered = AnsweredProblem.objects.living().filter(**paid).exclude(problem__links=None)
    for thing, stage in improved.values_list("initiative__cost_object", "touchpoint__stage").union(
        answered.values_list("initiative__cost_object", "problem__links__touchpoint__stage")
    ):
        stages[thing].add(stage)
    rows = Initiative.objects.filter(cost_object__in=cost_objects).values_list("cost_object", "horizon", "type")
    said = {thing: (horizon, kind) for thing, horizon, kind in rows}
    return {thing: above.Aims(frozenset(found), *said.get(thing, ())) for thing, found in stages.items()}


def money_was_allocated(cost_object: CostObject, by: User, seed: bool) -> None:
    """The first allocation funds a prioritised initiative; more may follow while it runs. Others get no money.

    A seed funds the experiment and not the initiative, which stays where it stands.
    """
    initiative = Initiative.objects.filter(cost_object=cost_object).first()
    if initiative is None or (seed and not initiative.is_over):
        return
    if initiative.status in (Status.DRAFT, *CANDIDATES):
        initiative.fund(by=by)
    elif initiative.is_over:
        raise RuleBroken(f"{initiative.reference} is {initiative.get_status_display().lower()}: no money is allocated to it.")
    else:
        initiative.lock()
    Baseline.objects.freeze_first(initiative, by=by)


def may_ask_for(user: User, cost_object: CostObject) -> bool:
    """Who may edit or run the initiative, from the day it is proposed until it is over."""
    initiative: Initiative | None = getattr(cost_object, "initiative", None)
    if initiative is None or initiative.is_over or initiative.status == Status.DRAFT:
        return False
    return (initiative.may_edit(user) or initiative.may_run(user)) and initiative.seen_by(user)


def tested(cost_object: CostObject) -> above.Trial | None:
    """The newest experiment that runs for the initiative, while that is not over."""
    found = Experiment.objects.running().filter(initiative__cost_object=cost_object).exclude(initiative__status__in=OVER)
    newest = found.select_related("initiative").order_by("-pk").first()
    return above.Trial(newest.hypothesis, newest.get_absolute_url(), newest.stops_on) if newest else None


def progress_of(user: User, cost_object: CostObject) -> above.Progress | None:
    """The percent that was last reported, and the money of the newest baseline; None where one of them is not there."""
    newest = Baseline.objects.filter(initiative=OuterRef("pk")).order_by("-number").values("money")[:1]
    known = Initiative.objects.visible_to(user).filter(cost_object=cost_object).exclude(percent=None)
    found = known.annotate(planned=Subquery(newest)).exclude(planned=None).values_list("percent", "planned").first()
    return above.Progress(found[0] or 0, found[1]) if found else None


def case_lacks(cost_object: CostObject) -> str | None:
    """What the case lacks for money to be asked with it, where the policy says that it must be whole.

    Imported initiatives too: whatever was decided elsewhere, this money is asked for here.
    """
    if not MapPolicy.objects.current().funding_needs_case:
        return None
    initiative = Initiative.objects.filter(cost_object=cost_object).first()
    return BusinessCase.objects.lacking(initiative) if initiative else None


GIVEN_UP = (Status.DECLINED, Status.CANCELLED)


def answering(user: User, problems: Collection[int] | None) -> Mapping[int, Sequence[Work]]:
    """The initiatives that answer these problems (None: all), as far as this person may see them."""
    found = AnsweredProblem.objects.living().visible_to(user)
    if problems is not None:
        found = found.filter(problem__in=problems)
    work: dict[int, list[Work]] = defaultdict(list)
    for aim in found.exclude(initiative__status__in=GIVEN_UP).select_related("initiative").order_by("initiative"):
        work[aim.problem_id].append(_as_work(aim.initiative))
    return work


def improving(user: User, touchpoint: Touchpoint) -> Sequence[Work]:
    """The initiatives that improve this touchpoint, as far as this person may see them."""
    aims = ImprovedTouchpoint.objects.living().filter(touchpoint=touchpoint).values("initiative")
    found = Initiative.objects.visible_to(user).filter(pk__in=aims).exclude(status__in=GIVEN_UP)
    return [_as_work(initiative) for initiative in found.order_by("pk")]


def aimless(user: User) -> Aimless:
    """How many initiatives that this person sees answer no problem."""
    return Aimless(Initiative.objects.visible_to(user).without_problem().count(), f"{reverse('portfolio:list')}?problem=none")


def _as_work(initiative: Initiative) -> Work:
    return Work(str(initiative), initiative.get_absolute_url(), str(initiative.get_status_display()))


projections.register("guests of confidential initiatives", rebuild_guests)
departures.register(held_by, pass_on)
departures.when_role_ends(benefits_pass_on)
reorganization.register(reorganization.Holder("portfolio", worked_on_by, pass_to, department_closed))
above.name_with(names_for)
above.amounts_with(carried_by)
above.aims_with(aims_of, Type.choices)
above.tested_with(tested)
above.refer_with(referred, over)
above.spare_with(tranches_from)
above.progress_with(progress_of)
above.when_allocated(money_was_allocated)
above.owner_may_ask(may_ask_for)
above.case_with(case_for_request, case_lacks, cases_briefly)
journey.initiatives_with(answering)
journey.work_with(improving)
journey.aimless_with(aimless)
