"""What this room asks of people: to decide requests for money; and what happens to these asks when somebody leaves."""

from initiatives.duties.kinds import Kind, register
from initiatives.duties.models import Obligation
from initiatives.funding.models import (
    AGREE,
    ANSWER,
    ASK,
    CLOSE,
    CONFIRM,
    CONFIRM_BAND,
    CONFIRM_CONTROL,
    MATCH,
    SET_ASIDE,
    ActualLine,
    ApprovalLimit,
    ControlChange,
    CostObject,
    Delivery,
    FundingRequest,
    Guardrail,
    LineState,
    Period,
    State,
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


APPROVE_REQUEST = register(
    Kind(
        ASK,
        "Request for money",
        "funding/answers/approve_request.html",
        still,
        visible=lambda user: FundingRequest.objects.visible_to(user),
        announced=True,
    )
)


def to_answer(user: User, subject_ids: set[int]) -> set[int]:
    """The requests of this person among these that were returned with a question."""
    returned = FundingRequest.objects.visible_to(user).filter(requester=user, state=State.RETURNED)
    return set(returned.filter(pk__in=subject_ids).values_list("pk", flat=True))


register(
    Kind(
        ANSWER,
        "Question about a request",
        "",
        to_answer,
        visible=lambda user: FundingRequest.objects.visible_to(user),
        announced=True,
    )
)


def sides_missing(user: User, subject_ids: set[int]) -> set[int]:
    """The transfers between pools among these for whose missing side this person may speak."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Virement.objects.visible_to(user).waiting().with_pools().filter(pk__in=subject_ids)
    return {virement.pk for virement in waiting if virement.missing_from(user)}


register(
    Kind(
        AGREE,
        "Transfer between pools",
        "funding/answers/agree_virement.html",
        sides_missing,
        visible=lambda user: Virement.objects.visible_to(user),
        subjects=lambda ids: Virement.objects.with_pools().in_bulk(ids),
        announced=True,
    )
)


def to_confirm(user: User, subject_ids: set[int]) -> set[int]:
    """The limits among these that this person may confirm or decline."""
    waiting = ApprovalLimit.objects.visible_to(user).waiting().filter(pk__in=subject_ids)
    return {limit.pk for limit in waiting if limit.obstacle_to_decide(user) is None}


register(
    Kind(
        CONFIRM,
        "Limit to confirm",
        "",
        to_confirm,
        visible=lambda user: ApprovalLimit.objects.visible_to(user),
        announced=True,
    )
)


def bands_to_confirm(user: User, subject_ids: set[int]) -> set[int]:
    """The guardrails among these that this person may confirm or decline."""
    waiting = Guardrail.objects.visible_to(user).waiting().filter(pk__in=subject_ids)
    return {band.pk for band in waiting if band.obstacle_to_decide(user) is None}


register(
    Kind(
        CONFIRM_BAND,
        "Guardrail to confirm",
        "",
        bands_to_confirm,
        visible=lambda user: Guardrail.objects.visible_to(user),
        announced=True,
    )
)


def controls_to_confirm(user: User, subject_ids: set[int]) -> set[int]:
    """The changes of pools' control among these that this person may confirm or decline."""
    waiting = ControlChange.objects.visible_to(user).waiting().filter(pk__in=subject_ids)
    return {change.pk for change in waiting if change.obstacle_to_decide(user) is None}


register(
    Kind(
        CONFIRM_CONTROL,
        "Control of a pool to confirm",
        "",
        controls_to_confirm,
        visible=lambda user: ControlChange.objects.visible_to(user),
        announced=True,
    )
)


def periods_to_close(user: User, subject_ids: set[int]) -> set[int]:
    """The periods among these that this person did not propose to close."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Period.objects.visible_to(user).proposed().filter(pk__in=subject_ids)
    return set(waiting.exclude(proposed_by=user).values_list("pk", flat=True))


register(
    Kind(
        CLOSE,
        "Closing of a period",
        "",
        periods_to_close,
        visible=lambda user: Period.objects.visible_to(user),
        announced=True,
    )
)


def lying_idle(user: User, subject_ids: set[int]) -> set[int]:
    """The cost objects among these whose money lies idle and that this person answers for."""
    if user.standing.holds("administrator"):
        return set()
    waiting = idle.idle_accounts().filter(cost_object__in=subject_ids).values("cost_object")
    found = CostObject.objects.visible_to(user).filter(pk__in=waiting)
    return {thing.pk for thing in found if thing.obstacle_to_release(user) is None}


register(
    Kind(
        idle.RECLAIM,
        "Money that lies idle",
        "",
        lying_idle,
        visible=lambda user: CostObject.objects.visible_to(user),
        announced=True,
    )
)


def to_match(user: User, subject_ids: set[int]) -> set[int]:
    """The deliveries among these with lines that wait."""
    if user.standing.holds("administrator"):
        return set()
    waiting = Delivery.objects.visible_to(user).to_match().filter(pk__in=subject_ids)
    return set(waiting.values_list("pk", flat=True))


register(Kind(MATCH, "Lines to match", "", to_match, visible=lambda user: Delivery.objects.visible_to(user), announced=True))


def to_set_aside(user: User, subject_ids: set[int]) -> set[int]:
    """The lines among these that somebody else proposed to set aside."""
    if user.standing.holds("administrator"):
        return set()
    doubted = ActualLine.objects.visible_to(user).in_state(LineState.DOUBTED).filter(pk__in=subject_ids)
    return set(doubted.exclude(proposed_by=user).values_list("pk", flat=True))


register(
    Kind(
        SET_ASIDE, "Line to set aside", "", to_set_aside, visible=lambda user: ActualLine.objects.visible_to(user), announced=True
    )
)


def asked_by(person: User, by: User | None) -> Accountable:
    """The requests that this person has drafted or submitted and nobody has decided yet."""
    found = FundingRequest.objects.filter(requester=person, state__in=(State.DRAFT, State.SUBMITTED, State.RETURNED))
    if by is not None:
        found = found.visible_to(by)
    return [(f"{request}: {request.get_state_display().lower()}", request.get_absolute_url()) for request in found]


def hand_over(person: User, by: User | None) -> None:
    """Ask the next in line to decide what this person was asked to."""
    waiting = Obligation.objects.open_now().filter(kind=ASK).asked_of(person).values("subject_id")
    for request in FundingRequest.objects.waiting().filter(pk__in=waiting).order_by("pk"):
        request.ask_deciders(by=by)
    unanswered = Obligation.objects.open_now().filter(kind=AGREE).asked_of(person).values("subject_id")
    for virement in Virement.objects.waiting().with_pools().filter(pk__in=unanswered).order_by("pk"):
        virement.ask_sides(by=by)
    unconfirmed = Obligation.objects.open_now().filter(kind=CLOSE).asked_of(person).values("subject_id")
    for period in Period.objects.proposed().filter(pk__in=unconfirmed).order_by("pk"):
        period.ask(by=by)
    unmatched = Obligation.objects.open_now().filter(kind=MATCH).asked_of(person).values("subject_id")
    for delivery in Delivery.objects.to_match().filter(pk__in=unmatched).order_by("pk"):
        delivery.ask(by=by)
    doubted = Obligation.objects.open_now().filter(kind=SET_ASIDE).asked_of(person).values("subject_id")
    for line in ActualLine.objects.in_state(LineState.DOUBTED).filter(pk__in=doubted).order_by("pk"):
        line.ask(by=by)
    unsaid = Obligation.objects.open_now().filter(kind=CONFIRM_CONTROL).asked_of(person).values("subject_id")
    for change in ControlChange.objects.waiting().with_pools().filter(pk__in=unsaid).order_by("pk"):
        change.ask(by=by)


departures.register(asked_by, hand_over)
departures.when_role_ends(lambda person, _, by: hand_over(person, by))
