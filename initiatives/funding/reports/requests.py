"""Requests: lists of them, one of them, and all that wait for somebody's decision."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Exists, Q, Sum

from initiatives.core.models import Event
from initiatives.funding import above
from initiatives.funding.above import Case, Name, Trial
from initiatives.funding.models import Delegation, FundingRequest, Pool, Question, RequestLine, State, Step
from initiatives.funding.models.papers import Approval, parts_of
from initiatives.funding.models.requests import FundingRequestQuerySet
from initiatives.funding.models.sequence import Due
from initiatives.funding.reports.drafts import Draft, hurdles, would_need
from initiatives.funding.reports.guardrails import warnings
from initiatives.funding.reports.journals import NONE
from initiatives.funding.reports.so_far import Against, against_plan
from initiatives.organization.models import User


@dataclass
class RequestRow:
    request: FundingRequest
    name: Name
    amount: Decimal
    named: bool  # whether the reader may know what the money is for, and so who asks for it


def request_rows(user: User, requests: Iterable[FundingRequest], *, of: Pool | None = None) -> list[RequestRow]:
    """One row a request; `of` a pool: only what that pool is asked for."""
    found = {request.pk: request for request in requests}
    lines = RequestLine.objects.filter(request__in=found) if of is None else of.lines.filter(request__in=found)
    amounts = dict(lines.values_list("request").annotate(Sum("amount")).order_by())
    names = above.names(user, {request.cost_object_id for request in found.values()})
    return [
        RequestRow(
            request,
            names.get(request.cost_object_id, above.RESTRICTED),
            amounts.get(pk, NONE),
            request.cost_object_id in names or request.requester_id == user.pk,
        )
        for pk, request in found.items()
    ]


def requests(user: User, *, state: str = "", waiting: bool = False, pool: Pool | None = None) -> FundingRequestQuerySet:
    """The requests that the reader may see, newest first; `waiting` for the reader's own decision only."""
    found = FundingRequest.objects.visible_to(user).with_people().newest_first()
    if state in State.values:
        found = found.filter(state=state)
    if pool is not None:
        found = found.filter(pk__in=pool.lines.values("request"))
    if waiting:
        found = found.waiting_for(user)
    return found


@dataclass
class Line:
    """What one pool is asked for; `open`: whether the reader sees what the pool has, else every figure of it is withheld.

    Where a pool is asked for several kinds of expenditure, its first line measures all of them: it stands for so many `rows`.
    """

    pool: Pool
    amount: Decimal
    together: Decimal
    rows: int = 1  # 0 where the line above stands for this one too
    approval: Approval | None = None
    open: bool = False
    counted: bool = True  # whether the amount is among what the pool is asked already
    nature: str = ""  # which kind of expenditure, in words; nothing where it is not divided

    @property
    def free(self) -> Decimal | None:
        return self.pool.free if self.open else None

    @property
    def after(self) -> Decimal | None:
        return self.pool.free - self.together if self.open else None

    @property
    def allocated(self) -> Decimal | None:
        return self.pool.allocated if self.open else None

    @property
    def allocated_after(self) -> Decimal | None:
        return self.pool.allocated + self.together if self.open else None

    @property
    def others(self) -> Decimal | None:
        """What other requests ask of the same pool."""
        return self.pool.asked - (self.together if self.counted else NONE) if self.open else None


def open_pools(user: User, requests: Iterable[FundingRequest]) -> set[int]:
    """The pools of these requests whose figures the reader sees: the own ones, and those for whose head the reader decides."""
    pools = Pool.objects.filter(lines__request__in=[request.pk for request in requests])
    stood_for = Delegation.objects.in_force().filter(delegate=user).values("department")
    mine = Q(pk__in=Pool.objects.visible_to(user).values("pk")) | Q(department__in=stood_for)
    mine |= Q(Exists(Delegation.objects.company_wide(user)))
    return set(pools.filter(mine).values_list("pk", flat=True))


@dataclass
class RequestPage:
    """A request with who must decide next and since when, and what each pool keeps when it is approved."""

    request: FundingRequest
    name: Name
    named: bool
    purpose: str | None
    lines: list[Line]
    total: Decimal
    due: list[Due]
    ahead: list[Due]  # whose turn comes after those
    mine: Due | None
    approvals: list[Approval]
    since: datetime | None
    shown: str
    events: list[Event]
    obstacles: dict[str, str | None]
    could_decide: bool
    questions: list[Question]  # none where what the money is for is withheld
    warnings: list[str]  # guardrails outside of which this would lead
    case: Case | None  # none where what the money is for is withheld
    tested: Trial | None  # the experiment of a seed, while it runs
    decide_by: date | None  # of a seed that waits
    plans: list[Against]  # beside which it stands; none for who may not read plans
    draft: Draft
    key: UUID = field(default_factory=uuid4)

    @property
    def currency(self) -> str:
        return self.request.currency


def request_page(user: User, request: FundingRequest) -> RequestPage:
    names = above.names(user, {request.cost_object_id})
    named = request.cost_object_id in names or request.requester_id == user.pk
    approvals = list(request.given().select_related("by", "on_behalf_of", "pool__department", "pool__year"))
    for approval in approvals:
        approval.request = request
    sequence = request.sequence()
    due = [step for step in sequence if step.now]
    mine = next((step for step in due if user in step.people), None)
    events = list(Event.objects.about(request).select_related("on_behalf_of").order_by("id"))
    for event in events if not named else ():
        event.reason = ""
        if event.actor_id == request.requester_id:
            event.actor_name = "Somebody"
    lines = _lines(user, request, approvals)
    could_decide = request.could_be_decided_by(user)
    case = above.case_of(user, request.cost_object, decides=could_decide and request.state == State.SUBMITTED) if named else None
    obstacle = request.obstacle_to_submit(user)
    return RequestPage(
        request,
        names.get(request.cost_object_id, above.RESTRICTED),
        named,
        request.purpose if named else None,
        lines,
        sum((line.amount for line in lines), NONE),
        due,
        [step for step in sequence if not step.now],
        mine,
        approvals,
        max((approval.at for approval in approvals), default=request.submitted_at),
        request.shown(),
        events,
        {
            "submit": obstacle,
            "withdraw": request.obstacle_to_withdraw(user),
            "approve": request.shortage(mine, to=user) if mine else None,
            "answer": request.obstacle_to_answer(user),
        },
        could_decide,
        [question for question in request.asked_questions() if named or question.by_id == user.pk],
        warnings(user, request, lines),
        case,
        above.tested(request.cost_object) if request.seed and named else None,
        request.decide_by() if request.seed else None,
        against_plan(user, request, lines) if named else [],
        Draft(hurdles(user, request, case, obstacle), would_need(request)),
    )


def _lines(user: User, request: FundingRequest, approvals: Iterable[Approval]) -> list[Line]:
    pending = request.state in (State.DRAFT, State.SUBMITTED, State.RETURNED)
    known = open_pools(user, [request]) if pending else set()
    given = {approval.pool_id: approval for approval in approvals if approval.step == Step.BUDGET}
    lines = _measured(request.lines_with_pools(), known)
    for line in lines:
        line.approval, line.counted = given.get(line.pool.pk), request.state != State.DRAFT
    return lines


def _measured(asked: Iterable[RequestLine], known: Collection[int]) -> list[Line]:
    """These lines, in the order of their pools, each pool measured once."""
    asked, found = list(asked), list[Line]()
    together = {pool.pk: amount for pool, amount in parts_of(asked)}
    for line in asked:
        first = not found or found[-1].pool != line.pool
        rows = sum(other.pool_id == line.pool_id for other in asked) if first else 0
        nature, is_open = line.get_nature_display(), line.pool_id in known
        found.append(Line(line.pool, line.amount, together[line.pool_id], rows, open=is_open, nature=nature))
    return found


@dataclass
class Decision:
    """What somebody needs to decide a request where it is asked, such as on Home."""

    request: FundingRequest
    name: Name
    purpose: str | None
    lines: list[Line]
    total: Decimal
    shown: str
    case: Case | None  # briefly; none where what the money is for is withheld
    key: UUID = field(default_factory=uuid4)


def decisions(user: User) -> dict[int, Decision]:
    """All that waits for this person's decision, by request; in a handful of queries, however many there are."""
    waiting = FundingRequest.objects.visible_to(user).waiting_for(user).with_people()
    found = {request.pk: request for request in waiting}
    if not found:
        return {}
    names = above.names(user, {request.cost_object_id for request in found.values()})
    known, cases = open_pools(user, found.values()), above.cases(user, names)
    lines: dict[int, list[RequestLine]] = {pk: [] for pk in found}
    asked = RequestLine.objects.filter(request__in=found).select_related("pool__department", "pool__year")
    for line in asked.order_by("pool_id", "nature"):
        lines[line.request_id].append(line)
    return {
        pk: Decision(
            request,
            names.get(request.cost_object_id, above.RESTRICTED),
            request.purpose if request.cost_object_id in names else None,
            _measured(lines[pk], known),
            sum((line.amount for line in lines[pk]), NONE),
            request.shown(lines[pk]),
            cases.get(request.cost_object_id),
        )
        for pk, request in found.items()
    }
