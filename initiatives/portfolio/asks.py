"""The kinds of asks that the portfolio opens: who may still see and answer each, and what it is about."""

from collections.abc import Mapping

from django.db.models import QuerySet

from initiatives.core.prepared import prepared
from initiatives.duties.kinds import Kind, register
from initiatives.organization.models import User
from initiatives.portfolio.models import BaselineProposal, BenefitOwner, Experiment, Gate, Initiative, Involvement, State
from initiatives.portfolio.models.asking import ACCEPT, CHECK_IN, CONCLUDE, DECIDE_BASELINE, DECIDE_GATE, OWN_BENEFIT, SUCCEED
from initiatives.portfolio.models.experiments import ExperimentQuerySet
from initiatives.portfolio.models.involvement import InvolvementQuerySet


@prepared
def _running(ids: set[int]) -> QuerySet[Initiative, tuple[int, int | None, int | None, int]]:
    found = Initiative.objects.in_progress().filter(pk__among=ids)
    return found.values_list("pk", "accountable_person", "accountable_department", "lead_department")


def may_still_report(user: User, ids: set[int]) -> set[int]:
    """Who runs an initiative is among its insiders, so of most asks the row itself says it; the long question is asked of
    the rest only, for this is asked on every page."""
    standing = user.standing
    if not user.is_active or not standing.anywhere:
        return set()
    rows = _running(ids)
    runs = {pk for pk, person, *departments in rows if person == user.pk or not standing.heads.isdisjoint(departments)}
    rest = {row[0] for row in rows} - runs
    if not rest:
        return runs
    return runs | set(Initiative.objects.visible_to(user).reportable_by(user).filter(pk__in=rest).values_list("pk", flat=True))


def seen_involvements(user: User) -> InvolvementQuerySet:
    return Involvement.objects.filter(initiative__in=Initiative.objects.visible_to(user))


def may_still_answer(user: User, ids: set[int]) -> set[int]:
    waiting = seen_involvements(user).waiting().filter(pk__in=ids).select_related("department")
    return {involvement.pk for involvement in waiting if involvement.may_answer(user)}


def may_still_name(user: User, ids: set[int]) -> set[int]:
    carried = seen_involvements(user).filter(pk__in=ids, state=State.ACCEPTED).select_related("department")
    return {involvement.pk for involvement in carried if involvement.may_answer(user)}


@prepared
def _told(ids: set[int]) -> QuerySet[Initiative]:
    return Initiative.objects.only("reference", "title", "health", "health_on", "percent").filter(pk__among=ids)


def may_still_decide(user: User, ids: set[int]) -> set[int]:
    """The CXO, but not who answers for the work."""
    if not user.is_active or not user.standing.holds("cxo"):
        return set()
    waiting = Gate.objects.waiting().visible_to(user).filter(pk__in=ids)
    return set(waiting.exclude(milestone__initiative__accountable_person=user).values_list("pk", flat=True))


def gates(ids: set[int]) -> Mapping[int, Gate]:
    return Gate.objects.select_related("milestone__initiative").in_bulk(ids)


def seen_benefits(user: User) -> QuerySet[BenefitOwner]:
    return BenefitOwner.objects.filter(initiative__in=Initiative.objects.visible_to(user))


def may_still_own(user: User, ids: set[int]) -> set[int]:
    """Only who is asked, while they belong to the department."""
    belongs = user.standing.belongs_to
    waiting = seen_benefits(user).filter(pk__in=ids, state=State.PROPOSED, person=user, department__in=belongs)
    return set(waiting.values_list("pk", flat=True))


def benefits(ids: set[int]) -> Mapping[int, BenefitOwner]:
    return BenefitOwner.objects.select_related("initiative", "person").in_bulk(ids)


def seen_proposals(user: User) -> QuerySet[BaselineProposal]:
    return BaselineProposal.objects.filter(initiative__in=Initiative.objects.visible_to(user))


def may_still_judge(user: User, ids: set[int]) -> set[int]:
    """The CXO, but neither who proposed it nor who answers for the work."""
    if not user.is_active or not user.standing.holds("cxo"):
        return set()
    waiting = BaselineProposal.objects.waiting().filter(pk__in=ids, initiative__in=Initiative.objects.visible_to(user))
    apart = waiting.exclude(proposed_by=user).exclude(initiative__accountable_person=user)
    return set(apart.values_list("pk", flat=True))


def proposals(ids: set[int]) -> Mapping[int, BaselineProposal]:
    return BaselineProposal.objects.select_related("initiative").in_bulk(ids)


def seen_experiments(user: User) -> ExperimentQuerySet:
    return Experiment.objects.filter(initiative__in=Initiative.objects.visible_to(user))


def may_still_conclude(user: User, ids: set[int]) -> set[int]:
    """Who may plan the initiative."""
    if not user.is_active:
        return set()
    running = seen_experiments(user).running().filter(pk__in=ids).select_related("initiative")
    return {one.pk for one in running if one.initiative.may_plan(user)}


def experiments(ids: set[int]) -> Mapping[int, Experiment]:
    return Experiment.objects.select_related("initiative").in_bulk(ids)


def initiatives(ids: set[int]) -> Mapping[int, Initiative]:
    """As far as Home shows them: no row of a list reads the texts."""
    return {initiative.pk: initiative for initiative in _told(ids)}


def involvements(ids: set[int]) -> Mapping[int, Involvement]:
    return Involvement.objects.select_related("initiative", "department").in_bulk(ids)


register(
    Kind(
        name=CHECK_IN,
        words="Check-in",
        template="portfolio/answers/check_in.html",
        still=may_still_report,
        visible=lambda user: Initiative.objects.visible_to(user),
        subjects=initiatives,
    )
)
register(
    Kind(
        name=ACCEPT,
        words="Part to accept",
        template="portfolio/answers/accept_involvement.html",
        still=may_still_answer,
        visible=seen_involvements,
        subjects=involvements,
        announced=True,
    )
)
register(
    Kind(
        name=SUCCEED,
        words="Successor to name",
        template="",
        still=may_still_name,
        visible=seen_involvements,
        subjects=involvements,
        announced=True,
    )
)
register(
    Kind(
        name=DECIDE_GATE,
        words="Gate to decide",
        template="",
        still=may_still_decide,
        visible=lambda user: Gate.objects.visible_to(user),
        subjects=gates,
        announced=True,
    )
)
register(
    Kind(
        name=OWN_BENEFIT,
        words="Benefit to own",
        template="",
        still=may_still_own,
        visible=seen_benefits,
        subjects=benefits,
        announced=True,
    )
)
register(
    Kind(
        name=DECIDE_BASELINE,
        words="Baseline to decide",
        template="",
        still=may_still_judge,
        visible=seen_proposals,
        subjects=proposals,
        announced=True,
    )
)
register(
    Kind(
        name=CONCLUDE,
        words="Experiment to conclude",
        template="",
        still=may_still_conclude,
        visible=seen_experiments,
        subjects=experiments,
    )
)
