"""Requests for money: asked by one person, approved by others, allocated in the transaction of the last approval."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY, Recorded
from initiatives.core.money import AmountColumn, exact
from initiatives.core.rules import BadInput, RuleBroken, Stale, says
from initiatives.funding import above
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.ledger import Account, Act, Journal, Keyed, Kind, Move, content_of, handles_money
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.purview import SEE_ALL_MONEY, deciders, financiers, purview
from initiatives.funding.models.triggers import DUTIES_APART, KEEP_ASKED, LEGAL_STEPS, LINES_STAY, NEVER_DELETED
from initiatives.organization.models import User


class State(models.TextChoices):
    """Where a request stands. Only a draft or a submitted request can still become something else."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    ALLOCATED = "allocated", "Allocated"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Step(models.TextChoices):
    """What an approval is: first each pool's budget, then finance."""

    BUDGET = "budget", "Budget"
    FINANCE = "finance", "Finance"


class Due(NamedTuple):
    """An approval that is not given yet, and who may give it, first the one who is asked."""

    step: Step
    pool: Pool | None
    people: list[User]

    def __str__(self) -> str:
        return f"{self.step.label}: {self.pool}" if self.pool else self.step.label


class FundingRequestQuerySet(models.QuerySet["FundingRequest"]):
    def visible_to(self, user: User) -> Self:
        """One's own, those on departments that the person leads, all for those who answer for the company's money."""
        if not user.is_active:
            return self.none()
        if user.standing.holds(*SEE_ALL_MONEY):
            return self
        leads = purview(user)
        ours = RequestLine.objects.filter(request=OuterRef("pk"), pool__department__in=leads)
        submitted = Q(Exists(ours)) & ~Q(state=State.DRAFT)
        return self.filter(Q(requester=user) | Q(cost_object__department__in=leads) | submitted)

    def waiting(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def with_totals(self) -> Self:
        return self.select_related("requester", "cost_object").annotate(amount=Sum("lines__amount"))

    def newest_first(self) -> Self:
        return self.order_by("-id")

    @transaction.atomic
    def draft(
        self, cost_object: CostObject, *, lines: Iterable[tuple[Pool, Decimal]], purpose: str, by: User, key: UUID | None = None
    ) -> "FundingRequest":
        """Write down a request for money from these pools; nobody is asked before it is submitted."""
        wanted = [(pool, exact(amount)) for pool, amount in lines]
        cost_object.lock()
        content = content_of(
            "draft", cost_object=cost_object.pk, purpose=purpose, lines=[[pool.pk, amount] for pool, amount in wanted]
        )
        if done := Receipt.done_before(by, key, content):
            return done.request
        if not above.may_ask(by, cost_object):
            raise RuleBroken("Only the owner, the department's head or the CXO asks for money here.")
        if not wanted or not purpose.strip():
            raise BadInput("Say what the money is for, and how much from at least one pool.")
        if len({pool.pk for pool, _ in wanted}) < len(wanted):
            raise BadInput("Each pool is asked once; add the amounts up.")
        request = self.create(cost_object=cost_object, requester=by, purpose=purpose)
        for pool, amount in sorted(wanted, key=lambda line: line[0].pk):
            RequestLine.objects.create(request=request, pool=pool, amount=amount)
        request._receipt("drafted", by, key, content)
        request.record("drafted", by=by, total=str(sum(amount for _, amount in wanted)))
        return request


class FundingRequest(Recorded):
    """What one person asks for a cost object from one or several pools.

    Approvals sign a hash of what was shown. Nothing can be edited after the submission: withdraw it, and ask anew.
    """

    cost_object = models.ForeignKey(CostObject, models.PROTECT, related_name="requests")
    requester = models.ForeignKey(User, models.PROTECT, related_name="+")
    purpose = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # of the content; an approval signs it
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="request_by_state")]
        triggers: ClassVar = [NEVER_DELETED, LEGAL_STEPS, KEEP_ASKED]

    def __str__(self) -> str:
        return f"Request {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:request", args=[self.pk])

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines.all()), Decimal(0))

    def shown(self) -> str:
        """The hash of what a decider is shown: amounts, pools, whose money it becomes, what for, which version."""
        lines = [
            [line.pool_id, line.pool.currency, line.amount] for line in self.lines.select_related("pool").order_by("pool_id")
        ]
        return content_of(
            "approve",
            request=self.pk,
            version=self.version,
            cost_object=self.cost_object_id,
            owner=self.cost_object.owner_id,
            requester=self.requester_id,
            purpose=self.purpose,
            lines=list(lines),
        )

    # -- who decides -----------------------------------------------------------------------------------------------------

    def kept_apart(self) -> set[int]:
        """Ids of those who may not approve: who asks, who owns what the money is for, who approved already."""
        given = set(self.approvals.values_list("by_id", flat=True))
        return given | {self.requester_id} | ({self.cost_object.owner_id} if self.cost_object.owner_id else set())

    def due(self) -> list[Due]:
        """The approvals that are due now: those of the pools, and when all are given that of finance."""
        if self.state != State.SUBMITTED:
            return []
        apart = self.kept_apart()
        given = set(self.approvals.values_list("pool_id", flat=True))
        lines = self.lines.select_related("pool__department", "pool__year").order_by("pool_id")
        budget = [Due(Step.BUDGET, line.pool, deciders(line.pool, without=apart)) for line in lines if line.pool_id not in given]
        if budget or None in given:
            return budget
        return [Due(Step.FINANCE, None, financiers(without=apart))]

    def due_from(self, person: User, pool: Pool | None = None) -> Due | None:
        """The approval that this person may give now, or None."""
        mine = (due for due in self.due() if person in due.people and (pool is None or due.pool == pool))
        return next(mine, None)

    def obstacle_to_approve(self, by: User, pool: Pool | None = None) -> str | None:
        """Say in one sentence why `by` cannot approve, or None."""
        if self.state != State.SUBMITTED:
            return f"This request is not waiting for approval; it is {self.get_state_display().lower()}."
        if not handles_money(by):
            return "Who administers the product has no say over money."
        if by.pk == self.requester_id:
            return "Who asks for money does not approve it."
        if by.pk == self.cost_object.owner_id:
            return "Who owns what the money is for does not approve it."
        if self.approvals.filter(by=by).exists():
            return "Nobody approves a request twice."
        due = self.due_from(by, pool)
        if due is None:
            who = "; ".join(f"{due}: {', '.join(map(str, due.people)) or 'nobody may'}" for due in self.due())
            return f"This approval is not yours. {who}."
        return self._shortage(due)

    def _shortage(self, due: Due) -> str | None:
        lines = self.lines.select_related("pool__department", "pool__year")
        for line in lines if due.pool is None else lines.filter(pool=due.pool):
            if line.pool.free < line.amount:
                return f"{line.pool} has {line.pool.free:,.2f} {line.pool.currency} free; {line.amount:,.2f} is asked."
        return None

    # -- acts --------------------------------------------------------------------------------------------------------------

    def obstacle_to_submit(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot submit the request, or None."""
        if by.pk != self.requester_id or not handles_money(by):
            return "Only who drafted a request submits it."
        if self.state != State.DRAFT:
            return "This request was submitted already."
        return None if above.may_ask(by, self.cost_object) else "You may no longer ask for money here."

    @transaction.atomic
    def submit(self, *, by: User, key: UUID | None = None) -> None:
        """Ask for the money: from now on the deciders are waited for."""
        if self._begin("submit", by, key):
            return
        if obstacle := self.obstacle_to_submit(by):
            raise RuleBroken(obstacle)
        self._become(State.SUBMITTED, "submitted", by=by)

    @transaction.atomic
    def approve(self, *, by: User, pool: Pool | None = None, shown: str | None = None, key: UUID | None = None) -> None:
        """Give the approval that is due from `by`; the last one allocates the money, with everything checked again.

        `shown` is the hash that the form carried; when what it showed has changed since, nothing is approved.
        """
        by = User.objects.get(pk=by.pk)  # rights are read anew, whatever this request knew
        if self._begin("approve", by, key, pool=pool and pool.pk, shown=shown):
            return
        if shown is not None and shown != self.shown():
            raise Stale("The request changed after you opened it. Look at it again before you decide.")
        if obstacle := self.obstacle_to_approve(by, pool):
            raise RuleBroken(obstacle)
        due = self.due_from(by, pool)
        assert due is not None
        Approval.objects.create(request=self, step=due.step, pool=due.pool, by=by, shown=self.shown())
        self.record("approved", by=by, step=due.step, pool=due.pool and due.pool.pk)
        if due.step == Step.FINANCE:
            self._allocate(by)

    def _allocate(self, by: User) -> None:
        """Move the money to the cost object. Every approval must still stand: for this content, by these people."""
        current, approvals = self.shown(), list(self.approvals.select_related("by"))
        if any(approval.shown != current for approval in approvals):
            raise RuleBroken("What was approved is not what would be allocated; withdraw the request and ask anew.")
        for approval in approvals:
            if approval.by_id in (self.requester_id, self.cost_object.owner_id):
                raise RuleBroken(f"{approval.by} approved this and is now its requester or owner; withdraw it and ask anew.")
            if not (approval.by.is_active and handles_money(approval.by) and self._still_may(approval)):
                raise RuleBroken(f"{approval.by} approved this and may no longer; withdraw the request and ask anew.")
        lines = list(self.lines.select_related("pool").order_by("pool_id"))
        pools = [line.pool for line in lines]
        Account.objects.open_for(*pools, cost_object=self.cost_object)
        accounts = Account.objects.locked(*pools, cost_object=self.cost_object)
        moves = [
            Move(accounts[line.pool_id, Kind.AVAILABLE], accounts[line.pool_id, Kind.ALLOCATED], line.amount) for line in lines
        ]
        for move in moves:
            if move.source.balance < move.amount:
                pool = move.source.pool
                raise RuleBroken(f"{pool} has {move.source.balance:,.2f} {pool.currency} free; {move.amount:,.2f} is asked.")
        self._become(State.ALLOCATED, "allocated", by=by)
        Journal.objects.post(Act.ALLOCATED, moves, by=by, key=None, content=current, request=self)
        above.allocated(self.cost_object, by)

    def _still_may(self, approval: "Approval") -> bool:
        """Whether the approver could give this approval today, the other rules aside."""
        others = self.kept_apart() - {approval.by_id}
        people = deciders(approval.pool, without=others) if approval.pool else financiers(without=others)
        return approval.by in people

    def obstacle_to_decline(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot decline, or None."""
        if self.state != State.SUBMITTED:
            return f"This request is not waiting for approval; it is {self.get_state_display().lower()}."
        if not handles_money(by) or self.due_from(by) is None:
            return "Only those whose approval is due decline a request."
        return None

    @transaction.atomic
    def decline(self, *, by: User, reason: str, key: UUID | None = None) -> None:
        """Refuse the money, with a reason; one refusal decides."""
        by = User.objects.get(pk=by.pk)
        if self._begin("decline", by, key, reason=reason):
            return
        if not reason.strip():
            raise BadInput("Say why the request is declined.")
        if obstacle := self.obstacle_to_decline(by):
            raise RuleBroken(obstacle)
        self._become(State.DECLINED, "declined", by=by, reason=reason)

    def obstacle_to_withdraw(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot take the request back, or None."""
        if by.pk != self.requester_id:
            return "Only who asked takes a request back."
        if self.state not in (State.DRAFT, State.SUBMITTED):
            return f"This request is {self.get_state_display().lower()} and cannot be taken back."
        return None

    @transaction.atomic
    def withdraw(self, *, by: User, key: UUID | None = None) -> None:
        """Take the request back; nobody is waited for any longer."""
        if self._begin("withdraw", by, key):
            return
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self._become(State.WITHDRAWN, "withdrawn", by=by)

    # -- beats that the acts share -----------------------------------------------------------------------------------------

    def _begin(self, act: str, by: User, key: UUID | None, **facts: Any) -> bool:
        """Lock the request, then its cost object. True when this very form was answered before."""
        self.lock()
        self.cost_object.lock()
        content = content_of(act, request=self.pk, **facts)
        if Receipt.done_before(by, key, content):
            return True
        self._receipt(act, by, key, content)
        return False

    def _receipt(self, act: str, by: User, key: UUID | None, content: str) -> None:
        Receipt.objects.create(request=self, act=act, by=by, key=key or uuid4(), content=content)

    def _become(self, state: State, verb: str, *, by: User, reason: str = "") -> None:
        self.state = state
        if state == State.SUBMITTED:
            self.submitted_at = clock.now()
        else:
            self.decided_at = clock.now()
        self.save(update_fields=["state", "submitted_at", "decided_at"])
        self.record(verb, by=by, reason=reason, total=str(self.total))


class RequestLine(models.Model):
    """How much of a request one pool is asked for."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="lines")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="lines")
    amount = AmountColumn()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "pool"], name=says("one_line_per_pool", "Each pool is asked once; add the amounts up.")
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name=says("asked_amounts_are_positive", "The amount must be greater than zero.")
            ),
        ]
        triggers: ClassVar = [LINES_STAY]

    def __str__(self) -> str:
        return f"{self.amount} from {self.pool}"


class Approval(models.Model):
    """One yes: to which step, by whom, and the hash of what that person was shown."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="approvals")
    step = models.CharField(max_length=8, choices=Step)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    shown = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "by"], name=says("nobody_approves_twice", "Nobody approves a request twice.")
            ),
            models.UniqueConstraint(
                fields=["request", "step", "pool"],
                nulls_distinct=False,
                name=says("one_approval_a_step", "Somebody else gave this approval already."),
            ),
            models.CheckConstraint(
                condition=Q(step=Step.BUDGET, pool__isnull=False) | Q(step=Step.FINANCE, pool=None),
                name=says("budget_is_of_a_pool", "A budget approval names its pool."),
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, DUTIES_APART]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.by}"


class Receipt(Keyed):
    """That an act on a request was done, so that the same form sent twice does it once."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="receipts")
    act = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name=says("one_receipt_per_key", "This form was already sent."))
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.act}, {self.at:%Y-%m-%d}"
