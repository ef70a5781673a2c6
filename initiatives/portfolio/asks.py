"""The kinds of asks that the portfolio opens: who may still see and answer each, and what it is about."""

from collections.abc import Mapping

from django.db.models import QuerySet

from initiatives.core.prepared import prepared
from initiatives.duties.kinds import Kind, ask_about, register
from initiatives.organization.models import User
from initiatives.portfolio.models import BaselineProposal, BenefitOwner, Experiment, Gate, Initiative, Involvement
from initiatives.portfolio.models.asking import ACCEPT, CHECK_IN, CONCLUDE, DECIDE_BASELINE, DECIDE_GATE, OWN_BENEFIT, SUCCEED


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


def may_still_answer(user: User, ids: set[int]) -> set[int]:
    waiting = Involvement.objects.visible_to(user).waiting().filter(pk__in=ids).select_related("department")
    return {involvement.pk for involvement in waiting if involvement.may_answer(user)}


def may_still_name(user: User, ids: set[int]) -> set[int]:
    carried = Involvement.objects.visible_to(user).accepted().filter(pk__in=ids).select_related("department")
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


def may_still_own(user: User, ids: set[int]) -> set[int]:
    """Only who is asked, while they belong to the department."""
    mine = BenefitOwner.objects.visible_to(user).waiting().filter(person=user, department__in=user.standing.belongs_to)
    return set(mine.filter(pk__in=ids).values_list("pk", flat=True))


def may_still_judge(user: User, ids: set[int]) -> set[int]:
    waiting = BaselineProposal.objects.visible_to(user).waiting().filter(pk__in=ids).select_related("initiative")
    return {proposal.pk for proposal in waiting if proposal.obstacle_to_decide(user) is None}


def may_still_conclude(user: User, ids: set[int]) -> set[int]:
    running = Experiment.objects.visible_to(user).running().filter(pk__in=ids).select_related("initiative")
    return {experiment.pk for experiment in running if experiment.initiative.may_plan(user)}


def initiatives(ids: set[int]) -> Mapping[int, Initiative]:
    """As far as Home shows them: no row of a list reads the texts."""
    return {initiative.pk: initiative for initiative in _told(ids)}


register(
    Kind(
        name=CHECK_IN,
        words="Check-in",
        template="portfolio/answers/check_in.html",
        still=may_still_report,
        visible=Initiative.objects.visible_to,
        subjects=initiatives,
    )
)
PARTS = Involvement.objects.select_related("initiative", "department")
ask_about(PARTS, ACCEPT, "Part to accept", may_still_answer, template="portfolio/answers/accept_involvement.html")
ask_about(PARTS, SUCCEED, "Successor to name", may_still_name)
ask_about(Gate.objects.select_related("milestone__initiative"), DECIDE_GATE, "Gate to decide", may_still_decide)
ask_about(BenefitOwner.objects.select_related("initiative", "person"), OWN_BENEFIT, "Benefit to own", may_still_own)
ask_about(BaselineProposal.objects.select_related("initiative"), DECIDE_BASELINE, "Baseline to decide", may_still_judge)
ask_about(
    Experiment.objects.select_related("initiative"), CONCLUDE, "Experiment to conclude", may_still_conclude, announced=False
)
