"""What this room asks of people, and what happens to these asks when somebody leaves."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django.db.models import QuerySet

from initiatives.duties.kinds import Rows, Still, ask_about
from initiatives.duties.models import Obligation
from initiatives.funding.models import (
    AGREE,
    ANSWER,
    ASK,
    CLOSE,
    CONFIRM,
    CONFIRM_BAND,
    CONFIRM_BUDGET,
    CONFIRM_CARRYOVER,
    CONFIRM_CONTROL,
    CONFIRM_STEP,
    MATCH,
    SET_ASIDE,
    ActualLine,
    ApprovalLimit,
    BudgetChange,
    CarryOver,
    ControlChange,
    CostObject,
    Delivery,
    FundingRequest,
    Guardrail,
    LineState,
    Period,
    State,
    StepRule,
    Virement,
    idle,
)
from initiatives.organization import departures
from initiatives.organization.departures import Accountable
from initiatives.organization.models import User


def still(user: User, subject_ids: set[int]) -> set[int]:
    """The requests among these that this person sees, did not ask for or approve, and does not own the object of."""
    if user.standing.holds("administrator"):
        return set()
    waiting = FundingRequest.objects.visible_to(user).waiting().filter(pk__in=subject_ids)
    apart = waiting.exclude(requester=user).exclude(cost_object__owner=user).exclude(approvals__by=user)
    apart = apart.exclude(approvals__on_behalf_of=user)
    return set(apart.values_list("pk", flat=True))


ask_about(FundingRequest.objects, ASK, "Request for money", still, template="funding/answers/approve_request.html", named=False)


def to_answer(user: User, subject_ids: set[int]) -> set[int]:
    """The requests of this person among these that were returned with a question."""
    returned = FundingRequest.objects.visible_to(user).filter(requester=user, state=State.RETURNED)
    return set(returned.filter(pk__in=subject_ids).values_list("pk", flat=True))


ask_about(FundingRequest.objects, ANSWER, "Question about a request", to_answer, named=False)


def sides_missing(user: User, subject_ids: set[int]) -> set[int]:
    """The transfers between pools among these for whose missing side this person may speak."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Virement.objects.visible_to(user).waiting().with_pools().filter(pk__in=subject_ids)
    return {virement.pk for virement in waiting if virement.missing_from(user)}


ask_about(
    Virement.objects.with_pools(), AGREE, "Transfer between pools", sides_missing, template="funding/answers/agree_virement.html"
)


class Confirmed(Rows, Protocol):
    """What one person proposes and another confirms."""

    def visible_to(self, user: User, /) -> Any: ...


def to_confirm(rows: Confirmed) -> Still:
    """Those that wait among these and that this person may confirm or decline."""

    def still(user: User, subject_ids: set[int]) -> set[int]:
        waiting = rows.visible_to(user).waiting().filter(pk__in=subject_ids)
        return {one.pk for one in waiting if one.obstacle_to_decide(user) is None}

    return still


CONFIRMED: dict[str, tuple[Confirmed, str]] = {
    CONFIRM: (ApprovalLimit.objects, "Limit to confirm"),
    CONFIRM_STEP: (StepRule.objects, "Step to confirm"),
    CONFIRM_BAND: (Guardrail.objects, "Guardrail to confirm"),
    CONFIRM_CONTROL: (ControlChange.objects, "Control of a pool to confirm"),
    CONFIRM_BUDGET: (BudgetChange.objects, "Budget to confirm"),
    CONFIRM_CARRYOVER: (CarryOver.objects, "Carryover to confirm"),
}
for name, (rows, words) in CONFIRMED.items():
    ask_about(rows, name, words, to_confirm(rows), named=False)


def periods_to_close(user: User, subject_ids: set[int]) -> set[int]:
    """The periods among these that this person did not propose to close."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Period.objects.visible_to(user).proposed().filter(pk__in=subject_ids)
    return set(waiting.exclude(proposed_by=user).values_list("pk", flat=True))


ask_about(Period.objects, CLOSE, "Closing of a period", periods_to_close, named=False)


def lying_idle(user: User, subject_ids: set[int]) -> set[int]:
    """The cost objects among these whose money lies idle and that this person answers for."""
    if user.standing.holds("administrator"):
        return set()
    waiting = idle.idle_accounts().filter(cost_object__in=subject_ids).values("cost_object")
    found = CostObject.objects.visible_to(user).filter(pk__in=waiting)
    return {thing.pk for thing in found if thing.obstacle_to_release(user) is None}


ask_about(CostObject.objects, idle.RECLAIM, "Money that lies idle", lying_idle, named=False)


def to_match(user: User, subject_ids: set[int]) -> set[int]:
    """The deliveries among these with lines that wait."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Delivery.objects.visible_to(user).to_match().filter(pk__in=subject_ids)
    return set(waiting.values_list("pk", flat=True))


ask_about(Delivery.objects, MATCH, "Lines to match", to_match, named=False)


def to_set_aside(user: User, subject_ids: set[int]) -> set[int]:
    """The lines among these that somebody else proposed to set aside."""
    if user.standing.holds("administrator"):
        return set()
    doubted = ActualLine.objects.visible_to(user).in_state(LineState.DOUBTED).filter(pk__in=subject_ids)
    return set(doubted.exclude(proposed_by=user).values_list("pk", flat=True))


ask_about(ActualLine.objects, SET_ASIDE, "Line to set aside", to_set_aside, named=False)


def asked_by(person: User, by: User | None) -> Accountable:
    """The requests that this person has drafted or submitted and nobody has decided yet."""
    found = FundingRequest.objects.filter(requester=person, state__in=(State.DRAFT, State.SUBMITTED, State.RETURNED))
    if by is not None:
        found = found.visible_to(by)
    return [(f"{request}: {request.get_state_display().lower()}", request.get_absolute_url()) for request in found]


# By kind: what waits, and how the next in line is asked.
PASSED_ON: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[Any, User | None], None]]] = {
    ASK: (FundingRequest.objects.waiting, lambda request, by: request.ask_deciders(by=by)),
    AGREE: (Virement.objects.with_pools().waiting, lambda virement, by: virement.ask_sides(by=by)),
    CLOSE: (Period.objects.proposed, lambda period, by: period.ask(by=by)),
    MATCH: (Delivery.objects.to_match, lambda delivery, by: delivery.ask(by=by)),
    SET_ASIDE: (partial(ActualLine.objects.in_state, LineState.DOUBTED), lambda line, by: line.ask(by=by)),
    CONFIRM_CONTROL: (ControlChange.objects.with_pools().waiting, lambda change, by: change.ask(by=by)),
    CONFIRM_BUDGET: (BudgetChange.objects.with_pools().waiting, lambda change, by: change.ask(by=by)),
    CONFIRM_CARRYOVER: (CarryOver.objects.with_pools().waiting, lambda change, by: change.ask(by=by)),
}


def hand_over(person: User, by: User | None) -> None:
    """Ask the next in line to decide what this person was asked to."""
    for kind, (waiting, ask) in PASSED_ON.items():
        asked = Obligation.objects.open_now().filter(kind=kind).asked_of(person).values("subject_id")
        for subject in waiting().filter(pk__in=asked).order_by("pk"):
            ask(subject, by)


departures.register(asked_by, hand_over)
departures.when_role_ends(lambda person, _, by: hand_over(person, by))
